import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { SeenRequest } from './seenRequests.ts';

/** A TCP server for faults below HTTP: it sends what it is told, whether that is HTTP or not. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The heads of the requests that came, in order. */
  readonly requests: SeenRequest[];
  readonly sockets: () => number;
}

/** What to do with a request once its head and body are there. `count` is 1 for the server's first. */
export type RawAnswerer = (socket: Socket, count: number) => void;

/**
 * Starts one on a free port of the loopback interface. A `deaf` one does not notice that a client leaves, as a peer
 * that has lost its power.
 */
export async function startRawServer(answer: RawAnswerer, deaf = false): Promise<RawServer> {
  const requests: SeenRequest[] = [];
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: deaf }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => undefined);
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      for (let whole = take(); whole !== undefined; whole = take()) {
        requests.push(whole);
        answer(socket, requests.length);
      }
    });

    /** The first whole request of what was received, taken out of it. */
    function take(): SeenRequest | undefined {
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) {
        return undefined;
      }
      const [first = '', ...lines] = received.slice(0, end).split('\r\n');
      const headers = Object.fromEntries(
        lines.map((line) => {
          const [name = '', ...value] = line.split(': ');
          return [name.toLowerCase(), value.join(': ')];
        }),
      );
      const length = Number(headers['content-length'] ?? 0);
      if (received.length < end + 4 + length) {
        return undefined;
      }
      received = received.slice(end + 4 + length);
      const [method = '', url = ''] = first.split(' ');
      return { method, url, headers, port, at: performance.now(), status: () => undefined };
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    sockets: () => open.size,
    async [Symbol.asyncDispose]() {
      open.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}
