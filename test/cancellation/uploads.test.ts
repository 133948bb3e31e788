import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { close } from '../../src/http/close.ts';
import { connect } from '../../src/http/connection.ts';
import type { UploadSource } from '../../src/http/uploadSource.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { eventually } from '../faults/support/eventually.ts';
import { openResources, surplus } from '../faults/support/openResources.ts';
import { watch } from '../faults/support/watched.ts';

/** More than sockets take on before somebody reads. */
const SIZE = 32 * 2 ** 20;

/** A server that takes the first bytes of a request, and no more until it is told to. */
interface SlowReader extends AsyncDisposable {
  readonly url: string;
  readonly sockets: ReadonlySet<Socket>;
  /** Whether a request has begun to come. */
  readonly begun: () => boolean;
  /** Reads on, which is how the end of a connection comes to light. */
  readonly readOn: () => void;
}

async function startSlowReader(): Promise<SlowReader> {
  const sockets = new Set<Socket>();
  let begun = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('data', () => {
      begun = true;
      socket.pause();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    sockets,
    begun: () => begun,
    readOn: () => sockets.forEach((socket) => socket.resume()),
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
}

let folder: AsyncDisposable & { readonly path: string };
let file: string;

beforeAll(async () => {
  folder = await mkdtempDisposable(join(tmpdir(), 'uploads-'));
  file = join(folder.path, 'large.bin');
  await writeFile(file, randomBytes(SIZE));
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

/** A stream without end, and whether it was given up. */
function endless(): { readonly stream: ReadableStream<Uint8Array>; cancelled: boolean } {
  const source = {
    cancelled: false,
    stream: new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel() {
        source.cancelled = true;
      },
    }),
  };
  return source;
}

const given = endless();
const sources: readonly [string, () => UploadSource][] = [
  ['a file', () => file],
  ['a Blob', () => new Blob([randomBytes(SIZE)])],
  ['bytes', () => randomBytes(SIZE)],
  ['a stream', () => given.stream],
];

it.each(sources)(
  'unsubscribed in the middle, the upload of %s closes all it holds',
  async (_, of) => {
    const content = of();
    const before = openResources();
    {
      await using server = await startSlowReader();
      const connection = connect({ token: 'llx-test', baseUrl: server.url });
      const upload = watch(uploadDirectoryFile(connection, 'dir-1', { upload_file: content }));
      await eventually(() => expect(server.begun()).toBe(true), 5_000);
      if (typeof content === 'string') {
        await eventually(() => expect(surplus(before).join()).toContain(content), 5_000);
      }

      upload.unsubscribe();
      server.readOn();
      await eventually(() => expect(server.sockets.size).toBe(0), 5_000);
      upload.check();
      await lastValueFrom(close(connection, { graceMs: Infinity }));
    }
    await eventually(() => expect(surplus(before)).toEqual([]), 5_000);
    expect(given.cancelled || content !== given.stream).toBe(true);
  },
);
