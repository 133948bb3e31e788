import {
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Subject, tap } from 'rxjs';
import { activity, updateDirectoryFile } from 'rx-llamacloud';
import { describe, expect, it } from 'vitest';
import { syncFolder, type SyncFolderConfig } from '../../src/workflows/syncFolder.ts';
import type { SyncFolderEvent } from '../../src/workflows/syncFolderEvent.ts';
import { mulberry32 } from '../operators/fusion/randomLists.ts';
import { all, filesOf, folderOf, uploadTarget } from './support/uploads.ts';

const target = uploadTarget();

const three = { 'a.md': 'A', 'b.md': 'B', 'z.md': 'Z' };

/** One pass. `meanwhile` is called with each event. */
function sync(
  folder: string,
  config?: SyncFolderConfig,
  meanwhile?: (event: SyncFolderEvent) => unknown,
): Promise<SyncFolderEvent[]> {
  const events = syncFolder(target.connection, target.directoryId, folder, config);
  return all(events.pipe(tap(meanwhile)));
}

/** Calls `change` when the last file was walked, and before anything is removed. */
function afterTheWalk(change: () => void): (event: SyncFolderEvent) => void {
  return (event) => {
    if (event.type === 'skipped' && event.item.relativePath === 'z.md') {
      change();
    }
  };
}

async function names(): Promise<string[]> {
  return (await filesOf(target.connection, target.directoryId)).map(({ unique_id }) => unique_id);
}

/** What was removed, and why nothing was: `maxDelete: a.md,b.md`. */
function removals(events: readonly SyncFolderEvent[]): string[] {
  return events.flatMap((event) => {
    switch (event.type) {
      case 'removed':
      case 'wouldRemove':
        return [event.uniqueId];
      case 'removalHeld':
        return [`${event.reason}: ${event.uniqueIds.toSorted().join()}`];
      default:
        return [];
    }
  });
}

describe('syncFolder, when a file is missing for a moment,', () => {
  it('keeps one that is back before its deletion', async () => {
    await using folder = await folderOf(three);
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));
    await rm(join(folder.path, 'b.md'));
    const back = afterTheWalk(() => writeFileSync(join(folder.path, 'a.md'), 'back'));

    expect(removals(await sync(folder.path, { maxDelete: 1 }, back))).toEqual(['b.md']);
    expect(await names()).toEqual(['a.md', 'z.md']);
  });

  it('keeps one that is back while its deletion waits in line', async () => {
    await using folder = await folderOf(three);
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));
    const config = { rateLimit: { count: 1, window: 500 } };
    let waits = 0;
    const events = await sync(folder.path, config, ({ type }) => {
      if (type === 'throttled') {
        waits += 1;
        writeFileSync(join(folder.path, 'a.md'), 'back');
      }
    });
    expect(waits).toBe(1);
    expect(removals(events)).toEqual([]);
    expect(await names()).toEqual(Object.keys(three));
  });

  it('keeps all when the folder is taken away during the pass, or another one is put there', async () => {
    await using folder = await folderOf({ ...three, 'sub/c.md': 'C' });
    const root = join(folder.path, 'root');
    await mkdir(root);
    for (const name of ['a.md', 'b.md', 'z.md']) {
      await writeFile(join(root, name), name);
    }
    await sync(root);
    await rm(join(root, 'b.md'));
    const replace = afterTheWalk(() => {
      renameSync(root, join(folder.path, 'away'));
      mkdirSync(root);
    });
    expect(removals(await sync(root, {}, replace))).toEqual(['replaced: b.md']);

    await rm(root, { recursive: true });
    await rename(join(folder.path, 'away'), root);
    const take = afterTheWalk(() => renameSync(root, join(folder.path, 'away')));
    expect(removals(await sync(root, {}, take))).toEqual(['replaced: b.md']);

    await rename(join(folder.path, 'away'), root);
    expect(removals(await sync(root))).toEqual(['b.md']);
    expect(await names()).toEqual(['a.md', 'z.md']);
  });

  it('keeps all when there is no file in the folder, unless deleteAll says so', async () => {
    await using folder = await folderOf({ ...three, 'sub/c.md': 'C' });
    await sync(folder.path);
    for (const name of [...Object.keys(three), 'sub']) {
      await rm(join(folder.path, name), { recursive: true });
    }
    const everything = ['a.md', 'b.md', 'sub/c.md', 'z.md'];

    const events = await sync(folder.path, { maxDelete: 1 });
    expect(removals(events)).toEqual([`empty: ${everything.join()}`]);
    expect(events.find(({ type }) => type === 'removalHeld')).toMatchObject({
      message: expect.stringMatching(/^4 files were not found in ".+Set deleteAll/) as unknown,
    });
    expect(await names()).toEqual(everything);

    // What is left of a disk that is not mounted, or of a folder that was cloned.
    await mkdir(join(folder.path, 'lost+found'));
    await writeFile(join(folder.path, '.gitkeep'), '');
    const ignore = ['.*'];
    expect(removals(await sync(folder.path, { ignore }))).toEqual([`empty: ${everything.join()}`]);
    expect(removals(await sync(folder.path, { ignore, deleteAll: true })).sort()).toEqual(
      everything,
    );
  });

  it('removes none where more than maxDelete are gone', async () => {
    await using folder = await folderOf({ ...three, 'c.md': 'C' });
    await sync(folder.path);
    for (const name of ['a.md', 'b.md', 'c.md']) {
      await rm(join(folder.path, name));
    }
    const events = await sync(folder.path);
    expect(removals(events)).toEqual(['maxDelete: a.md,b.md,c.md']);
    expect(events.find(({ type }) => type === 'removalHeld')).toMatchObject({
      message: expect.stringContaining(
        'maxDelete lets a pass remove 0.5 of the 4 files',
      ) as unknown,
    });
    expect(removals(await sync(folder.path, { maxDelete: 0 }))).toHaveLength(1);

    await writeFile(join(folder.path, 'c.md'), 'C');
    expect(removals(await sync(folder.path)).toSorted()).toEqual(['a.md', 'b.md']);
  });

  it('removes none after a pass in which anything failed', async () => {
    await using folder = await folderOf(three);
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));
    await writeFile(join(folder.path, 'b.md'), 'B2');
    target.cloud.faults.next('POST /api/v1/beta/directories/*/files/upload', { status: 403 });
    expect(removals(await sync(folder.path))).toEqual(['failures: a.md']);

    await symlink('nowhere', join(folder.path, 'dangling.md'));
    const followSymlinks = true;
    expect(removals(await sync(folder.path, { followSymlinks }))).toEqual(['failures: a.md']);
    expect(removals(await sync(folder.path))).toEqual(['a.md']);
  });
});

describe('syncFolder, with files that it does not upload,', () => {
  it.each<[string, SyncFolderConfig]>([
    ['a pattern that matches nothing', { include: ['*.mb'] }],
    ['other patterns', { include: ['z.*'] }],
    ['an ignored name', { ignore: ['a.md', 'b.md', 'sub'] }],
    ['an ignored folder', { ignore: ['*.md', 'su*'], deleteAll: true }],
  ])('keeps what is left out by %s, there or not', async (_, config) => {
    await using folder = await folderOf({ ...three, 'sub/c.md': 'C' });
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));

    expect(removals(await sync(folder.path, { maxDelete: 1, ...config }))).toEqual([]);
    expect(await names()).toEqual(['a.md', 'b.md', 'sub/c.md', 'z.md']);
  });

  it('keeps a file that became a link or a folder, and what is below one', async () => {
    const files = { 'a/f.md': 'F', 'b/g.md': 'G', 'c.md': 'C', 'd.md': 'D', 'e.md': 'E' };
    await using folder = await folderOf({ ...files, 'y.md': 'Y', 'z.md': 'Z' });
    await sync(folder.path);
    const at = (name: string): string => join(folder.path, name);
    const become = (): void => {
      for (const name of ['a', 'b', 'c.md', 'd.md', 'e.md']) {
        rmSync(at(name), { recursive: true });
      }
      symlinkSync('elsewhere', at('a'));
      writeFileSync(at('b'), 'a file by now');
      symlinkSync('z.md', at('c.md'));
      symlinkSync('d.md', at('d.md'));
      mkdirSync(at('e.md'));
    };
    const kept = [...Object.keys(files), 'y.md', 'z.md'].sort();

    await sync(folder.path, { maxDelete: 1 }, afterTheWalk(become));
    expect(await names()).toEqual(kept);
    expect(removals(await sync(folder.path, { maxDelete: 1 }))).toEqual([]);
    expect(await names()).toEqual([...kept, 'b'].sort());
  });

  it('takes a name in another case for the file, unless it has a place of its own', async () => {
    await using folder = await folderOf({ 'Docs/Plan.md': 'P', 'Other.md': 'O', ...three });
    await sync(folder.path);
    await rename(join(folder.path, 'Other.md'), join(folder.path, 'OTHER.MD'));
    await rename(join(folder.path, 'Docs'), join(folder.path, 'docs'));

    expect(removals(await sync(folder.path, { include: ['*.md'] }))).toEqual(['Docs/Plan.md']);
    expect(await names()).toEqual(['Other.md', 'a.md', 'b.md', 'docs/Plan.md', 'z.md']);
  });

  it('knows accents either way, in names and in patterns', async () => {
    await using folder = await folderOf({ 'cafe\u0301/re\u0301sume\u0301.md': 'R', ...three });
    await sync(folder.path);
    const config = { include: ['r\u00E9sum\u00E9.*', 'z.md'], ignore: ['caf\u00E9'] };
    expect(removals(await sync(folder.path, config))).toEqual([]);

    const { include } = config;
    expect(await sync(folder.path, { include })).toContainEqual(
      expect.objectContaining({ type: 'summary', queued: 2, skipped: 2 }),
    );
    await rm(join(folder.path, 'cafe\u0301'), { recursive: true });
    expect(removals(await sync(folder.path))).toEqual(['caf\u00E9/r\u00E9sum\u00E9.md']);
  });
});

describe('syncFolder, with marks and metadata,', () => {
  it('takes no name of a file for a mark of its own', async () => {
    const digest = 'a09efc5cb9ba7e8c9d8ff7bd7ba1a2c5e4c9bd6f8ab5d7d3a1a0c5c5d7a5b9a1';
    await using folder = await folderOf({ ...three, 'a.md': 'old', [`a.md#${digest}`]: 'new' });
    await sync(folder.path);
    await writeFile(join(folder.path, 'a.md'), 'new');
    await sync(folder.path);
    await sync(folder.path);
    expect(await names()).toEqual(['a.md', `a.md#${digest}`, 'b.md', 'z.md']);
  });

  it("keeps the user's metadata of a file that changes, or has another name by now", async () => {
    await using folder = await folderOf(three);
    const metadata = (): { year: number } => ({ year: 2025 });
    await sync(folder.path, { metadata });
    const { connection, directoryId } = target;
    for (const file of await filesOf(connection, directoryId)) {
      const said = { ...file.metadata, by: file.unique_id, year: 1842 };
      await all(updateDirectoryFile(connection, directoryId, file.id, { metadata: said }));
    }
    await writeFile(join(folder.path, 'a.md'), 'A2');
    await mkdir(join(folder.path, 'sub'));
    await rename(join(folder.path, 'b.md'), join(folder.path, 'sub', 'b2.md'));
    await writeFile(join(folder.path, 'c.md'), 'Z');
    await sync(folder.path);

    const known = async (): Promise<unknown[]> =>
      (await filesOf(connection, directoryId)).map(({ unique_id, metadata: found = {} }) => {
        const { rx_sha256, rx_size, rx_synced, ...own } = found;
        expect([rx_sha256, rx_size, rx_synced]).not.toContain(undefined);
        return [unique_id, own];
      });
    expect(await known()).toEqual([
      ['a.md', { by: 'a.md', year: 1842 }],
      ['c.md', {}],
      ['sub/b2.md', { by: 'b.md', year: 1842 }],
      ['z.md', { by: 'z.md', year: 1842 }],
    ]);

    await writeFile(join(folder.path, 'z.md'), 'Z2');
    await sync(folder.path, { metadata });
    expect((await known()).at(-1)).toEqual(['z.md', { by: 'z.md', year: 2025 }]);
  });

  it('tells with dryRun what it would do, and sends nothing but questions', async () => {
    await using folder = await folderOf({ ...three, 'y.md': 'Y' });
    await sync(folder.path);
    await rm(join(folder.path, 'a.md'));
    await writeFile(join(folder.path, 'b.md'), 'B2');
    await writeFile(join(folder.path, 'c.md'), 'C');
    const before = await filesOf(target.connection, target.directoryId);
    const routes = new Set<string>();
    const watching = activity(target.connection).subscribe((event) => {
      if ('route' in event && event.route !== undefined) {
        routes.add(event.route);
      }
    });
    const events = await sync(folder.path, { dryRun: true });
    watching.unsubscribe();

    expect(routes).toEqual(new Set(['GET /api/v1/beta/directories/{directory_id}/files']));
    expect(await filesOf(target.connection, target.directoryId)).toEqual(before);
    expect(removals(events)).toEqual(['a.md']);
    const would = events.flatMap((event) =>
      event.type === 'wouldUpload' ? [[event.item.relativePath, event.replaced]] : [],
    );
    expect(would.toSorted()).toEqual([
      ['b.md', true],
      ['c.md', false],
    ]);
    const summary = events.findLast(({ type }) => type === 'summary');
    expect(summary).toMatchObject({ queued: 4, uploaded: 2, skipped: 2, failed: 0, bytes: 0 });
  });

  it('refuses a share that cannot be meant', () => {
    for (const maxDelete of [-1, 1.5, 50, NaN]) {
      expect(() => syncFolder(target.connection, 'd', '.', { maxDelete })).toThrow(RangeError);
    }
  });
});

describe('syncFolder, over many passes,', () => {
  it('goes on where the folder was taken away and is back, and sends nothing again', async () => {
    await using folder = await folderOf({});
    const [root, away] = [join(folder.path, 'root'), join(folder.path, 'away')];
    await mkdir(root);
    await writeFile(join(root, 'a.md'), 'A');
    const changes = new Subject<string>();
    const events: SyncFolderEvent[] = [];
    const config = { changes, quiet: 0 };
    const subscription = syncFolder(
      ...([target.connection, target.directoryId, root, config] as const),
    ).subscribe((event) => events.push(event));
    const soon = { timeout: 10_000 };
    await expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass: 1 });

    await rename(root, away);
    changes.next('away');
    await expect
      .poll(() => events.find(({ type }) => type === 'passFailed'), soon)
      .toMatchObject({ pass: 2, error: { kind: 'unreadable', path: root } });
    await rename(away, root);
    await writeFile(join(root, 'b.md'), 'B');
    changes.next('back');
    await expect.poll(() => events, soon).toContainEqual({ type: 'synced', pass: 3 });
    subscription.unsubscribe();

    expect(await names()).toEqual(['a.md', 'b.md']);
    expect(events.filter(({ type }) => type === 'uploaded')).toHaveLength(2);
    expect(removals(events)).toEqual([]);
  });

  it('waits for a service that is away while the directory is listed', async () => {
    await using folder = await folderOf(three);
    target.cloud.faults.next(
      'GET /api/v1/beta/directories/{directory_id}/files',
      { status: 503 },
      4,
    );
    const impatient = { patience: 0, metadata: undefined };
    const away = sync(folder.path, impatient);
    await expect(away).rejects.toMatchObject({ status: 503 });
    const events = await sync(folder.path);
    expect(events.at(-1)).toEqual({ type: 'synced', pass: 1 });
    expect(await names()).toEqual(Object.keys(three));
  });

  it.each([1, 2, 3])(
    'removes nothing that is there, and sends nothing twice, whatever changes: %d',
    async (seed) => {
      await using folder = await folderOf({ keep: 'K' });
      const random = mulberry32(seed);
      const pick = <T>(from: readonly T[]): T | undefined =>
        from[Math.floor(random() * from.length)];
      const paths = ['a', 'b', 'sub/a', 'sub/b', 'sub/deep/c', 'Ä', 'A', 'q"', 'x#y', 'sub//'];
      const there = (path: string): boolean =>
        lstatSync(join(folder.path, path), { throwIfNoEntry: false })?.isFile() ?? false;
      const change = (): void => {
        const path = pick(paths.filter((each) => !each.endsWith('/'))) ?? 'a';
        const place = join(folder.path, path);
        try {
          const kind = random();
          if (kind < 0.5) {
            mkdirSync(dirname(place), { recursive: true });
            writeFileSync(place, `${path} ${Math.floor(random() * 3)}`);
          } else if (kind < 0.7) {
            rmSync(place, { force: true });
          } else if (kind < 0.8) {
            rmSync(join(folder.path, 'sub'), { recursive: true, force: true });
          } else {
            renameSync(place, join(folder.path, pick(['a', 'b', 'moved']) ?? 'a'));
          }
        } catch {
          // What cannot be done, such as a file in the place of a folder, is no change.
        }
      };
      const wrong: string[] = [];
      for (let pass = 1; pass <= 8; pass += 1) {
        for (let count = 0; count < 4; count += 1) {
          change();
        }
        await sync(folder.path, { maxDelete: 1 }, (event) => {
          if (event.type === 'removed' && there(event.uniqueId)) {
            wrong.push(event.uniqueId);
          } else if (event.type !== 'removed' && random() < 0.1) {
            change();
          }
        });
      }
      expect(wrong).toEqual([]);
      await sync(folder.path, { maxDelete: 1 });
      const again = await sync(folder.path, { maxDelete: 1 });
      expect(again.filter(({ type }) => type === 'uploaded' || type === 'removed')).toEqual([]);
      const onDisk = readdirSync(folder.path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => relative(folder.path, join(parentPath, name)));
      expect(await names()).toEqual(onDisk.toSorted());
    },
  );
});
