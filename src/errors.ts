/** What goes down an Observable's error channel: `ApiError` and its subclasses, told apart by `name`. */

import { oneLine } from './checks/oneLine.ts';

/** A message longer than this is no message; what the server said stands in `body`, `snippet` or `job`. */
const LONGEST_MESSAGE = 4096;

/** What every {@link ApiError} knows about the call that failed. */
export interface ErrorContext {
  /** See {@link ApiError.route}. */
  readonly route?: string | undefined;
  /** The server's id for the request, when an answer carried one. */
  readonly requestId?: string | undefined;
  /** See {@link ApiError.retryable}. @defaultValue `false` */
  readonly retryable?: boolean | undefined;
  /** See {@link ApiError.retryAfterMs}. */
  readonly retryAfterMs?: number | undefined;
  /** The lower error that this one explains. */
  readonly cause?: unknown;
}

/**
 * The base of all errors that this package puts on an Observable. Never holds a token. The message is one line, also where
 * it quotes a server or a file's name: line breaks, control characters and marks of direction in it are escaped.
 */
export abstract class ApiError extends Error {
  abstract override readonly name: string;
  /**
   * Method and route template, for example `GET /api/v1/indexes/{index_id}`; ids and queries stay out of it.
   * `undefined` when the error is not about one operation.
   */
  readonly route: string | undefined;
  /** The server's `x-request-id` (or `cf-ray`): name it when you ask the service about a failure. */
  readonly requestId: string | undefined;
  /** Whether the failure is of a passing kind. It may have been tried again already: see `attempts`. */
  readonly retryable: boolean;
  /** How long the server asks to wait before the next attempt, in milliseconds, when it says so. */
  readonly retryAfterMs: number | undefined;
  /** How many times the request was sent, or an attempt to send it was made; 0 when it never left the line. */
  attempts = 1;
  /** Milliseconds spent waiting between the attempts. */
  totalDelayMs = 0;
  /**
   * For a list: the cursor (`page_token` or `offset`) of the page that failed. Start the list from it to
   * go on after what was already emitted. `undefined` for the first page and for what is not a list.
   */
  resumeFrom: string | number | undefined;

  constructor(message: string, context: ErrorContext) {
    const cause = context.cause === undefined ? undefined : { cause: context.cause };
    super(oneLine(message.slice(0, LONGEST_MESSAGE)), cause);
    this.route = context.route;
    this.requestId = context.requestId && oneLine(context.requestId);
    this.retryable = context.retryable ?? false;
    this.retryAfterMs = context.retryAfterMs;
  }
}

/** One complaint of a 422 answer about one input. */
export interface ValidationDetail {
  /** Where the input is, outermost first: `['body', 'index_id']`. */
  readonly loc: readonly (string | number)[];
  /** What is wrong, in the server's words. */
  readonly msg: string;
  /** The kind of complaint, as a word for programs. */
  readonly type: string;
}

/** The server answered with a status other than 2xx. */
export class HttpError extends ApiError {
  override readonly name = 'HttpError' as const;
  /** The HTTP status code. */
  readonly status: number;
  /** The parsed body of the answer; text where it was not JSON, cut to 2 KiB. */
  readonly body: unknown;
  /** The complaints of a 422, one for each input; empty for other answers. */
  readonly detail: readonly ValidationDetail[];

  constructor(
    message: string,
    context: ErrorContext & {
      readonly status: number;
      readonly body: unknown;
      readonly detail: readonly ValidationDetail[];
    },
  ) {
    super(message, context);
    this.status = context.status;
    this.body = context.body;
    this.detail = context.detail;
  }
}

/**
 * Where a connection failed: before anything was sent (`connect`, `tls`), while waiting (`timeout`), by a
 * peer that went away before (`closed`) or within (`truncated`) its answer, by bytes that are not HTTP
 * (`protocol`), or by `close()` on this side (`shutdown`).
 */
export type NetworkErrorKind =
  'connect' | 'tls' | 'timeout' | 'closed' | 'truncated' | 'protocol' | 'shutdown';

/** No usable answer came over the network. */
export class NetworkError extends ApiError {
  override readonly name = 'NetworkError' as const;
  readonly kind: NetworkErrorKind;
  /** The system's or undici's code, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** Whether the request may have reached the server, so that sending it again may do its work twice. */
  readonly ambiguous: boolean;

  constructor(
    message: string,
    context: ErrorContext & {
      readonly kind: NetworkErrorKind;
      readonly code?: string | undefined;
      readonly ambiguous: boolean;
    },
  ) {
    super(message, context);
    this.kind = context.kind;
    this.code = context.code;
    this.ambiguous = context.ambiguous;
  }
}

/** Why there is no token for a request: the function that gives it threw or rejected, or gave what is no token. */
export type TokenErrorKind = 'rejected' | 'unusable';

/** The function that was given to `connect` as `token` gave none, so that nothing was sent. Its own error is the `cause`. */
export class TokenError extends ApiError {
  override readonly name = 'TokenError' as const;
  readonly kind: TokenErrorKind;

  constructor(message: string, context: ErrorContext & { readonly kind: TokenErrorKind }) {
    super(message, context);
    this.kind = context.kind;
  }
}

/**
 * What is wrong with a 2xx answer: not JSON or not a page or job where one is due (`parse`), a page of HTML or the like (`content-type`), an
 * encoding that cannot be undone (`decode`), more bytes than allowed (`too-large`), or a list that came
 * back to a page it had given already (`cursor-loop`).
 */
export type ResponseErrorKind = 'parse' | 'content-type' | 'decode' | 'too-large' | 'cursor-loop';

/** The server said yes, and its answer cannot be used. */
export class ResponseError extends ApiError {
  override readonly name = 'ResponseError' as const;
  readonly kind: ResponseErrorKind;
  /** The first 2 KiB of the answer's text, when there was any. */
  readonly snippet: string | undefined;

  constructor(
    message: string,
    context: ErrorContext & {
      readonly kind: ResponseErrorKind;
      readonly snippet?: string | undefined;
    },
  ) {
    super(message, context);
    this.kind = context.kind;
    this.snippet = context.snippet;
  }
}

/**
 * What is wrong with an event stream: it ended before its last event (`incomplete`), one event was larger
 * than allowed (`overflow`), an event's data was not JSON (`parse`), or an event said that something went wrong on the
 * other side (`server`).
 */
export type StreamErrorKind = 'incomplete' | 'overflow' | 'parse' | 'server';

/** An event stream broke off or cannot be read. */
export class StreamError extends ApiError {
  override readonly name = 'StreamError' as const;
  readonly kind: StreamErrorKind;
  /**
   * The events that were emitted before the failure, in order: all of them, or of a long stream the last ones, with about
   * 64,000 characters of data.
   */
  readonly received: readonly unknown[];
  /** How many events were emitted before the failure. */
  readonly receivedCount: number;

  constructor(
    message: string,
    context: ErrorContext & {
      readonly kind: StreamErrorKind;
      readonly received: readonly unknown[];
      /** @defaultValue as many as `received` holds */
      readonly receivedCount?: number | undefined;
    },
  ) {
    super(message, context);
    this.kind = context.kind;
    this.received = context.received;
    this.receivedCount = context.receivedCount ?? context.received.length;
  }
}

/**
 * Why a file could not be sent: it cannot be read (`unreadable`), it changed while it was sent (`changed`), or its
 * `unique_id` is another file's (`duplicate`).
 */
export type FileErrorKind = 'unreadable' | 'changed' | 'duplicate';

/** A file to upload failed on this side; the server is not to blame. */
export class FileError extends ApiError {
  override readonly name = 'FileError' as const;
  readonly kind: FileErrorKind;
  /** The file's path as it was given; for a stream or a `Blob`, the name that it was sent under. */
  readonly path: string;

  constructor(
    message: string,
    context: ErrorContext & { readonly kind: FileErrorKind; readonly path: string },
  ) {
    super(message, context);
    this.kind = context.kind;
    this.path = context.path;
  }
}

/**
 * Why a link was not followed: its time is over (`expired`), so that a new one has to be asked for, or it does not lead
 * where the connection lets links lead (`refused`).
 */
export type LinkErrorKind = 'expired' | 'refused';

/** A presigned URL that is not to be fetched. */
export class LinkError extends ApiError {
  override readonly name = 'LinkError' as const;
  readonly kind: LinkErrorKind;

  constructor(message: string, context: ErrorContext & { readonly kind: LinkErrorKind }) {
    super(message, context);
    this.kind = context.kind;
  }
}

/**
 * How a watched job disappointed: it ended badly (`failed`, `cancelled`), had not ended when the given time was over
 * (`timeout`), or is not there, or no longer (`gone`).
 */
export type JobErrorKind = 'failed' | 'cancelled' | 'timeout' | 'gone';

/** A job did not end well. */
export class JobError<T = unknown> extends ApiError {
  override readonly name = 'JobError' as const;
  readonly kind: JobErrorKind;
  /** The job as it was last seen; `undefined` when a watcher's time was over before the first answer. */
  readonly job: T | undefined;

  constructor(
    message: string,
    context: ErrorContext & { readonly kind: JobErrorKind; readonly job: T | undefined },
  ) {
    super(message, context);
    this.kind = context.kind;
    this.job = context.job;
  }
}
