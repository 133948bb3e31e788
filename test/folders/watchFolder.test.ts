import { open, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { firstValueFrom, lastValueFrom, takeWhile, toArray } from 'rxjs';
import { watchFolder, type FolderChange, type WatchFolderConfig } from 'rx-llamacloud/watchFolder';
import { expect, it, vi } from 'vitest';

/** A folder with these files, removed at the end of the test. */
async function folderWith(...files: string[]): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'watch-'));
  for (const file of files) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), file);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Watches until the end of the test. `next()` waits for the next change. */
function watched(path: string, config: WatchFolderConfig = {}) {
  const changes: string[] = [];
  let wake = (): void => undefined;
  const subscription = watchFolder(path, { settle: 20, ...config }).subscribe((change) => {
    changes.push(told(change));
    wake();
  });
  return {
    async next(): Promise<string> {
      while (changes.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return changes.shift() ?? '';
    },
    left: () => changes,
    stop: () => subscription.unsubscribe(),
    [Symbol.dispose]: () => subscription.unsubscribe(),
  };
}

function told(change: FolderChange): string {
  return change.type === 'ready' ? 'ready' : `${change.type} ${change.relativePath}`;
}

/** What is there before `ready`, in the order of names. */
async function there(path: string, config?: WatchFolderConfig): Promise<string[]> {
  const until = watchFolder(path, config).pipe(
    takeWhile(({ type }) => type !== 'ready'),
    toArray(),
  );
  return (await lastValueFrom(until)).map(told).sort();
}

it('tells what is there, then what is added, changed and removed', async () => {
  await using folder = await folderWith('a.md', 'sub/b.md');
  using changes = watched(folder.path);
  expect([await changes.next(), await changes.next()].sort()).toEqual([
    'added a.md',
    'added sub/b.md',
  ]);
  expect(await changes.next()).toBe('ready');

  await writeFile(join(folder.path, 'sub', 'c.md'), 'new');
  expect(await changes.next()).toBe('added sub/c.md');
  await writeFile(join(folder.path, 'a.md'), 'longer than before');
  expect(await changes.next()).toBe('changed a.md');
  await rm(join(folder.path, 'a.md'));
  expect(await changes.next()).toBe('removed a.md');
});

it('gives the path to open, as the folder was given', async () => {
  await using folder = await folderWith('sub/b.md');
  expect(await firstValueFrom(watchFolder(folder.path))).toEqual({
    type: 'added',
    path: join(folder.path, 'sub/b.md'),
    relativePath: 'sub/b.md',
  });
});

it('watches the folder that a link leads to, under the name of the link', async () => {
  await using folder = await folderWith('real/a.md', 'real/sub/b.md');
  const link = join(folder.path, 'link');
  await symlink('real', link);
  expect(await there(link)).toEqual(['added a.md', 'added sub/b.md']);
  using changes = watched(link, { initial: false });
  expect(await changes.next()).toBe('ready');
  await writeFile(join(folder.path, 'real', 'c.md'), 'new');
  expect(await changes.next()).toBe('added c.md');
  const first = await firstValueFrom(watchFolder(link));
  expect(first).toMatchObject({ path: join(link, 'a.md') });
});

it('goes on with the folder that the path leads to by now', async () => {
  await using folder = await folderWith('one/a.md', 'one/sub/b.md', 'two/c.md');
  const link = join(folder.path, 'link');
  await symlink('one', link);
  using changes = watched(link, { include: ['*.md'] });
  await vi.waitFor(() => expect(changes.left()).toContain('ready'), 5_000);
  changes.left().length = 0;

  await symlink('two', `${link}.new`);
  await rename(`${link}.new`, link);
  await vi.waitFor(() => expect(changes.left()).toHaveLength(3), 5_000);
  expect(changes.left().toSorted()).toEqual(['added c.md', 'removed a.md', 'removed sub/b.md']);
  await writeFile(join(folder.path, 'two', 'd.md'), 'new');
  await vi.waitFor(() => expect(changes.left()).toContain('added d.md'), 5_000);
});

it('goes on when a folder that was moved away is back', async () => {
  await using folder = await folderWith('docs/a.md', 'docs/sub/b.md');
  const path = join(folder.path, 'docs');
  using changes = watched(path);
  await vi.waitFor(() => expect(changes.left()).toContain('ready'), 5_000);
  changes.left().length = 0;

  await rename(path, `${path}.away`);
  await vi.waitFor(() => expect(changes.left()).toHaveLength(2), 5_000);
  expect(changes.left().toSorted()).toEqual(['removed a.md', 'removed sub/b.md']);
  changes.left().length = 0;
  await rename(`${path}.away`, path);
  await vi.waitFor(() => expect(changes.left()).toHaveLength(2), 5_000);
  expect(changes.left().toSorted()).toEqual(['added a.md', 'added sub/b.md']);
  await writeFile(join(path, 'sub', 'c.md'), 'new');
  await vi.waitFor(() => expect(changes.left()).toContain('added sub/c.md'), 5_000);
});

it('keeps still about what is there when told to', async () => {
  await using folder = await folderWith('a.md');
  using changes = watched(folder.path, { initial: false });
  expect(await changes.next()).toBe('ready');
  await writeFile(join(folder.path, 'b.md'), 'new');
  expect(await changes.next()).toBe('added b.md');
});

it('waits for a file that is being written', async () => {
  await using folder = await folderWith();
  using changes = watched(folder.path, { settle: 60 });
  await changes.next();
  const file = await open(join(folder.path, 'slow.md'), 'w');
  const begun = performance.now();
  for (let n = 0; n < 6; n += 1) {
    await file.write('more\n');
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await file.close();
  const written = performance.now() - begun;
  expect(await changes.next()).toBe('added slow.md');
  expect(performance.now() - begun).toBeGreaterThan(written);
});

it('takes a file that is replaced at once for changed', async () => {
  await using folder = await folderWith('a.md');
  using changes = watched(folder.path, { initial: false, ignore: ['*.tmp'] });
  await changes.next();
  await writeFile(join(folder.path, 'a.tmp'), 'all of it new');
  await rename(join(folder.path, 'a.tmp'), join(folder.path, 'a.md'));
  expect(await changes.next()).toBe('changed a.md');
});

it('tells of each file of a folder that goes', async () => {
  await using folder = await folderWith('sub/a.md', 'sub/deep/b.md');
  using changes = watched(folder.path, { initial: false });
  await changes.next();
  await rm(join(folder.path, 'sub'), { recursive: true });
  expect([await changes.next(), await changes.next()].sort()).toEqual([
    'removed sub/a.md',
    'removed sub/deep/b.md',
  ]);
});

it('includes and ignores as walkFolder does', async () => {
  await using folder = await folderWith('a.md', 'a.txt', 'drafts/b.md', 'sub/c.md', 'sub/old/d.md');
  const config = { include: ['*.md'], ignore: ['drafts', 'sub/old/**'] };
  expect(await there(folder.path, config)).toEqual(['added a.md', 'added sub/c.md']);

  using changes = watched(folder.path, { ...config, initial: false });
  await changes.next();
  await writeFile(join(folder.path, 'drafts', 'e.md'), 'ignored');
  await writeFile(join(folder.path, 'f.txt'), 'not included');
  await writeFile(join(folder.path, 'g.md'), 'seen');
  expect(await changes.next()).toBe('added g.md');
});

it('follows links only when told to', async () => {
  await using outside = await folderWith('far.md', 'near.txt');
  await using folder = await folderWith('a.md');
  await symlink(outside.path, join(folder.path, 'linked'));
  await symlink(join(outside.path, 'near.txt'), join(folder.path, 'link.txt'));
  expect(await there(folder.path)).toEqual(['added a.md']);
  expect(await there(folder.path, { followSymlinks: true, include: ['*.md'] })).toEqual([
    'added a.md',
    'added linked/far.md',
  ]);
});

it('finds changes by looking when told to', async () => {
  await using folder = await folderWith('a.md');
  using changes = watched(folder.path, { initial: false, polling: 10 });
  await changes.next();
  await writeFile(join(folder.path, 'a.md'), 'longer than before');
  expect(await changes.next()).toBe('changed a.md');
});

it('says nothing more once it is unsubscribed, and holds the process no longer', async () => {
  await using folder = await folderWith();
  const watching = (): number =>
    process.getActiveResourcesInfo().filter((resource) => resource.includes('FSEvent')).length;
  const before = watching();
  using changes = watched(folder.path);
  await changes.next();
  expect(watching()).toBeGreaterThan(before);

  changes.stop();
  await vi.waitFor(() => expect(watching()).toBe(before));
  await writeFile(join(folder.path, 'a.md'), 'new');
  using later = watched(folder.path);
  expect(await later.next()).toBe('added a.md');
  expect(changes.left()).toEqual([]);
});

it.each(['is not there', 'is a file'])('fails when the folder %s', async (what) => {
  await using folder = await folderWith('file');
  const path = join(folder.path, what === 'is a file' ? 'file' : 'gone');
  await expect(firstValueFrom(watchFolder(path))).rejects.toMatchObject({
    name: 'FileError',
    kind: 'unreadable',
    path,
  });
});

it.each([{ settle: -1 }, { settle: NaN }, { polling: 0 }])('refuses %o when called', (config) => {
  expect(() => watchFolder('.', config)).toThrow(RangeError);
});
