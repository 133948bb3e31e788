import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filter, firstValueFrom } from 'rxjs';
import { connect, HttpError } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { uploadFolder } from '../../src/workflows/uploadFolder.ts';
import { all, filesOf, folderOf, newDirectory, sha256, uploadTarget } from './support/uploads.ts';

const target = uploadTarget();

/** Contents by name, as many as asked for. */
function numbered(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`${n % 7}/report-${n}.md`, `Report ${n}.`]),
  );
}

describe('uploadFolder', () => {
  it('uploads what is below the folder, and says why it leaves out the rest', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b/c.md': 'C', 'b/d.txt': 'D' });
    await symlink('a.md', join(folder.path, 'link.md'));
    await symlink('nowhere', join(folder.path, 'gone.md'));
    await symlink('..', join(folder.path, 'b', 'loop'));
    const config = { include: ['*.md'], followSymlinks: true };

    const events = await all(
      uploadFolder(target.connection, target.directoryId, folder.path, config),
    );

    expect(events.at(-1)).toMatchObject({ queued: 5, uploaded: 3, skipped: 1, failed: 1 });
    expect(events).toContainEqual(
      expect.objectContaining({
        ...{ type: 'skipped', reason: 'loop' },
        item: expect.objectContaining({ relativePath: 'b/loop' }) as unknown,
      }),
    );
    expect(events.find(({ type }) => type === 'failed')).toMatchObject({
      ...{ item: { relativePath: 'gone.md' }, error: { kind: 'unreadable' } },
    });
    const ids = (await filesOf(target.connection, target.directoryId)).map(
      ({ unique_id }) => unique_id,
    );
    expect(ids).toEqual(['a.md', 'b/c.md', 'link.md']);
  });

  it('errors when the folder cannot be read', async () => {
    const events = uploadFolder(target.connection, target.directoryId, '/nowhere');
    await expect(all(events)).rejects.toMatchObject({ kind: 'unreadable', path: '/nowhere' });
  });

  it('streams files that are large', async () => {
    const large = 'x'.repeat(3 * 2 ** 20);
    await using folder = await folderOf({ 'large.txt': large });
    const events = await all(uploadFolder(target.connection, target.directoryId, folder.path));

    expect(events.filter(({ type }) => type === 'progress').length).toBeGreaterThan(3);
    expect(events.at(-1)).toMatchObject({ uploaded: 1, bytes: large.length });
    const [file] = await filesOf(target.connection, target.directoryId);
    expect(file?.metadata).toEqual({ rx_sha256: sha256(large), rx_size: large.length });
  });

  it('closes its files and stops when it is unsubscribed', async () => {
    const large = 'x'.repeat(2 * 2 ** 20);
    await using folder = await folderOf({ 'a.txt': large, 'b.txt': large, 'c.txt': large });
    target.cloud.faults.next(
      'POST /api/v1/beta/directories/*/files/upload',
      { stall: 'before-headers' },
      3,
    );
    const events = uploadFolder(target.connection, target.directoryId, folder.path, {
      concurrency: 3,
    });

    await firstValueFrom(events.pipe(filter(({ type }) => type === 'progress')));

    await expect.poll(() => filesOpenIn(folder.path), { timeout: 10_000 }).toEqual([]);
    expect(await filesOf(target.connection, target.directoryId)).toEqual([]);
  });

  it('tells how long the rate holds requests back', async () => {
    await using folder = await folderOf(numbered(6));
    const limits = { rateLimit: { count: 3, window: 100 } };
    const events = await all(
      uploadFolder(target.connection, target.directoryId, folder.path, limits),
    );

    const waits = events.filter((event) => event.type === 'throttled');
    // Seven requests, the list being one of them: three at once, and at least twice a wait.
    expect(waits.length).toBeGreaterThanOrEqual(2);
    for (const { ms, until } of waits) {
      expect(ms).toBeGreaterThan(0);
      expect(ms).toBeLessThanOrEqual(100);
      expect(Math.abs(until - Date.now())).toBeLessThan(10_000);
    }
    expect(events.at(-1)).toMatchObject({ uploaded: 6, failed: 0 });
  });

  it('tells of a pause that the server asks for, and keeps it', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b.md': 'B' });
    target.cloud.faults.next('POST /api/v1/beta/directories/*/files/upload', {
      ...{ status: 429, retryAfter: 0.03, retryAfterForm: 'ms' },
    });
    const patient = connect({
      baseUrl: target.cloud.url,
      token: target.cloud.token,
      retry: { attempts: 1 },
    });
    const config = { concurrency: 1 };
    const events = await all(uploadFolder(patient, target.directoryId, folder.path, config));

    const types = events.map(({ type }) => type).filter((type) => type !== 'summary');
    // On a busy machine the end of the pause is seen a little later once more.
    expect(types.filter((type, at) => type !== 'throttled' || types[at - 1] !== type)).toEqual([
      ...['queued', 'started', 'progress', 'throttled', 'failed'],
      ...['queued', 'started', 'progress', 'uploaded'],
    ]);
    const failed = events.find((event) => event.type === 'failed');
    expect(failed?.error).toBeInstanceOf(HttpError);
  });

  it('tells of a pause also where the request is repeated in the end', async () => {
    await using folder = await folderOf({ 'a.md': 'A' });
    target.cloud.faults.next('POST /api/v1/beta/directories/*/files/upload', {
      ...{ status: 429, retryAfter: 0.04, retryAfterForm: 'ms' },
    });
    const events = await all(uploadFolder(target.connection, target.directoryId, folder.path));

    const waits = events.filter((event) => event.type === 'throttled');
    expect(waits).toHaveLength(1);
    expect(waits[0]?.ms).toBeGreaterThan(20);
    expect(events.at(-1)).toMatchObject({ uploaded: 1, failed: 0 });
  });

  it('has every file there once after kill -9 and a second run, which sends what is missing', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'upload-killed-'));
    try {
      const contents = numbered(60);
      await using folder = await folderOf(contents);
      const first = await startLocalCloud({ dataDir });
      const directory = await newDirectory(connect({ baseUrl: first.url, token: first.token }));
      await killedAfter(20, [first.url, first.token, directory, folder.path]);
      // Waits for all that the first run has sent.
      await first.close();

      await using second = await startLocalCloud({ dataDir });
      const to = connect({ baseUrl: second.url, token: second.token });
      const before = await filesOf(to, directory);
      expect(before.length).toBeGreaterThanOrEqual(20);
      expect(before.length).toBeLessThan(60);

      const events = await all(uploadFolder(to, directory, folder.path));

      expect(events.filter(({ type }) => type === 'started')).toHaveLength(60 - before.length);
      expect(events.at(-1)).toMatchObject({ skipped: before.length, failed: 0 });
      const after = await filesOf(to, directory);
      expect(after.map(({ unique_id }) => unique_id)).toEqual(Object.keys(contents).sort());
      for (const { unique_id, metadata } of after) {
        expect(metadata?.rx_sha256).toBe(sha256(contents[unique_id] ?? ''));
      }
    } finally {
      await rm(dataDir, { recursive: true });
    }
  });
});

/** The names of the folder's files that this process has open. */
async function filesOpenIn(folder: string): Promise<string[]> {
  const open = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) =>
      readlink(`/proc/self/fd/${fd}`).catch(() => 'closed by now'),
    ),
  );
  return open.filter((path) => path.startsWith(folder));
}

const program = `
  import { connect, uploadFolder } from 'rx-llamacloud';
  const [baseUrl, token, directoryId, folder] = process.argv.slice(1);
  const rateLimit = { count: 1, window: 10 };
  uploadFolder(connect({ baseUrl, token }), directoryId, folder, { rateLimit }).subscribe((event) => {
    if (event.type === 'uploaded') console.log(event.item.relativePath);
  });
`;

/** Uploads a folder in another process, and kills it when so many files are uploaded. */
async function killedAfter(count: number, args: readonly string[]): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--conditions=@rx-llamacloud/source', '--input-type=module', '--eval', program, ...args],
    {
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(child, 'exit');
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    if (shown.split('\n').length > count) {
      child.kill('SIGKILL');
    }
  });
  expect(await ended).toEqual([null, 'SIGKILL']);
}
