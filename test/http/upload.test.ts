import busboy from 'busboy';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, mkdtemp, open, readlink, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lastValueFrom, type Observable, of, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError, NetworkError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import { upload, type UploadSpec } from '../../src/http/upload.ts';
import type { UploadEvent } from '../../src/types/uploadEvent.ts';
import { json, type SeenRequest, startServer } from '../support/server.ts';

const route = 'POST /api/v1/beta/directories/{directory_id}/files/upload';
type Spec = Omit<UploadSpec<typeof route, unknown>, 'params' | 'fileField'>;

let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rx-llamacloud-upload-'));
});
afterAll(() => rm(folder, { recursive: true }));

function send(url: string, spec: Spec): Observable<UploadEvent<unknown>> {
  const connection = connect({ token: 't', baseUrl: url, retry: { maxDelay: 5 } });
  return upload(connection, route, {
    params: { directory_id: 'dir-1' },
    fileField: 'upload_file',
    ...spec,
  });
}

interface Form {
  readonly fields: Record<string, string>;
  readonly fileField: string;
  readonly fileName: string | undefined;
  readonly content: Buffer;
}

/** The form as another implementation reads it. */
async function formOf({ headers, body }: SeenRequest): Promise<Form> {
  const parser = busboy({ headers, defParamCharset: 'utf8', preservePath: true });
  const fields: Record<string, string> = {};
  const chunks: Buffer[] = [];
  let fileField = '';
  let fileName: string | undefined;
  parser.on('field', (name, value) => (fields[name] = value));
  parser.on('file', (name, stream, info) => {
    fileField = name;
    fileName = info.filename;
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  });
  parser.end(body);
  await once(parser, 'close');
  return { fields, fileField, fileName, content: Buffer.concat(chunks) };
}

async function openDescriptors(path: string): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => undefined),
    ),
  );
  return links.filter((link) => link === path).length;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const large = Buffer.alloc(5_000_003, 'The quick brown fox. ');

describe('upload', () => {
  it.each<[string, () => Promise<Spec['file']> | Spec['file'], Buffer]>([
    ['bytes', () => new Uint8Array(Buffer.from('small')), Buffer.from('small')],
    ['no bytes', () => new Uint8Array(), Buffer.alloc(0)],
    ['a blob', () => new Blob([large]), large],
    ['a web stream', () => new Blob([large]).stream(), large],
    [
      'a small file by its path',
      async () => {
        await writeFile(join(folder, 'small.txt'), 'small');
        return join(folder, 'small.txt');
      },
      Buffer.from('small'),
    ],
    [
      'a large file by its path',
      async () => {
        await writeFile(join(folder, 'large.txt'), large);
        return join(folder, 'large.txt');
      },
      large,
    ],
  ])('sends %s and counts them', async (_, make, content) => {
    await using server = await startServer((_, response) => json(response, { id: 'dfl-1' }, 201));
    const file = await make();
    const source = send(server.url, {
      file,
      fields: { unique_id: 'ü"\r\n', display_name: null, metadata: '{"a":1}' },
    });
    expect(server.requests).toHaveLength(0);
    const events = await lastValueFrom(source.pipe(toArray()));
    const total = file instanceof ReadableStream ? undefined : content.byteLength;

    expect(events.at(-1)).toEqual({ type: 'uploaded', file: { id: 'dfl-1' } });
    const progress = events.slice(0, -1).map((event) => (event.type === 'progress' ? event : null));
    expect(progress.length).toBeGreaterThan(0);
    expect(progress.every((event) => event?.total === total)).toBe(true);
    const loaded = progress.map((event) => event?.loaded ?? NaN);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    expect(loaded.at(-1)).toBe(content.byteLength);
    if (total !== undefined) {
      expect(Number(server.requests[0]?.headers['content-length'])).toBe(
        server.requests[0]?.body.byteLength,
      );
    }
    const [seen] = server.requests;
    expect(seen?.method).toBe('POST');
    const form = await formOf(seen ?? expect.unreachable());
    expect(form.fields).toEqual({ unique_id: 'ü"\r\n', metadata: '{"a":1}' });
    expect(form.fileField).toBe('upload_file');
    expect(createHash('sha256').update(form.content).digest('hex')).toBe(
      createHash('sha256').update(content).digest('hex'),
    );
  });

  it('sends the name without its folders, and a hostile name stays a name', async () => {
    await using server = await startServer((_, response) => json(response, {}, 201));
    const path = join(folder, 'a "quoted" näme.txt');
    await writeFile(path, 'x');
    await lastValueFrom(send(server.url, { file: path }));
    await lastValueFrom(send(server.url, { file: new Uint8Array(1), fileName: 'x"\r\nx-evil: 1' }));
    for (const fileName of ['a/b\\nul\0.txt', '..', 'folder/']) {
      await lastValueFrom(send(server.url, { file: new Uint8Array(1), fileName }));
    }
    await lastValueFrom(send(server.url, { file: new File(['x'], 'own.txt') }));
    const names = await Promise.all(
      server.requests.map(async (seen) => (await formOf(seen)).fileName),
    );
    // The quotes and line breaks stay encoded, as servers see them from browsers.
    expect(names).toEqual([
      'a %22quoted%22 näme.txt',
      'x%22%0D%0Ax-evil: 1',
      'nul%00.txt',
      'upload',
      'upload',
      'own.txt',
    ]);
  });

  it.each([
    ['is not there', () => join(folder, 'absent.txt'), 'unreadable'],
    ['is a folder', () => folder, 'unreadable'],
  ])('names a path that %s', async (_, path, kind) => {
    const error = await lastValueFrom(send('http://127.0.0.1:1', { file: path() })).catch(
      (seen: unknown) => seen,
    );
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ kind, path: path(), attempts: 1 });
  });

  it('does not finish a file that changes while it is sent', async () => {
    const path = join(folder, 'growing.txt');
    await writeFile(path, Buffer.alloc(40_000_000));
    await using server = await startServer((_, response) => json(response, {}, 201));
    let grown = false;
    const error = await new Promise((resolve) => {
      send(server.url, { file: path }).subscribe({
        next() {
          if (!grown) {
            grown = true;
            void appendFile(path, 'more');
          }
        },
        error: resolve,
        complete: () => resolve('complete'),
      });
    });
    expect(error).toBeInstanceOf(FileError);
    expect(error).toMatchObject({ kind: 'changed', path });
    expect(server.requests).toHaveLength(0);
    await until(async () => (await openDescriptors(path)) === 0);
  });

  it('closes the file and the socket when unsubscribed, at any moment', async () => {
    const path = join(folder, 'dropped.bin');
    const handle = await open(path, 'w');
    await handle.truncate(200_000_000);
    await handle.close();
    await using server = await startServer((_, response) => json(response, {}, 201));

    send(server.url, { file: path }).subscribe().unsubscribe();
    await new Promise<void>((resolve) => {
      const subscription = send(server.url, { file: path }).subscribe(() => {
        subscription.unsubscribe();
        resolve();
      });
    });
    await until(async () => (await openDescriptors(path)) === 0);
    await server.until(() => server.sockets() === 0);
    expect(server.requests).toHaveLength(0);
  });

  it('reads an error that is compressed, though that was not asked for', async () => {
    await using server = await startServer((_, response) => {
      response
        .writeHead(413, { 'content-encoding': 'gzip' })
        .end(gzipSync('{"detail":"too large"}'));
    });
    const seen: unknown[] = [];
    const source = send(server.url, { file: new Uint8Array(3) });
    await lastValueFrom(source).catch((error: unknown) => seen.push(error));
    expect(seen).toMatchObject([{ status: 413, body: { detail: 'too large' } }]);
  });

  it('says so when the stream fails that it reads from, or is read by somebody else', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    let pieces = 0;
    const failing = new ReadableStream<Uint8Array>({
      pull(controller) {
        pieces += 1;
        if (pieces === 3) {
          controller.error(new Error('of the source'));
        } else {
          controller.enqueue(new Uint8Array(10));
        }
      },
    });
    const locked = new Blob(['text']).stream();
    const sources = [failing, locked].map((file) => send(server.url, { file, fileName: 'a.txt' }));
    locked.getReader();
    for (const source of sources) {
      const error: unknown = await lastValueFrom(source).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(FileError);
      expect(error).toMatchObject({ kind: 'unreadable', path: 'a.txt', route });
    }
    expect(server.requests).toHaveLength(0);
    await server.until(() => server.sockets() === 0);
  });

  it('opens no file before its turn', async () => {
    const path = join(folder, 'queued.bin');
    await writeFile(path, large);
    await using server = await startServer(() => undefined);
    const connection = connect({ token: 't', baseUrl: server.url, concurrency: 2 });
    const spec = { params: { directory_id: 'dir-1' }, fileField: 'upload_file', file: path };
    const subscriptions = Array.from({ length: 20 }, () =>
      upload(connection, route, spec).subscribe(),
    );
    await server.until(() => server.requests.length === 2);
    expect(await openDescriptors(path)).toBeLessThanOrEqual(2);
    subscriptions.forEach((subscription) => subscription.unsubscribe());
    await until(async () => (await openDescriptors(path)) === 0);
    expect(server.requests).toHaveLength(2);
  });

  it('asks what became of a lost upload before it sends again', async () => {
    await using server = await startServer((_, response, raw) => {
      if (server.requests.length === 1) {
        raw.socket.destroy();
      } else {
        json(response, { id: 'second' }, 201);
      }
    });
    const file = new Uint8Array(3);
    const adopted = send(server.url, { file, reconcile: () => of({ id: 'first' }) });
    expect(await lastValueFrom(adopted)).toEqual({ type: 'uploaded', file: { id: 'first' } });
    expect(server.requests).toHaveLength(1);

    server.requests.length = 0;
    const again = send(server.url, { file, reconcile: () => of(undefined) });
    expect(await lastValueFrom(again)).toEqual({ type: 'uploaded', file: { id: 'second' } });
    expect(server.requests).toHaveLength(2);
  });

  it('does not send a lost upload again without a way to ask, nor a web stream at all', async () => {
    await using server = await startServer((_, __, raw) => void raw.socket.destroy());
    const file = new Uint8Array(3);
    for (const spec of [
      { file },
      { file: new Blob([file]).stream(), reconcile: () => of(undefined) },
    ]) {
      server.requests.length = 0;
      const error = await lastValueFrom(send(server.url, spec)).catch((seen: unknown) => seen);
      expect(error).toBeInstanceOf(NetworkError);
      expect(server.requests).toHaveLength(1);
    }
  });
});
