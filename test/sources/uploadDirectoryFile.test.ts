import { readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileError, HttpError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { startHttpServer } from '../faults/support/httpServer.ts';
import { connectTo, encodedId, id } from '../support/operation.ts';
import { json, type SeenRequest, startServer } from '../support/server.ts';

const file = { id: 'dfl-1', directory_id: 'dir-1', unique_id: 'q3', display_name: 'q3.txt' };
const path = join(tmpdir(), `upload-directory-file-${process.pid}.txt`);
const files = `/api/v1/beta/directories/${encodedId}/files`;

beforeAll(() => writeFile(path, 'Sales grew.'));
afterAll(() => rm(path));

/** The parts of a form: by name, the content and for the file what is said about it. */
function formOf(seen: SeenRequest | undefined): Record<string, string> {
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(
    seen?.headers['content-type'] ?? '',
  )?.[1];
  const parts = seen?.body.toString('utf8').split(`--${boundary}`) ?? [];
  expect(parts.at(-1)).toBe('--\r\n');
  const form: Record<string, string> = {};
  for (const part of parts.slice(1, -1)) {
    const [head = '', content = ''] = part.slice(2, -2).split('\r\n\r\n');
    const [, name = '', about = ''] = /name="([^"]*)"(?:; )?(.*)/s.exec(head) ?? [];
    form[name] = about === '' ? content : `${about}\r\n${content}`;
  }
  return form;
}

describe('uploadDirectoryFile', () => {
  it.each([
    ['a"b.txt', 'a%22b.txt', 'a"b.txt'],
    ['two\nlines.txt', 'two%0Alines.txt', 'two\nlines.txt'],
    ['bell\u0007.txt', 'bell%07.txt', 'bell\u0007.txt'],
    ['c1\u0085.txt', 'c1%C2%85.txt', 'c1\u0085.txt'],
    ['100%.txt', '100%.txt', undefined],
    ['ü ß.txt', 'ü ß.txt', undefined],
  ])('sends %j in the form as %s, and as display_name %j', async (name, inForm, displayName) => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const upload_file = new File(['x'], name);
    await lastValueFrom(uploadDirectoryFile(connectTo(server.url), id, { upload_file }));
    await lastValueFrom(
      uploadDirectoryFile(connectTo(server.url), id, { upload_file, display_name: 'Mine' }),
    );
    const [first, second] = server.requests.map(formOf);
    expect(first?.upload_file).toContain(`filename="${inForm}"`);
    expect(first?.display_name).toBe(displayName);
    expect(second?.display_name).toBe('Mine');
  });

  it('sends the file and its fields as a form and emits progress, then the file', async () => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const events = uploadDirectoryFile(
      connectTo(server.url),
      id,
      {
        upload_file: path,
        unique_id: 'q3',
        display_name: 'Third quarter',
        external_file_id: null,
        metadata: { year: 2025, tags: ['a', 'ü'], note: null },
      },
      { organization_id: 'org-1' },
    );
    expect(server.sockets()).toBe(0);

    const emitted = await lastValueFrom(events.pipe(toArray()));
    expect(emitted.at(-2)).toEqual({ type: 'progress', loaded: 11, total: 11 });
    expect(emitted.at(-1)).toEqual({ type: 'uploaded', file });

    const [seen] = server.requests;
    expect(`${seen?.method} ${seen?.url}`).toBe(`POST ${files}/upload?organization_id=org-1`);
    expect(seen?.headers.authorization).toBe('Bearer llx-test');
    expect(formOf(seen)).toEqual({
      upload_file:
        `filename="${basename(path)}"\r\n` +
        'content-type: application/octet-stream\r\nSales grew.',
      unique_id: 'q3',
      display_name: 'Third quarter',
      metadata: '{"year":2025,"tags":["a","ü"],"note":null}',
    });
  });

  it('sends the file anew for each subscription', async () => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const events = uploadDirectoryFile(connectTo(server.url), id, { upload_file: path });
    await lastValueFrom(events);
    await lastValueFrom(events);
    const [first, second] = server.requests.map(formOf);
    expect(first?.upload_file).toMatch(/Sales grew\.$/);
    expect(second).toEqual(first);
  });

  it('names bytes by their display name, so that the server knows what they are', async () => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const bytes = { upload_file: Buffer.from('a,b'), display_name: 'table.csv' };
    await lastValueFrom(uploadDirectoryFile(connectTo(server.url), id, bytes));
    expect(formOf(server.requests[0]).upload_file).toMatch(/^filename="table\.csv".*a,b$/s);
  });

  it('closes the socket and the file when it is unsubscribed', async () => {
    await using server = await startServer(() => undefined);
    const open = (): Promise<string[]> => readdir('/proc/self/fd').catch(() => []);
    const before = await open();
    const subscription = uploadDirectoryFile(connectTo(server.url), id, {
      upload_file: path,
    }).subscribe();
    await server.until(() => server.requests.length === 1);

    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
    await expect.poll(async () => (await open()).length).toBeLessThanOrEqual(before.length);
  });

  it('adopts the file that a failed upload has left there after all', async () => {
    await using server = await startServer(({ method }, response) => {
      if (method === 'POST') {
        json(response, { detail: 'lost on the way back' }, 503);
      } else {
        json(response, { items: [file] });
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { upload_file: path, unique_id: 'q3' };
    const last = await lastValueFrom(uploadDirectoryFile(connection, id, body));
    expect(last).toEqual({ type: 'uploaded', file });
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${files}/upload`,
      `GET ${files}?unique_id=q3`,
    ]);
  });

  it('adopts the file that a slow server has stored only when it is asked again', async () => {
    await using server = await startServer(({ method }, response) => {
      const uploads = server.requests.filter((seen) => seen.method === 'POST').length;
      if (method === 'POST') {
        const status = uploads === 1 ? 503 : 409;
        json(response, { detail: 'q3 is taken' }, status);
      } else {
        json(response, { items: uploads === 1 ? [] : [file] });
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { upload_file: path, unique_id: 'q3' };
    const last = await lastValueFrom(uploadDirectoryFile(connection, id, body));
    expect(last).toEqual({ type: 'uploaded', file });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it('does not adopt a file that was there before the upload began', async () => {
    const created_at = new Date(Date.now() - 60_000).toISOString();
    await using server = await startServer(({ method }, response) => {
      const uploads = server.requests.filter((seen) => seen.method === 'POST').length;
      if (method === 'POST') {
        json(response, { detail: 'q3 is taken' }, uploads === 1 ? 503 : 409);
      } else {
        json(response, { items: [{ ...file, created_at }] });
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const body = { upload_file: path, unique_id: 'q3' };
    const uploaded = lastValueFrom(uploadDirectoryFile(connection, id, body));
    await expect(uploaded).rejects.toMatchObject({ status: 409 });
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST', 'GET']);
  });

  it.each([0, 3_600_000, -3_600_000])(
    'adopts the file of this upload where the clock of the server is %d ms ahead',
    async (ahead) => {
      const serverTime = (): Date => new Date(Date.now() + ahead);
      await using server = await startServer(({ method }, response) => {
        const date = serverTime().toUTCString();
        if (method === 'POST') {
          json(response, { detail: 'lost on the way back' }, 503, { date });
        } else {
          const created_at = serverTime().toISOString().replace('Z', '');
          json(response, { items: [{ ...file, created_at }] }, 200, { date });
        }
      });
      const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
      const body = { upload_file: path, unique_id: 'q3' };
      const last = await lastValueFrom(uploadDirectoryFile(connection, id, body));
      expect(last).toMatchObject({ type: 'uploaded', file });
    },
  );

  it('has all the time it needs where an interim answer comes before the file is sent', async () => {
    await using server = await startHttpServer((request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      request.resume().on('end', () => json(response, file, 201));
    });
    let pieces = 0;
    const slow = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 60));
        pieces += 1;
        if (pieces > 6) {
          controller.close();
        } else {
          controller.enqueue(Buffer.from('piece'));
        }
      },
    });
    const connection = connect({ token: 't', baseUrl: server.url, timeouts: { headers: 200 } });
    const last = await lastValueFrom(uploadDirectoryFile(connection, id, { upload_file: slow }));
    expect(last).toEqual({ type: 'uploaded', file });
  });

  it('closes a small file once it is sent', async () => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const open = (): Promise<string[]> => readdir('/proc/self/fd');
    const before = await open();
    for (let n = 0; n < 20; n += 1) {
      await lastValueFrom(uploadDirectoryFile(connectTo(server.url), id, { upload_file: path }));
    }
    await server.until(() => server.requests.length === 20);
    // Each connection keeps a socket for a while, at both ends.
    await expect
      .poll(async () => (await open()).length - 2 * server.sockets())
      .toBeLessThanOrEqual(before.length);
  });

  it('is not sent again after a failure when there is no unique_id to look for', async () => {
    await using server = await startServer((_, response) => {
      json(response, { detail: 'not now' }, 503);
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    const uploaded = lastValueFrom(uploadDirectoryFile(connection, id, { upload_file: path }));
    await expect(uploaded).rejects.toBeInstanceOf(HttpError);
    expect(server.requests).toHaveLength(1);
  });

  it('errors without a request when the file is not there', async () => {
    await using server = await startServer((_, response) => json(response, file, 201));
    const missing = { upload_file: `${path}.missing` };
    const uploaded = lastValueFrom(uploadDirectoryFile(connectTo(server.url), id, missing));
    await expect(uploaded).rejects.toBeInstanceOf(FileError);
    expect(server.requests).toHaveLength(0);
  });
});
