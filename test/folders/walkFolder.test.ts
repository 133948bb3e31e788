import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastValueFrom, of, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FileError } from '../../src/errors.ts';
import { orderedEntries } from '../../src/folders/orderedEntries.ts';
import {
  type FolderEntry,
  walkFolder,
  type WalkFolderConfig,
} from '../../src/folders/walkFolder.ts';
import { fanOutFrom } from '../../src/operators/fanOutFrom.ts';

/** A folder with these files, removed at the end of the test. */
async function folderWith(...files: string[]): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'walk-'));
  for (const file of files) {
    await mkdir(dirname(join(path, file)), { recursive: true });
    await writeFile(join(path, file), file);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** Each entry as one word: the path of a file, and what is the matter with anything else. */
async function told(path: string, config?: WalkFolderConfig): Promise<string[]> {
  const lines: string[] = [];
  for await (const entry of walkFolder(path, config)) {
    lines.push(describeEntry(entry));
  }
  return lines;
}

function describeEntry(entry: FolderEntry): string {
  switch (entry.type) {
    case 'file':
      return entry.relativePath;
    case 'skipped':
      return `${entry.relativePath}: ${entry.reason}`;
    case 'unreadable':
      return `${entry.relativePath}: unreadable`;
  }
}

describe('walkFolder', () => {
  it('gives the files in order, a folder in the place of its name', async () => {
    await using folder = await folderWith('b/2', 'b/10', 'a', 'c', 'b/a/x', 'B', 'ä', '.hidden');
    expect(await told(folder.path)).toEqual([
      '.hidden',
      'B',
      'a',
      'b/10',
      'b/2',
      'b/a/x',
      'c',
      'ä',
    ]);
  });

  it('gives paths that can be opened, below the folder as it was given', async () => {
    await using folder = await folderWith('a/b.txt');
    for await (const entry of walkFolder(join(folder.path, 'a', '..'))) {
      expect(entry).toEqual({
        type: 'file',
        path: join(folder.path, 'a', 'b.txt'),
        relativePath: 'a/b.txt',
      });
    }
  });

  it('walks anew for each loop', async () => {
    await using folder = await folderWith('a');
    const walk = walkFolder(folder.path);
    for (let n = 0; n < 2; n += 1) {
      for await (const entry of walk) {
        expect(entry.relativePath).toBe('a');
      }
    }
  });

  it.each<[string, WalkFolderConfig, string[]]>([
    ['names', { include: ['*.md', '*.pdf'] }, ['a/3.md', 'a/b/4.pdf', '1.pdf', '2.md']],
    ['paths', { include: ['a/**/*.pdf'] }, ['a/b/4.pdf']],
    ['names that begin with a dot', { include: ['.*'] }, ['.env']],
    ['folders, with all in them', { ignore: ['b', '.*'] }, ['1.pdf', '2.md', 'a/3.md']],
    ['paths left out', { ignore: ['a/**', '.env'] }, ['1.pdf', '2.md']],
    ['both', { include: ['*.{md,pdf}'], ignore: ['2.*'] }, ['1.pdf', 'a/3.md', 'a/b/4.pdf']],
    ['nothing', { include: [] }, []],
  ])('chooses by %s', async (_, config, expected) => {
    await using folder = await folderWith('1.pdf', '2.md', '.env', 'a/3.md', 'a/b/4.pdf');
    expect((await told(folder.path, config)).sort()).toEqual(expected.sort());
  });

  it('says of links that it does not follow them, and of what is no file that it is none', async () => {
    await using folder = await folderWith('a/file');
    await symlink('a', join(folder.path, 'folder-link'));
    await symlink('a/file', join(folder.path, 'file-link'));
    await symlink('nowhere', join(folder.path, 'lost-link'));
    await using server = createServer().listen(join(folder.path, 'socket'));
    await once(server, 'listening');
    expect(await told(folder.path)).toEqual([
      'a/file',
      'file-link: symlink',
      'folder-link: symlink',
      'lost-link: symlink',
      'socket: special',
    ]);
  });

  it('follows links when asked to, but not in circles', async () => {
    await using outside = await folderWith('there.md', 'there.txt');
    await using folder = await folderWith('a/file.md', 'b/file.txt');
    await symlink('..', join(folder.path, 'a', 'up'));
    await symlink('.', join(folder.path, 'b', 'self'));
    await symlink('../a', join(folder.path, 'b', 'sister'));
    await symlink('a/file.md', join(folder.path, 'copy.md'));
    await symlink(outside.path, join(folder.path, 'far'));
    await symlink('nowhere', join(folder.path, 'lost'));
    expect(await told(folder.path, { followSymlinks: true, include: ['*.md'] })).toEqual([
      'a/file.md',
      'a/up: loop',
      'b/self: loop',
      'b/sister/file.md',
      'b/sister/up: loop',
      'copy.md',
      'far/there.md',
      'lost: unreadable',
    ]);
  });

  it('gives a folder that is gone as a value, and goes on', async () => {
    await using folder = await folderWith('a/1', 'b/2', 'c/3');
    const entries: FolderEntry[] = [];
    for await (const entry of walkFolder(folder.path)) {
      entries.push(entry);
      await rm(join(folder.path, 'b'), { recursive: true, force: true });
    }
    expect(entries.map(describeEntry)).toEqual(['a/1', 'b: unreadable', 'c/3']);
    const [, gone] = entries;
    expect(gone).toHaveProperty('error', expect.any(FileError));
    expect(gone).toHaveProperty('error.path', join(folder.path, 'b'));
    expect(gone).toHaveProperty('error.message', expect.stringContaining('ENOENT'));
  });

  it('fails when there is no folder to start from', async () => {
    await using folder = await folderWith('file');
    await expect(told(join(folder.path, 'no'))).rejects.toThrow(/no" cannot be read: ENOENT/);
    await expect(told(join(folder.path, 'file'))).rejects.toThrow(/it is not a folder$/);
    await expect(told(join(folder.path, 'no'))).rejects.toBeInstanceOf(FileError);
  });

  it('goes as deep as the folders do', async () => {
    const deep = Array.from({ length: 150 }, () => 'd').join('/');
    await using folder = await folderWith(`${deep}/file`);
    expect(await told(folder.path)).toEqual([`${deep}/file`]);
  });

  it('is pulled by a fan-out', async () => {
    await using folder = await folderWith('a', 'b', 'c/d');
    const names = fanOutFrom(walkFolder(folder.path), ({ relativePath }) => of(relativePath), {
      concurrency: 1,
    });
    expect(await lastValueFrom(names.pipe(toArray()))).toEqual(['a', 'b', 'c/d']);
  });
});

describe('the entries of a folder larger than what is held of it', () => {
  it.each([1, 2, 3, 5, 7, 100])('are all there, in order, held %i at a time', async (bound) => {
    const names = Array.from({ length: 14 }, (_, n) => `${(n * 5) % 14}`);
    await using folder = await folderWith(...names);
    const runs: string[][] = [];
    for await (const run of orderedEntries(folder.path, bound)) {
      runs.push(run.map(({ name }) => name));
    }
    expect(runs.flat()).toEqual(names.sort());
    expect(Math.max(...runs.map((run) => run.length))).toBeLessThan(2 * bound);
  });
});
