import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { IncomingMessage, type IncomingHttpHeaders, ServerResponse } from 'node:http';

/** A request whose head reached a server. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The port that it came to. */
  readonly port: number;
  /** When its head was read, as `performance.now()` tells it. */
  readonly at: number;
  /** The status that it was answered with; `undefined` when the server knows of none. */
  readonly status: () => number | undefined;
}

/** What the servers of this process were sent. */
export interface SeenRequests extends Disposable {
  /** In the order of their arrival, of all ports. */
  readonly all: SeenRequest[];
}

const CHANNEL = 'http.server.request.start';

/**
 * Notes every request that a node:http server of this process is sent, from here on. It is the servers' own
 * report, so that it does not matter what the client believes to have sent.
 */
export function noteRequests(): SeenRequests {
  const all: SeenRequest[] = [];
  const note = (message: unknown): void => {
    const { request, response } = message as { request: unknown; response: unknown };
    if (request instanceof IncomingMessage && response instanceof ServerResponse) {
      all.push({
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        port: request.socket.localPort ?? 0,
        at: performance.now(),
        status: () => (response.headersSent ? response.statusCode : undefined),
      });
    }
  };
  subscribe(CHANNEL, note);
  return { all, [Symbol.dispose]: () => unsubscribe(CHANNEL, note) };
}

/**
 * Requests that were sent again although the first may have been acted on. What must not be repeated bears a key
 * that stays the same when it is; only a 429 says that the server has left it alone.
 */
export function repeated(requests: readonly SeenRequest[]): string[] {
  const last = new Map<string, SeenRequest>();
  return requests.flatMap((request) => {
    const key = request.headers['idempotency-key'];
    if (typeof key !== 'string') {
      return [];
    }
    const before = last.get(key);
    last.set(key, request);
    return before && before.status() !== 429
      ? [`${request.method} ${request.url} was sent again after ${before.status() ?? 'no answer'}`]
      : [];
  });
}
