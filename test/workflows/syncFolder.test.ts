import { rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EMPTY, Subject, throwError } from 'rxjs';
import { uploadDirectoryFile, uploadFolder } from 'rx-llamacloud';
import { watchFolder } from 'rx-llamacloud/watchFolder';
import { describe, expect, it } from 'vitest';
import { syncFolder, type SyncFolderConfig } from '../../src/workflows/syncFolder.ts';
import type { SyncFolderEvent } from '../../src/workflows/syncFolderEvent.ts';
import { all, filesOf, folderOf, sha256, uploadTarget } from './support/uploads.ts';

/** Long enough for a machine that has other things to do. */
const soon = { timeout: 10_000 };

const target = uploadTarget();

function sync(folder: string, config?: SyncFolderConfig): Promise<SyncFolderEvent[]> {
  return all(syncFolder(target.connection, target.directoryId, folder, config));
}

async function names(): Promise<string[]> {
  return (await filesOf(target.connection, target.directoryId)).map(({ unique_id }) => unique_id);
}

/** What was done, in the order of its kind: `uploaded a.md`. */
function done(events: readonly SyncFolderEvent[]): string[] {
  return events
    .flatMap((event) => {
      switch (event.type) {
        case 'uploaded':
        case 'skipped':
        case 'failed':
          return [`${event.type} ${event.item.relativePath}`];
        case 'removed':
          return [`removed ${event.uniqueId}`];
        case 'removalFailed':
          return [`removalFailed ${event.uniqueIds.toSorted().join()}`];
        default:
          return [];
      }
    })
    .sort();
}

describe('syncFolder', () => {
  it('makes the directory like the folder, and completes', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b.md': 'B', 'c/d.md': 'D' });
    const first = await sync(folder.path);
    expect(done(first)).toEqual(['uploaded a.md', 'uploaded b.md', 'uploaded c/d.md']);
    expect(first.at(-1)).toEqual({ type: 'synced', pass: 1 });

    await writeFile(join(folder.path, 'b.md'), 'B2');
    await rm(join(folder.path, 'a.md'));
    await rename(join(folder.path, 'c'), join(folder.path, 'e'));
    const events = await sync(folder.path);

    expect(done(events)).toEqual([
      ...['removed a.md', 'removed c/d.md', 'uploaded b.md', 'uploaded e/d.md'],
    ]);
    const files = await filesOf(target.connection, target.directoryId);
    expect(files.map(({ unique_id }) => unique_id)).toEqual(['b.md', 'e/d.md']);
    expect(files[0]?.metadata).toEqual({
      ...{ rx_sha256: sha256('B2'), rx_size: 2, rx_synced: true },
    });
    expect(done(await sync(folder.path))).toEqual(['skipped b.md', 'skipped e/d.md']);
  });

  it('leaves alone what no sync has uploaded', async () => {
    const note = new TextEncoder().encode('by hand');
    await all(
      uploadDirectoryFile(target.connection, target.directoryId, {
        upload_file: note,
        unique_id: 'hand.md',
      }),
    );
    await using other = await folderOf({ 'other.md': 'O' });
    await all(uploadFolder(target.connection, target.directoryId, other.path));
    await using folder = await folderOf({ 'a.md': 'A' });

    await sync(folder.path);

    expect(await names()).toEqual(['a.md', 'hand.md', 'other.md']);
  });

  it('removes nothing when asked not to', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b.md': 'B' });
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));

    await sync(folder.path, { deleteMissing: false });

    expect(await names()).toEqual(['a.md', 'b.md']);
  });

  it('does not take what cannot be read for gone', async () => {
    await using folder = await folderOf({ 'a/b.md': 'B', 'c.md': 'C' });
    await sync(folder.path);
    await rm(join(folder.path, 'a'), { recursive: true });
    await rm(join(folder.path, 'c.md'));
    await symlink('nowhere', join(folder.path, 'a'));
    await symlink('nowhere', join(folder.path, 'c.md'));

    const events = await sync(folder.path, { followSymlinks: true });

    expect(done(events)).toEqual(['failed a', 'failed c.md']);
    expect(await names()).toEqual(['a/b.md', 'c.md']);
  });

  it('removes nothing when the folder itself is gone', async () => {
    const folder = await folderOf({ 'a.md': 'A' });
    await sync(folder.path);
    await folder[Symbol.asyncDispose]();

    await expect(sync(folder.path)).rejects.toMatchObject({ kind: 'unreadable' });
    expect(await names()).toEqual(['a.md']);
  });

  it('goes on when files cannot be removed, and removes them the next time', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b.md': 'B', 'c.md': 'C' });
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));
    await rm(join(folder.path, 'b.md'));
    target.cloud.faults.next('POST /api/v1/beta/directories/*/files/bulk-delete', { status: 403 });

    const events = await sync(folder.path, { maxDelete: 1 });
    expect(done(events)).toEqual(['removalFailed a.md,b.md', 'skipped c.md']);
    expect(events.at(-1)).toEqual({ type: 'synced', pass: 1 });

    expect(done(await sync(folder.path, { maxDelete: 1 }))).toEqual([
      ...['removed a.md', 'removed b.md', 'skipped c.md'],
    ]);
    expect(await names()).toEqual(['c.md']);
  });

  it('removes a new version that was never put in place, when the file is gone', async () => {
    await using folder = await folderOf({ 'a.md': 'old', 'b.md': 'B' });
    await sync(folder.path);
    await writeFile(join(folder.path, 'a.md'), 'new');
    target.cloud.faults.next('POST /api/v1/beta/directories/*/files/bulk-delete', { status: 403 });
    await sync(folder.path);
    expect(await names()).toEqual(['a.md', expect.stringContaining('a.md//'), 'b.md']);
    await rm(join(folder.path, 'a.md'));

    await sync(folder.path);

    expect(await names()).toEqual(['b.md']);
  });

  it('removes more files than one request can name', async () => {
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`m/${n}.md`, `${n}`]));
    await using folder = await folderOf({ ...many, 'a.md': 'A' });
    await sync(folder.path, { concurrency: 16 });
    await rm(join(folder.path, 'm'), { recursive: true });

    const events = await sync(folder.path, { maxDelete: 1 });

    expect(events.filter(({ type }) => type === 'removed')).toHaveLength(120);
    expect(await names()).toEqual(['a.md']);
  });
});

describe('syncFolder with changes', () => {
  it('makes a pass after each burst of changes, one at a time, and ends after the last', async () => {
    await using folder = await folderOf({ 'a.md': 'A' });
    const changes = new Subject<string>();
    const events: SyncFolderEvent[] = [];
    const config = { changes, quiet: 1 };
    const ended = new Promise<void>((resolve, reject) => {
      syncFolder(target.connection, target.directoryId, folder.path, config).subscribe({
        next(event) {
          events.push(event);
        },
        error: reject,
        complete: resolve,
      });
    });
    const passed = (pass: number): Promise<void> =>
      expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass });

    await passed(1);
    await writeFile(join(folder.path, 'b.md'), 'B');
    changes.next('b.md');
    changes.next('b.md');
    await passed(2);
    await rm(join(folder.path, 'a.md'));
    changes.next('a.md');
    changes.complete();
    await ended;

    expect(events.filter(({ type }) => type === 'synced')).toHaveLength(3);
    expect(done(events)).toEqual([
      ...['removed a.md', 'skipped a.md', 'skipped b.md', 'uploaded a.md', 'uploaded b.md'],
    ]);
    expect(await names()).toEqual(['b.md']);
  });

  it('makes one more pass for all that changes during a pass', async () => {
    await using folder = await folderOf({ 'a.md': 'A', 'b.md': 'B', 'c.md': 'C' });
    // Three bursts, each over before the pass is: the last file waits for its answer then.
    target.cloud.faults.next(
      'POST /api/v1/beta/directories/*/files/upload',
      { drip: 50, every: 5 },
      3,
    );
    const changes = new Subject<string>();
    let passes = 0;
    const config = { changes, quiet: 0, concurrency: 1 };
    await syncFolder(target.connection, target.directoryId, folder.path, config).forEach(
      (event) => {
        if (event.type === 'queued' && passes === 0) {
          changes.next(event.item.relativePath);
        } else if (event.type === 'synced') {
          passes = event.pass;
          if (passes === 2) {
            changes.complete();
          }
        }
      },
    );
    expect(passes).toBe(2);
  });

  it('reads a file again only when it has changed', async () => {
    await using folder = await folderOf({ 'a.md': 'one' });
    const path = join(folder.path, 'a.md');
    const changes = new Subject<number>();
    const events: SyncFolderEvent[] = [];
    const subscription = syncFolder(target.connection, target.directoryId, folder.path, {
      ...{ changes, quiet: 0 },
    }).subscribe((event) => events.push(event));
    await expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass: 1 });
    // The same size and the same time of its content, written at once: only the inode's own time tells.
    await writeFile(path, 'two');
    await utimes(path, 1, 1);
    changes.next(1);
    await expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass: 2 });
    subscription.unsubscribe();

    const [file] = await filesOf(target.connection, target.directoryId);
    expect(file?.metadata?.rx_sha256).toBe(sha256('two'));
  });

  it('follows a folder that is watched', async () => {
    await using folder = await folderOf({ 'a.md': 'A' });
    const changes = watchFolder(folder.path, { initial: false, settle: 20 });
    const events: SyncFolderEvent[] = [];
    const subscription = syncFolder(target.connection, target.directoryId, folder.path, {
      ...{ changes, quiet: 10 },
    }).subscribe((event) => events.push(event));
    // The second pass comes with the watcher's word that it is ready.
    await expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass: 2 });

    await writeFile(join(folder.path, 'b.md'), 'B');
    await expect.poll(names, soon).toEqual(['a.md', 'b.md']);
    await rm(join(folder.path, 'a.md'));
    await expect.poll(names, soon).toEqual(['b.md']);
    subscription.unsubscribe();
  });

  it('passes an error of the changes on', async () => {
    await using folder = await folderOf({ 'a.md': 'A' });
    const changes = throwError(() => new Error('no watcher'));
    await expect(sync(folder.path, { changes })).rejects.toThrow('no watcher');
  });

  it('ends after one pass when the changes are over before', async () => {
    await using folder = await folderOf({ 'a.md': 'A' });
    const events = await sync(folder.path, { changes: EMPTY });
    expect(events.filter(({ type }) => type === 'synced')).toHaveLength(1);
  });

  it('refuses figures that cannot be meant when called', () => {
    expect(() => syncFolder(target.connection, target.directoryId, '.', { quiet: -1 })).toThrow(
      RangeError,
    );
    expect(() =>
      syncFolder(target.connection, target.directoryId, '.', { concurrency: 0 }),
    ).toThrow('syncFolder: concurrency must be at least 1, got 0');
  });
});
