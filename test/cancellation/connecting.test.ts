import { once } from 'node:events';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { lastValueFrom, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { getIndex } from '../../src/sources/indexes.ts';
import { type Certificate, selfSigned } from '../faults/support/certificate.ts';
import { silence } from './support/states.ts';
import { turns } from './support/turns.ts';

/** An https server that resets its first connection after one answer, and says nothing on the others. */
interface OneAnswer extends AsyncDisposable {
  readonly url: string;
  /** The connections that nothing is said on. */
  readonly silent: ReadonlySet<Socket>;
}

async function startOneAnswer({ cert, key }: Certificate): Promise<OneAnswer> {
  const silent = new Set<Socket>();
  let first: Socket | undefined;
  const https = createHttpsServer({ cert, key }, (_, response) => {
    response.once('finish', () => first?.resetAndDestroy());
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (first) {
      silent.add(socket.resume());
      socket.on('close', () => silent.delete(socket));
    } else {
      first = socket;
      https.emit('connection', socket);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    silent,
    async [Symbol.asyncDispose]() {
      for (const socket of [first, ...silent]) {
        socket?.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}

const uploads: readonly [string, () => string | Blob | Uint8Array | ReadableStream<Uint8Array>][] =
  [
    ['bytes', () => Buffer.from('It grew.')],
    ['a Blob', () => new Blob(['It grew.'])],
    ['a stream', () => new Blob(['It grew.']).stream()],
    ['a file', () => import.meta.filename],
  ];

describe('an unsubscribe at the moment a request is handed over to be connected for', () => {
  it.each(uploads)('leaves no socket, with %s to send', async (_, contentOf) => {
    await using site = await silence();
    for (let microtasks = 0; microtasks < 30; microtasks += 1) {
      const connection = connect({ token: 'llx-test', baseUrl: site.url });
      const upload = uploadDirectoryFile(connection, 'dir-1', { upload_file: contentOf() });
      const subscription = upload.subscribe();
      for (let n = 0; n < microtasks; n += 1) {
        await Promise.resolve();
      }
      subscription.unsubscribe();
      await turns(3);
    }
    await vi.waitFor(() => expect(site.sockets()).toBe(0), { interval: 2 });
  });

  it('leaves no socket when it took the place of one that has just gone down', async () => {
    const certificate = selfSigned({ host: 'localhost' });
    const trusted = getCACertificates('default');
    setDefaultCACertificates([...trusted, certificate.cert]);
    for (let round = 0; round < 8; round += 1) {
      await using server = await startOneAnswer(certificate);
      const connection = connect({ token: 'llx-test', baseUrl: server.url });
      await lastValueFrom(get(connection));
      // After some of these numbers it is given to the socket that is about to be found reset.
      await turns(round % 4);
      const second = get(connection).subscribe({ error: () => undefined });
      await vi.waitFor(() => expect(server.silent.size).toBe(1), { interval: 2 });
      second.unsubscribe();
      await vi.waitFor(() => expect(server.silent.size, `round ${round}`).toBe(0), { interval: 2 });
    }
    setDefaultCACertificates(trusted);
  });
});

function get(connection: Connection): Observable<unknown> {
  return getIndex(connection, 'idx-1');
}
