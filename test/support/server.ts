import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came over the socket. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The body as JSON. */
  json(): unknown;
}

/** A loopback HTTP server that records what it is sent. */
export interface TestServer extends AsyncDisposable {
  readonly url: string;
  /** The requests that were read to their end, in order. */
  readonly requests: SeenRequest[];
  /** How many sockets are open now. */
  readonly sockets: () => number;
  /** Resolves once `condition` holds; looks again whenever something happened on a socket. */
  until(condition: () => boolean): Promise<void>;
}

/** Answers a request. What it throws becomes a 500. */
export type Answerer = (
  request: SeenRequest,
  response: ServerResponse,
  raw: IncomingMessage,
) => void | Promise<void>;

/** Sends JSON. */
export function json(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(value));
}

/** Starts a server on a free port of the loopback interface; `await using` closes it. */
export async function startServer(answer: Answerer): Promise<TestServer> {
  const requests: SeenRequest[] = [];
  const open = new Set<unknown>();
  const waiting = new Set<() => void>();
  const wake = (): void => waiting.forEach((look) => look());

  const server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('error', () => undefined);
    raw.on('end', () => {
      const body = Buffer.concat(chunks);
      const seen: SeenRequest = {
        method: raw.method ?? '',
        url: raw.url ?? '',
        headers: raw.headers,
        body,
        json: () => JSON.parse(body.toString('utf8')) as unknown,
      };
      requests.push(seen);
      wake();
      void (async () => answer(seen, response, raw))()
        .catch((error: unknown) => json(response, { detail: String(error) }, 500))
        .finally(wake);
    });
  });
  server.on('connection', (socket) => {
    open.add(socket);
    wake();
    socket.on('close', () => {
      open.delete(socket);
      wake();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    sockets: () => open.size,
    until: (condition) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (condition()) {
            waiting.delete(look);
            resolve();
          }
        };
        waiting.add(look);
        look();
      }),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
