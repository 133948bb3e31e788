import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  createWriteStream,
  renameSync,
  truncateSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { chmod, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { inspect } from 'node:util';
import { concatMap, filter, from, map, type Observable, tap } from 'rxjs';
import { describe, expect } from 'vitest';
import { toReadableStream } from '../../src/bridges/toReadableStream.ts';
import { walkFolder } from '../../src/folders/walkFolder.ts';
import type { Connection } from '../../src/http/connection.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { listDirectoryFiles, uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import { uploadFolder } from '../../src/workflows/uploadFolder.ts';
import { json } from '../support/server.ts';
import { eventually } from './support/eventually.ts';
import { fault } from './support/fault.ts';
import type { FaultRun } from './support/faultRun.ts';
import { openResources } from './support/openResources.ts';
import { workFolder } from './support/workFolder.ts';

const MiB = 2 ** 20;

/** What is uploaded of a file, and what becomes of it on the way: `changed` is called when some of it was sent. */
function uploadOf(connection: Connection, path: string, changed: () => void): Observable<unknown> {
  let first = true;
  return uploadDirectoryFile(connection, 'dir-1', { upload_file: path }).pipe(
    tap((event) => {
      if (first && event.type === 'progress') {
        first = false;
        changed();
      }
    }),
  );
}

/** The id of a directory in an embedded cloud. */
async function newDirectory(run: FaultRun, connection: Connection): Promise<string> {
  const [directory] = await run.valuesOf(createDirectory(connection, { name: randomUUID() }));
  return directory?.id ?? '';
}

/** Runs `work` as a user who may not read everything. */
async function unprivileged(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0 || !process.seteuid) {
    return work();
  }
  process.seteuid(65_534);
  try {
    await work();
  } finally {
    process.seteuid(0);
  }
}

describe('Files and uploads', () => {
  fault(
    67,
    'unsubscribed in the middle of an upload',
    {
      behaviour:
        'Its socket and its file are closed at once; other uploads of the connection go on.',
    },
    async (run) => {
      await using folder = await workFolder();
      const left = await folder.write('left.bin', Buffer.alloc(16 * MiB));
      const other = await folder.write('other.bin', Buffer.alloc(4 * MiB));
      const server = await run.server((_, response) => json(response, { id: 'dfl-1' }));
      const connection = run.connect(server);
      const kept = run.watch(uploadDirectoryFile(connection, 'dir-1', { upload_file: other }));
      const one = run.watch(
        uploadDirectoryFile(connection, 'dir-1', { upload_file: left }).pipe(
          tap(() => queueMicrotask(() => one.unsubscribe())),
        ),
      );
      await run.ended(one);
      expect(one.values).toHaveLength(1);
      const descriptor = `descriptor of ${left}`;
      await eventually(() => expect([...openResources().keys()]).not.toContain(descriptor), 1_000);
      await run.ended(kept);
      expect(kept.values.at(-1)).toMatchObject({ type: 'uploaded' });
      expect(server.requests).toHaveLength(1);
    },
  );

  fault(
    68,
    'a file that is truncated, grown, rewritten, replaced or deleted while it is sent; one that may not be read; folders, pipes, sockets and devices; a full disk',
    {
      behaviour:
        'A `FileError` with the path: `changed` for a mixture of two states, which is not finished, or `unreadable`; in a batch the others go on. A file that is replaced or deleted is sent as it was when it was opened. Downloads are bytes for you to write: ENOSPC is the error of your stream, and closes the socket.',
    },
    async (run) => {
      await using folder = await workFolder();
      const server = await run.server(({ method, url }, response) => {
        if (url === '/file') {
          response.end(Buffer.alloc(MiB));
        } else {
          json(response, method === 'GET' ? { items: [] } : { id: 'dfl-1' });
        }
      });
      const connection = run.connect(server);
      const content = Buffer.alloc(8 * MiB, 'a');

      const changes: Record<string, (path: string) => void> = {
        truncated: (path) => truncateSync(path, 10),
        grown: (path) => appendFileSync(path, 'more'),
        rewritten: (path) => utimesSync(path, 1, 1),
      };
      for (const [name, change] of Object.entries(changes)) {
        const path = await folder.write(name, content);
        const watched = run.watch(uploadOf(connection, path, () => change(path)));
        await run.ended(watched);
        expect(watched.error).toMatchObject({ name: 'FileError', kind: 'changed', path });
      }
      expect(server.requests, 'uploads that came to their end').toHaveLength(0);

      const replacement = await folder.write('new', 'another');
      const steady: Record<string, (path: string) => void> = {
        replaced: (path) => renameSync(replacement, path),
        deleted: (path) => unlinkSync(path),
      };
      for (const [name, change] of Object.entries(steady)) {
        const path = await folder.write(name, content);
        await run.valuesOf(uploadOf(connection, path, () => change(path)));
        expect(server.requests.at(-1)?.body.includes(content)).toBe(true);
      }

      const pipe = join(folder.path, 'special', 'pipe');
      await folder.write('special/readable.md', 'fine');
      execFileSync('mkfifo', [pipe]);
      const socket = createServer().listen(join(folder.path, 'special', 'socket'));
      const secret = await folder.write('special/secret.md', 'x');
      await chmod(secret, 0);
      await unprivileged(async () => {
        for (const path of [
          folder.path,
          pipe,
          join(folder.path, 'special', 'socket'),
          '/dev/zero',
          secret,
          '/nowhere',
          '/nul\0',
        ]) {
          const error = await run.errorOf(uploadOf(connection, path, () => undefined));
          expect(error).toMatchObject({ name: 'FileError', kind: 'unreadable', path });
        }
        const events = await run.valuesOf(
          uploadFolder(connection, 'dir-1', join(folder.path, 'special')),
        );
        expect(events.at(-1)).toMatchObject({ uploaded: 1, failed: 1, skipped: 2 });
        expect(events.find(({ type }) => type === 'failed')).toMatchObject({
          item: { relativePath: 'secret.md' },
          error: { kind: 'unreadable' },
        });
      });
      await new Promise((resolve) => socket.close(resolve));

      const link = { url: `${server.url}/file`, expires_at: '2099-01-01T00:00:00Z' };
      const bytes = toReadableStream(downloadPresignedUrl(connection, link));
      await expect(
        pipeline(Readable.fromWeb(bytes), createWriteStream('/dev/full')),
      ).rejects.toMatchObject({ code: 'ENOSPC' });
    },
  );

  fault(
    69,
    'links in a circle or out of the folder, folders a hundred deep, names that are not UTF-8',
    {
      behaviour:
        'Links are reported and not followed unless asked for, and then never in a circle. A folder is read when its turn comes, and a folder of any size in runs of 20,000 names. A name that is not UTF-8 is reported: rename it.',
    },
    async (run) => {
      await using folder = await workFolder();
      await using outside = await workFolder();
      await outside.write('far.md', 'far');
      const deep = Array.from({ length: 100 }, () => 'd').join('/');
      await folder.write(`${deep}/deep.md`, 'deep');
      await folder.write('a.md', 'a');
      await symlink('..', join(folder.path, 'd', 'circle'));
      await symlink(outside.path, join(folder.path, 'out'));
      await writeFile(Buffer.concat([Buffer.from(`${folder.path}/b`), Buffer.of(0xff)]), 'b');

      const connection = run.connect(await run.cloud());
      const directoryId = await newDirectory(run, connection);
      const events = await run.valuesOf(uploadFolder(connection, directoryId, folder.path));
      expect(events.at(-1)).toMatchObject({ uploaded: 2, skipped: 2, failed: 1 });
      const failed = events.find(({ type }) => type === 'failed');
      expect(failed).toMatchObject({ error: { name: 'FileError', kind: 'unreadable' } });
      expect(inspect(failed)).toContain('not UTF-8. Rename it');
      const files = await run.valuesOf(listDirectoryFiles(connection, directoryId));
      expect(files.map(({ unique_id }) => unique_id).sort()).toEqual(['a.md', `${deep}/deep.md`]);

      const walk = walkFolder(folder.path, { followSymlinks: true })[Symbol.asyncIterator]();
      const found = [await walk.next()];
      await folder.write('out/later.md', 'written while the walk was at its first file');
      for (let next = await walk.next(); !next.done; next = await walk.next()) {
        found.push(next);
      }
      expect(found.map(({ value }) => value && [value.type, value.relativePath])).toEqual([
        ['file', 'a.md'],
        ['unreadable', 'b\uFFFD'],
        ['skipped', 'd/circle'],
        ['file', `${deep}/deep.md`],
        ['file', 'out/far.md'],
        ['file', 'out/later.md'],
      ]);
    },
  );

  fault(
    70,
    'a file of no bytes, and one that is larger than the memory',
    {
      behaviour:
        'No bytes are sent as such, and what the server says to them is the item’s. A large file is streamed with its `content-length` in constant memory. It is opened anew for another attempt; a web stream cannot be, and is sent once.',
    },
    async (run) => {
      await using folder = await workFolder();
      const empty = await folder.write('empty.md', '');
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const directoryId = await newDirectory(run, connection);
      const none = await run.valuesOf(
        uploadDirectoryFile(connection, directoryId, { upload_file: empty }),
      );
      expect(none.at(-1)).toMatchObject({ type: 'uploaded' });
      cloud.faults.next('POST /api/v1/beta/directories/*/files/upload', { status: 422 });
      await folder.write('full.md', 'full');
      const events = await run.valuesOf(
        uploadFolder(connection, directoryId, folder.path, { concurrency: 1 }),
      );
      expect(events.at(-1)).toMatchObject({ failed: 1, uploaded: 1 });
      expect(events.find(({ type }) => type === 'failed')).toMatchObject({
        item: { relativePath: 'empty.md' },
        error: { status: 422 },
      });

      const large = await folder.write('large.bin', '');
      await truncate(large, 256 * MiB);
      const counts: number[] = [];
      const sink = await run.httpServer((request, response) => {
        if (request.method === 'GET') {
          json(response, { items: [] });
          return;
        }
        if (counts.length === 0) {
          counts.push(0);
          json(response, {}, 503, { connection: 'close' });
          return;
        }
        let count = 0;
        request.on('data', (chunk: Buffer) => (count += chunk.byteLength));
        request.on('end', () => {
          counts.push(count);
          json(response, { id: 'dfl-1' });
        });
      });
      let peak = 0;
      const before = process.memoryUsage.rss();
      const uploaded = await run.valuesOf(
        uploadDirectoryFile(run.connect(sink), 'dir-1', {
          upload_file: large,
          unique_id: 'u',
        }).pipe(tap(() => (peak = Math.max(peak, process.memoryUsage.rss())))),
      );
      expect(uploaded.at(-1)).toMatchObject({ type: 'uploaded' });
      expect(run.requests().at(-1)?.headers['content-length']).toBe(String(counts.at(-1)));
      expect(counts.at(-1)).toBeGreaterThan(256 * MiB);
      expect(peak - before).toBeLessThan(128 * MiB);
    },
  );

  fault(
    71,
    'names with `../`, `C:\\`, NUL, line breaks, quotes, 300 characters, accents written in two ways, right-to-left marks, emoji',
    {
      behaviour:
        'The form has the last part of the path, control characters and quotes escaped; the name as it is goes into `display_name`. `unique_id` is in normal form C: of two names that are one in it, the second is a `FileError` of the kind `duplicate`.',
    },
    async (run) => {
      await using folder = await workFolder();
      const connection = run.connect(await run.cloud());
      const directoryId = await newDirectory(run, connection);
      const hostile = [
        '../../etc/passwd.md',
        'C:\\system\\evil.md',
        'nul\0.md',
        'line\r\nx-evil: 1\r\n\r\n"quoted".md',
        `${'y'.repeat(300)}.md`,
        '\u202Efdp.md',
        '\u{1F4C4}.md',
        '..',
      ];
      const names = await run.valuesOf(
        from(hostile).pipe(
          concatMap((name, n) =>
            uploadDirectoryFile(connection, directoryId, {
              upload_file: Buffer.from(name),
              display_name: name,
              unique_id: String(n),
            }),
          ),
          filter((event) => event.type === 'uploaded'),
          map(({ file }) => file.display_name),
        ),
      );
      expect(names).toEqual(hostile);

      const onDisk = ['a\r\n"b".md', 'C:\\c.md', '\u202Efdp.md', '\u{1F4C4}.md', 'cafe\u0301.md'];
      for (const name of [...onDisk, 'caf\u00E9.md']) {
        await folder.write(name, name);
      }
      const mirror = await newDirectory(run, connection);
      const events = await run.valuesOf(uploadFolder(connection, mirror, folder.path));
      expect(events.at(-1)).toMatchObject({ uploaded: 5, failed: 1 });
      expect(events.find(({ type }) => type === 'failed')).toMatchObject({
        item: { relativePath: 'caf\u00E9.md' },
        error: { kind: 'duplicate' },
      });
      const stored = await run.valuesOf(listDirectoryFiles(connection, mirror));
      expect(stored.map(({ display_name }) => display_name).sort()).toEqual(onDisk.sort());
      expect(stored.map(({ unique_id }) => unique_id).sort()).toEqual(
        onDisk.map((name) => name.normalize('NFC')).sort(),
      );
    },
  );
});
