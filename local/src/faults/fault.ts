/** What can be made to go wrong between a client and the cloud, on purpose. */

/**
 * One thing that goes wrong with one answer.
 *
 * It is told by its first property. The same shape is used in code, in a faults file and, as JSON,
 * in the header `x-fault`.
 */
export type Fault =
  | StatusFault
  | ResetFault
  | StallFault
  | DripFault
  | ContentLengthFault
  | BodyFault
  | EncodingFault
  | RedirectFault
  | HeadersFault
  | PageFault
  | ChatFault;

/** For faults that take the place of the real answer. */
interface InsteadOfAnswer {
  /**
   * Whether the operation is carried out all the same, so that only its answer is lost.
   *
   * @defaultValue `false`
   */
  readonly carriedOut?: boolean | undefined;
}

/** Another status, with a `detail` as all refusals have: `{ status: 429, retryAfter: 2 }`. */
export interface StatusFault extends InsteadOfAnswer {
  /** From 200 to 599. */
  readonly status: number;
  /** Seconds until the client may come back. @defaultValue no such header */
  readonly retryAfter?: number | undefined;
  /**
   * How that is told: in seconds, as one of the two date formats of HTTP, or in milliseconds in
   * the header `retry-after-ms`.
   *
   * @defaultValue `'seconds'`
   */
  readonly retryAfterForm?: 'seconds' | 'date' | 'asctime' | 'ms' | undefined;
  /** Headers to add or to put in place of those above. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What the body says under `detail`. @defaultValue a sentence that names the fault */
  readonly detail?: string | undefined;
}

/**
 * A place in an answer: before its first byte, in the middle of its headers, or after so many bytes
 * of its body, `0` being right after the headers. A place in the body needs the real answer, so that
 * the operation is carried out.
 */
export type PlaceInAnswer = 'before-headers' | 'in-headers' | number;

/** The connection is reset there. */
interface ResetFault extends InsteadOfAnswer {
  readonly reset: PlaceInAnswer;
}

/** Nothing more is sent from there on, and the connection stays open until the client leaves. */
interface StallFault extends InsteadOfAnswer {
  readonly stall: PlaceInAnswer;
}

/** The body comes in pieces of so many bytes. */
export interface DripFault {
  readonly drip: number;
  /** Time between two pieces, in milliseconds. */
  readonly every: number;
}

/** The header `content-length` is so many bytes too high, or too low if negative. */
interface ContentLengthFault {
  readonly contentLength: number;
}

/**
 * Another body under a 200: the first half of the real JSON, a page as captive portals show, nothing
 * at all, or lists nested 100,000 deep.
 */
export interface BodyFault extends InsteadOfAnswer {
  readonly body: 'cut-json' | 'html' | 'empty' | 'deep-json';
}

/**
 * A `content-encoding` that does harm: a small gzip that grows large, the real body packed fifty
 * times over, a gzip with wrong bytes in it, or an encoding that nobody knows.
 */
export interface EncodingFault {
  readonly encoding: 'bomb' | 'stacked' | 'corrupt' | 'unknown';
  /** How large the bomb grows, in bytes. @defaultValue 200 MiB */
  readonly bytes?: number | undefined;
}

/**
 * Sends the client elsewhere: round in circles, to the same path under another name of this host
 * (`localhost` and `127.0.0.1` are two origins), or to a URL.
 */
export interface RedirectFault extends InsteadOfAnswer {
  readonly redirect: 'loop' | 'other-origin' | `http://${string}` | `https://${string}`;
  /** @defaultValue `307` */
  readonly status?: 301 | 302 | 303 | 307 | 308 | undefined;
}

/** So many bytes of headers come with the real answer. */
interface HeadersFault {
  readonly headerBytes: number;
}

/**
 * A page of a list that leads nowhere: its token is the one that it was asked with, or it has no
 * items and still a token. A list that fits on one page stays as it is.
 */
export interface PageFault {
  readonly page: 'same-token' | 'empty';
}

/**
 * A stream of chat events that is wrong: it ends before `stop` or in the middle of an event, brings
 * an event that is no JSON or of a type that nobody knows, comes byte by byte, or goes on after
 * `stop`.
 */
export interface ChatFault {
  readonly chat:
    | 'end-before-stop'
    | 'unended-event'
    | 'bad-json'
    | 'unknown-type'
    | 'split-bytes'
    | 'more-after-stop';
}

/** Which requests a fault meets. */
export interface FaultRule {
  /**
   * Method and path: `'POST /api/v1/chat/{session_id}/messages/stream'`. `{name}` and `*` stand for
   * one segment, `**` at the end for all that follow, `*` in place of the method for any.
   */
  readonly route: string;
  readonly fault: Fault;
  /** How many requests it meets. @defaultValue `1`, and without end where there is a `rate` */
  readonly times?: number | undefined;
  /** Share of the requests that it meets, above 0 and up to 1. @defaultValue `1` */
  readonly rate?: number | undefined;
}
