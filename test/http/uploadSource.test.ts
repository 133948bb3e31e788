import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { from, lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { UploadSource } from '../../src/http/uploadSource.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

let folder = '';
let path = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rx-llamacloud-sources-'));
  path = join(folder, 'a b.txt');
  await writeFile(path, 'content');
});
afterAll(() => rm(folder, { recursive: true }));

const bytes = new TextEncoder().encode('content');
const within = new TextEncoder().encode('<<content>>').buffer;

async function* generator(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes.subarray(0, 3);
  yield bytes.subarray(3);
}

function connectTo({ url }: TestServer, concurrency = 16): Connection {
  return connect({ token: 'llx-test', baseUrl: url, concurrency, retry: { maxDelay: 5 } });
}

/** What has no claim to be a source, as it may come from JavaScript. */
function anything(value: unknown): UploadSource {
  return value as UploadSource;
}

const received = { originalname: 'ñ.pdf', mimetype: 'application/pdf' };
const sources: [string, () => UploadSource | Promise<UploadSource>, string, string?][] = [
  ['a file: URL', () => pathToFileURL(path), 'a b.txt'],
  ['an ArrayBuffer', () => bytes.buffer.slice(0), 'upload'],
  ['a SharedArrayBuffer', () => sharedBytes(), 'upload'],
  ['a DataView of a part', () => new DataView(within, 2, 7), 'upload'],
  ['a Uint16Array', () => new Uint16Array(new TextEncoder().encode('contents').buffer), 'upload'],
  ['a Buffer of the pool', () => Buffer.from('content'), 'upload'],
  ['a stream of a file', () => createReadStream(path), 'a b.txt'],
  ['a Readable', () => Readable.from([bytes]), 'upload'],
  ['a PassThrough', () => new PassThrough().end(bytes), 'upload'],
  ['an async generator', () => generator(), 'upload'],
  ['an async iterable', () => ({ [Symbol.asyncIterator]: generator }), 'upload'],
  ['a web stream of buffers', () => ReadableStream.from([within.slice(2, 9)]), 'upload'],
  ['a File', () => new File([bytes], 'f.txt', { type: 'text/x' }), 'f.txt', 'text/x'],
  [
    'a file of multer in memory',
    () => ({ ...received, buffer: Buffer.from('content') }),
    'ñ.pdf',
    'application/pdf',
  ],
  ['a file of multer on disk', () => ({ ...received, path }), 'ñ.pdf', 'application/pdf'],
  ['a Response', () => new Response('content'), 'upload', 'text/plain;charset=UTF-8'],
  [
    'a Response with a name',
    () =>
      new Response(bytes, {
        headers: {
          'content-disposition': `attachment; filename="x.txt"; filename*=UTF-8''na%C3%AFve.txt`,
        },
      }),
    'naïve.txt',
  ],
  ['a Response with a plain name', () => named('attachment; filename="x y.txt"'), 'x y.txt'],
  ['a Response with a bare name', () => named('attachment;FileName=x.txt; size=3'), 'x.txt'],
  ['a Response with an empty name', () => named('attachment; filename=""'), 'upload'],
  ['a Response with a broken name', () => named("inline; filename*=utf-8''%ff"), 'upload'],
];

function named(disposition: string): Response {
  return new Response(bytes, { headers: { 'content-disposition': disposition } });
}

function sharedBytes(): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(bytes.byteLength);
  new Uint8Array(shared).set(bytes);
  return shared;
}

describe('a file to upload', () => {
  it.each(sources)('can be %s', async (what, make, name, type = 'application/octet-stream') => {
    await using server = await startServer((_, response) => json(response, { id: 'dfl-1' }));
    const upload_file = await make();
    const events = await lastValueFrom(
      uploadDirectoryFile(connectTo(server), 'dir-1', { upload_file }).pipe(toArray()),
    );
    expect(events.at(-1)).toEqual({ type: 'uploaded', file: { id: 'dfl-1' } });
    expect(events.at(-2)).toMatchObject({ loaded: what === 'a Uint16Array' ? 8 : 7 });
    const form = server.requests[0]?.body.toString('utf8') ?? '';
    expect(form).toContain(`filename="${name}"\r\ncontent-type: ${type}\r\n\r\ncontent`);
  });

  it('can be the Response of a fetch, whose length is known', async () => {
    await using server = await startServer((request, response) => {
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/csv').end('a,b');
      } else {
        json(response, {});
      }
    });
    const upload_file = await fetch(`${server.url}/files/t%C3%A4glich.csv?key=x`);
    const [event] = await lastValueFrom(
      uploadDirectoryFile(connectTo(server), 'dir-1', { upload_file }).pipe(toArray()),
    );
    expect(event).toMatchObject({ total: 3 });
    const form = server.requests[1]?.body.toString('utf8');
    expect(form).toContain('filename="täglich.csv"\r\ncontent-type: text/csv\r\n\r\na,b');
  });

  it.each<[string, () => unknown, string]>([
    ['undefined', () => undefined, 'got undefined'],
    ['null', () => null, 'got null'],
    ['a number', () => 7, 'got 7'],
    ['an empty path', () => '', 'got an empty path'],
    ['an object', () => ({ name: 'x' }), 'got an object with name'],
    ['an array', () => [bytes], 'got an array'],
    ['a function', () => () => bytes, 'got a function'],
    ['an Observable', () => from([bytes]), 'got an object of the class Observable'],
    ['an address', () => 'https://files.example/a.pdf', 'this one is a URL'],
    ['the text of a file: URL', () => 'file:///a.pdf', 'Pass new URL(…) of it'],
    ['a URL of the web', () => new URL('https://files.example/a.pdf'), 'must be a file: URL'],
    ['a file: URL of another host', () => new URL('file://host/a.pdf'), 'no path of this machine'],
    ['a file of multer without content', () => received, 'neither buffer nor path'],
    ['a Response that is a refusal', () => new Response('no', { status: 404 }), 'is a 404'],
    ['a Response that was read', usedResponse, 'was read already'],
    ['a web stream with a reader', lockedStream, 'read by somebody else'],
    ['a web stream that was read', usedStream, 'can be read once only'],
    ['a Readable that was read', usedReadable, 'can be read once only'],
    ['a Readable that flows', () => Readable.from([bytes]).resume(), 'can be read once only'],
    ['a Readable that was destroyed', () => Readable.from([bytes]).destroy(), 'was destroyed'],
    ['a Readable of text', () => new PassThrough().setEncoding('utf8'), 'gives text'],
    ['bytes that were transferred', transferred, 'were transferred'],
  ])('cannot be %s, and that is said when called', async (_, make, words) => {
    const connection = connect({ token: 'llx-test' });
    const upload_file = anything(await make());
    const call = (): unknown => uploadDirectoryFile(connection, 'dir-1', { upload_file });
    expect(call).toThrow(TypeError);
    expect(call).toThrow(words);
    expect(call).toThrow(/^uploadDirectoryFile: upload_file/);
  });
});

it('says of a promise that it has to be awaited', () => {
  const upload_file = anything(Promise.resolve(bytes));
  const connection = connect({ token: 'llx-test' });
  expect(() => uploadDirectoryFile(connection, 'dir-1', { upload_file })).toThrow('awaited first');
});

async function usedResponse(): Promise<unknown> {
  const response = new Response('x');
  await response.text();
  return response;
}

function lockedStream(): unknown {
  const stream = new Blob(['x']).stream();
  stream.getReader();
  return stream;
}

async function usedStream(): Promise<unknown> {
  const stream = new Blob(['x']).stream();
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
  return stream;
}

function usedReadable(): unknown {
  const stream = new PassThrough();
  stream.write(bytes);
  stream.read(3);
  return stream;
}

function transferred(): unknown {
  const buffer = new ArrayBuffer(8);
  structuredClone(buffer, { transfer: [buffer] });
  return buffer;
}

describe('what can be read once', () => {
  it.each<[string, () => unknown, string]>([
    ['a Readable of text', () => Readable.from(['text']), 'gives a text where bytes are due'],
    ['a Readable of objects', () => Readable.from([{ a: 1 }]), 'gives an object with a'],
    ['a web stream of text', () => ReadableStream.from(['text']), 'gives a text'],
    ['a stream of a file that is missing', () => createReadStream('missing'), 'failed (ENOENT)'],
    ['an iterable that fails', failing, 'failed'],
  ])('errors with a FileError: %s', async (_, make, words) => {
    await using server = await startServer((__, response) => json(response, {}));
    const error = await errorOf(
      uploadDirectoryFile(connectTo(server), 'dir-1', { upload_file: anything(make()) }),
    );
    expect(error).toMatchObject({ name: 'FileError', kind: 'unreadable', attempts: 1 });
    expect(String(error)).toContain(words);
  });

  it.each<[string, () => UploadSource]>([
    ['a Readable', () => Readable.from([bytes])],
    ['a web stream', () => ReadableStream.from([bytes])],
    ['a generator', () => generator()],
    ['a Response', () => new Response(bytes)],
  ])('is not sent again, and not with a second subscription: %s', async (_, make) => {
    await using server = await startServer((__, response) => json(response, {}, 503));
    const upload_file = make();
    const source = uploadDirectoryFile(connectTo(server), 'dir-1', { upload_file, unique_id: 'u' });
    expect(await errorOf(source)).toMatchObject({ status: 503, attempts: 1 });
    const again = await errorOf(source);
    expect(again).toMatchObject({ name: 'FileError', kind: 'unreadable' });
    expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it.each([true, false])('is released when unsubscribed, before its turn: %s', async (queued) => {
    await using server = await startServer(() => undefined);
    const connection = connectTo(server, 1);
    const blocking = queued
      ? uploadDirectoryFile(connection, 'dir-1', { upload_file: bytes }).subscribe()
      : undefined;
    const released: string[] = [];
    const endless = (name: string): ReadableStream<Uint8Array> =>
      new ReadableStream({ cancel: () => void released.push(name) });
    const readable = new Readable({ read: () => undefined });
    readable.once('close', () => released.push('readable'));
    const generated = Object.assign(generator(), {
      return: () => {
        released.push('generator');
        return Promise.resolve({ done: true as const, value: undefined });
      },
    });
    for (const upload_file of [
      endless('web'),
      readable,
      generated,
      new Response(endless('response')),
    ]) {
      const before = released.length;
      const subscription = uploadDirectoryFile(connection, 'dir-1', { upload_file }).subscribe();
      await server.until(() => server.sockets() === 1);
      await new Promise((resolve) => setTimeout(resolve, 10));
      subscription.unsubscribe();
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect(released.length).toBeGreaterThan(before);
      await server.until(() => queued || server.sockets() === 0);
    }
    expect([...new Set(released)]).toEqual(['web', 'readable', 'generator', 'response']);
    blocking?.unsubscribe();
  });

  it('holds a few pieces at a time, however long it is', async () => {
    let most = 0;
    await using server = await startServer((_, response) => json(response, {}));
    let made = 0;
    let sent = 0;
    async function* long(): AsyncGenerator<Uint8Array> {
      for (; made < 400; made += 1) {
        most = Math.max(most, made * 65_536 - sent);
        await Promise.resolve();
        yield new Uint8Array(65_536);
      }
    }
    await new Promise((resolve, reject) => {
      uploadDirectoryFile(connectTo(server), 'dir-1', { upload_file: long() }).subscribe({
        next: (event) => (sent = event.type === 'progress' ? event.loaded : sent),
        error: reject,
        complete: () => resolve(undefined),
      });
    });
    expect(sent).toBe(400 * 65_536);
    expect(most).toBeLessThan(2 * 2 ** 20);
  });
});

async function* failing(): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield bytes;
  throw new Error('of the source');
}
