import { Readable } from 'node:stream';
import { type Dispatcher, errors } from 'undici';
import { NetworkError, type NetworkErrorKind } from '../errors.ts';
import type { Wire } from './connection.ts';
import { type Dial, dialling } from './dialling.ts';

/** The headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One request, ready for the wire. */
export interface ExchangeSpec {
  /** Names the operation in errors. */
  readonly route: string;
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A function is called when the request has come to the head of the line; its rejection ends the request. */
  readonly body?: Buffer | (() => Promise<ExchangeBody>) | undefined;
  /** Gives the place in line back once the headers are there; for answers that go on for long. */
  readonly longLived?: boolean | undefined;
}

/** A body that is made when it is needed, with all headers of the request, some of which only it knows. */
export interface ExchangeBody {
  readonly content: Buffer | Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happens to one request; `onEnd` or `onError` is called once, last, and not after an abort. */
export interface ExchangeHandler {
  onHeaders(status: number, headers: AnswerHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
  /** So many more bytes of the request's body were handed to the socket. */
  onBodySent?(bytes: number): void;
}

/**
 * Sends one request over undici's `dispatch`, the shortest way from bytes to callbacks, and waits in the
 * connection's line before it. The function that it returns aborts: the request is not sent if it was still
 * in line, the socket is closed if it was under way, and nothing is called any more.
 *
 * Errors are `NetworkError`s that say whether the server may have seen the request.
 */
export function exchange(wire: Wire, spec: ExchangeSpec, handler: ExchangeHandler): () => void {
  const dial: Dial = {};
  let controller: Dispatcher.DispatchController | undefined;
  let body: Buffer | Readable | undefined;
  let answered = false;
  let over = false;
  let leaveLine = (): void => undefined;

  const abort = (): void => {
    if (over) {
      return;
    }
    over = true;
    if (controller) {
      controller.abort(new Error('unsubscribed'));
    } else {
      dial.socket?.destroy(new Error('unsubscribed'));
    }
    dropBody();
    leaveLine();
  };
  // A body that undici never got to read would keep its file open.
  const dropBody = (): void => {
    if (body instanceof Readable) {
      body.destroy();
    }
  };
  const fail = (cause: unknown): void => {
    leaveLine();
    if (!over) {
      over = true;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      handler.onError(explain(spec, error, controller !== undefined, answered));
    }
  };

  const dispatch = (headers: ExchangeSpec['headers']): void => {
    wire.dispatcher.dispatch(
      {
        origin: spec.origin,
        method: spec.method,
        path: spec.path,
        headers,
        body: body ?? null,
        headersTimeout: undiciTimeout(wire.timeouts.headers),
        bodyTimeout: undiciTimeout(wire.timeouts.bodyGap),
      },
      {
        onRequestStart(started) {
          controller = started;
          if (over) {
            started.abort(new Error('unsubscribed'));
          }
        },
        onResponseStart(_, status, answeredHeaders) {
          // Interim answers (103) are followed by the real one.
          if (status >= 200 && !over) {
            answered = true;
            if (spec.longLived) {
              leaveLine();
            }
            handler.onHeaders(status, answeredHeaders);
          }
        },
        onResponseData(_, chunk) {
          if (!over) {
            handler.onData(chunk);
          }
        },
        onResponseEnd() {
          leaveLine();
          if (!over) {
            over = true;
            handler.onEnd();
          }
        },
        onResponseError(_, error) {
          fail(error);
        },
        onBodySent(chunk) {
          if (!over) {
            handler.onBodySent?.(chunk.byteLength);
          }
        },
      },
    );
  };

  const send = async (): Promise<void> => {
    let { headers } = spec;
    if (typeof spec.body === 'function') {
      ({ content: body, headers } = await spec.body());
    } else {
      body = spec.body;
    }
    if (over) {
      dropBody();
    } else {
      dialling(dial, () => dispatch(headers));
    }
  };

  void wire.limit(
    () =>
      new Promise<void>((resolve) => {
        leaveLine = resolve;
        if (over) {
          resolve();
        } else {
          // A header or path that cannot be, or a body that cannot be made.
          send().catch(fail);
        }
      }),
  );
  return abort;
}

/** undici takes 0 for no limit. */
function undiciTimeout(ms: number): number {
  return ms === Infinity ? 0 : ms;
}

function explain(
  { route, origin }: ExchangeSpec,
  error: Error,
  started: boolean,
  answered: boolean,
): Error {
  if (error instanceof errors.HTTPParserError) {
    // The bytes that came. A server that sends back what it is sent would put our credentials there.
    Reflect.deleteProperty(error, 'data');
  }
  // A body that fails to be read brings its own error, which is not the network's.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const kind = kindOf(error, code, started, answered);
  if (kind === undefined) {
    return error;
  }
  const host = new URL(origin).host;
  const what = {
    connect: `could not connect to ${host}`,
    tls: `${host} did not prove who it is`,
    timeout: answered ? 'the answer stopped coming' : 'no answer in time',
    closed: `${host} closed the connection without an answer`,
    truncated: 'the answer broke off',
    protocol: `${host} sent what is not HTTP`,
  }[kind];
  return new NetworkError(`${route}: ${what}${code === undefined ? '' : ` (${code})`}`, {
    route,
    kind,
    code,
    ambiguous: started,
    retryable: kind !== 'tls' && kind !== 'protocol',
    cause: error,
  });
}

const certificateCode = /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO$)/;
const socketCode = /^(E[A-Z]+|UND_ERR_(SOCKET|ABORTED|INFO|CLOSED|DESTROYED))$/;

function kindOf(
  { name, message }: Error,
  code: string | undefined,
  started: boolean,
  answered: boolean,
): NetworkErrorKind | undefined {
  if (name === 'HTTPParserError' || code === 'UND_ERR_HEADERS_OVERFLOW') {
    // llhttp sees a connection that ends in the middle as broken syntax.
    return answered || message.includes('EOF') ? 'truncated' : 'protocol';
  }
  if (code === undefined) {
    return undefined;
  }
  if (certificateCode.test(code)) {
    return 'tls';
  }
  if (/TIMEOUT$|ETIMEDOUT/.test(code)) {
    return started ? 'timeout' : 'connect';
  }
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') {
    return 'truncated';
  }
  if (socketCode.test(code)) {
    return started ? (answered ? 'truncated' : 'closed') : 'connect';
  }
  return undefined;
}
