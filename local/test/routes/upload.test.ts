import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, form, listFiles, send, until, upload } from '../support/cloud.ts';

const megabyte = 1024 * 1024;

describe('upload', () => {
  let cloud: LocalCloud;
  let directory: Directory;
  let dataDir: string;
  let path: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'upload-test-'));
    cloud = await startLocalCloud({ dataDir, largestUpload: 2 * megabyte });
    directory = await createDirectory(cloud, 'Uploads');
    path = `/api/v1/beta/directories/${directory.id}/files/upload`;
  });
  afterAll(async () => {
    await cloud.close();
    await rm(dataDir, { recursive: true });
  });

  const incoming = () => readdirSync(join(dataDir, 'files', 'incoming'));

  it('stores the content byte by byte under its hash, once for equal contents', async () => {
    const content = Uint8Array.from({ length: megabyte }, (_, index) => (index * 7) % 256);
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', content)).toString('hex');
    const one = await upload(cloud, directory, 'one.bin', content);
    const two = await upload(cloud, directory, 'two.bin', content);
    expect(one.file_id).not.toBe(two.file_id);
    const stored = join(dataDir, 'files', hash.slice(0, 2));
    expect(readdirSync(stored)).toEqual([hash]);
    expect(Buffer.compare(await readFile(join(stored, hash)), content)).toBe(0);
    expect(incoming()).toEqual([]);
  });

  it('takes an empty file', async () => {
    expect(await upload(cloud, directory, 'empty.txt', '')).toMatchObject({
      unique_id: 'empty.txt',
    });
  });

  it('never makes a path of a name', async () => {
    const names = ['../../escape.txt', '..', 'a/b/c.txt', 'C:\\boot.ini', 'ünï.txt'];
    for (const [index, name] of names.entries()) {
      const file = await upload(cloud, directory, name, 'x', { unique_id: `name-${index}` });
      expect(file.display_name.length).toBeGreaterThan(0);
    }
    expect(existsSync(join(dataDir, '..', 'escape.txt'))).toBe(false);
    const paths = readdirSync(dataDir, { recursive: true }).map(String);
    expect(paths.filter((path) => /escape|c\.txt|boot|ünï/.test(path))).toEqual([]);
  });

  it('prefers the names it is given to those of the file', async () => {
    const file = await upload(cloud, directory, 'report.txt', 'x', {
      unique_id: 'report-7',
      display_name: 'Report 7',
      metadata: '{"year":2026,"tags":["a"]}',
    });
    expect(file).toMatchObject({
      unique_id: 'report-7',
      display_name: 'Report 7',
      metadata: { year: 2026, tags: ['a'] },
      deleted_at: null,
    });
    expect(file.id).toMatch(/^dfl-/);
    expect(file.file_id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  });

  it('refuses a second file with the same unique_id and keeps the first', async () => {
    const first = await upload(cloud, directory, 'once.txt', 'first');
    const second = await send(cloud, `POST ${path}`, form('once.txt', 'second'));
    expect(second.status).toBe(409);
    expect(second.body).toMatchObject({ detail: expect.stringContaining(first.id) as unknown });
    expect((await listFiles(cloud, directory, '?unique_id=once.txt')).items).toEqual([first]);
  });

  it.each([
    ['text that is no JSON', 'nonsense', ['body', 'metadata']],
    ['a list', '[1]', ['body', 'metadata']],
    ['a nested object', '{"a":{"b":1}}', ['body', 'metadata', 'a']],
  ])('answers 422 to metadata that is %s', async (_, metadata, loc) => {
    const answer = await send(cloud, `POST ${path}`, form('meta.txt', 'x', { metadata }));
    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc }] } });
  });

  it('answers 422 to a request without the file, and 415 to one that is no form', async () => {
    const empty = new FormData();
    empty.set('unique_id', 'x');
    expect(await send(cloud, `POST ${path}`, empty)).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'missing', loc: ['body', 'upload_file'] }] },
    });
    expect(await send(cloud, `POST ${path}`, {})).toMatchObject({ status: 415 });
  });

  it('answers 404 before it reads anything for a directory that is not there', async () => {
    const route = 'POST /api/v1/beta/directories/dir-none/files/upload';
    expect((await send(cloud, route, form('a.txt', 'x'))).status).toBe(404);
  });

  it('refuses a file that is declared too large', async () => {
    const body = form('large.bin', new Uint8Array(8 * megabyte));
    expect((await send(cloud, `POST ${path}`, body)).status).toBe(413);
  });

  it('refuses a file that turns out too large, and leaves nothing behind', async () => {
    const body = form('large.bin', new Uint8Array(3 * megabyte));
    const answer = await send(cloud, `POST ${path}`, body);
    expect(answer).toMatchObject({
      status: 413,
      body: { detail: expect.stringContaining(String(2 * megabyte)) as unknown },
    });
    expect(incoming()).toEqual([]);
    expect((await listFiles(cloud, directory, '?unique_id=large.bin')).items).toEqual([]);
  });

  it('leaves nothing behind when the client hangs up halfway', async () => {
    const socket = connect(cloud.port, '127.0.0.1');
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${cloud.token}\r\n` +
        'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n' +
        '--b\r\nContent-Disposition: form-data; name="upload_file"; filename="cut.txt"\r\n\r\nhalf',
    );
    await until(
      () => Promise.resolve(incoming()),
      (names) => names.length === 1,
    );
    socket.destroy();
    await until(
      () => Promise.resolve(incoming()),
      (names) => names.length === 0,
    );
    expect((await listFiles(cloud, directory, '?unique_id=cut.txt')).items).toEqual([]);
  });

  it('answers 422 to a form that breaks off', async () => {
    const response = await fetch(cloud.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${cloud.token}`,
        'content-type': 'multipart/form-data; boundary=b',
      },
      body: '--b\r\nContent-Disposition: form-data; name="upload_file"; filename="cut"\r\n\r\nhalf',
    });
    expect(response.status).toBe(422);
    expect(incoming()).toEqual([]);
  });

  it('stores uploads that run at the same time, each whole', async () => {
    const files = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        upload(cloud, directory, `parallel-${index}.txt`, `content ${index}`.repeat(1000)),
      ),
    );
    expect(new Set(files.map(({ file_id }) => file_id)).size).toBe(20);
  });
});
