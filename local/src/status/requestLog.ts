import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request that has come to its end. */
interface LoggedRequest {
  /** When it came, in milliseconds since 1970 by the machine's clock. */
  readonly at: number;
  readonly method: string;
  /** Without the query, which may hold the signature of a link. */
  readonly path: string;
  /** `null` when the connection ended before the answer did. */
  readonly status: number | null;
  /** From its headers to the last byte of the answer, in milliseconds. */
  readonly ms: number;
}

/** The last requests. */
export interface RequestLog {
  /** Notes this request once it has come to its end. */
  watch(incoming: IncomingMessage, outgoing: ServerResponse): void;
  /** The requests that were noted, the newest first. */
  recent(): readonly LoggedRequest[];
}

/** Longest path that is kept, in characters. */
const longestPath = 200;

/** Creates a log that keeps the last `size` requests, but for those of these paths. */
export function createRequestLog(size: number, ignored: readonly string[]): RequestLog {
  const requests: LoggedRequest[] = [];
  return {
    watch(incoming, outgoing) {
      const path = (incoming.url ?? '').split('?')[0] ?? '';
      if (ignored.includes(path)) {
        return;
      }
      const at = Date.now();
      const start = performance.now();
      outgoing.on('close', () => {
        requests.push({
          at,
          method: incoming.method ?? '',
          path: path.slice(0, longestPath),
          status: outgoing.writableFinished ? outgoing.statusCode : null,
          ms: performance.now() - start,
        });
        if (requests.length > size) {
          requests.shift();
        }
      });
    },
    recent: () => requests.toReversed(),
  };
}
