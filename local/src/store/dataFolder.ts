import { randomUUID } from 'node:crypto';
import { chmod, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from './lockFolder.ts';

/** Where a cloud keeps what it is given. Disposing of it lets another cloud in. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string;
  /** The cloud's own records, as SQLite names them. */
  readonly cloudFile: string;
  /** The search data of all indexes, as SQLite names them. */
  readonly searchFile: string;
}

/** Where a cloud is to keep what it is given. */
export interface DataFolderConfig {
  /**
   * Folder that keeps everything, created if need be. One cloud at a time may use it.
   *
   * @defaultValue a temporary folder, removed on `close()`
   */
  readonly dataDir?: string | undefined;
  /**
   * Keeps the two databases in memory, of 1 GiB at most each: records, parsed text and search data
   * never touch the disk. What is uploaded, and the results of sheets jobs, still go through a
   * temporary folder, for other processes read them there.
   *
   * @defaultValue `false`
   */
  readonly memory?: boolean | undefined;
}

/**
 * Opens a data folder for one cloud alone. Its files can be read by their owner only, also those that an earlier version
 * has left open to others.
 *
 * @throws TypeError when a folder is named and nothing is to be kept in it.
 */
export async function openDataFolder({
  dataDir,
  memory = false,
}: DataFolderConfig): Promise<DataFolder> {
  if (memory && dataDir !== undefined) {
    throw new TypeError(`Give either memory or dataDir (${dataDir}), not both`);
  }
  await using opened = new AsyncDisposableStack();
  const path = dataDir ?? (await mkdtemp(join(tmpdir(), 'rx-llamacloud-')));
  if (dataDir === undefined) {
    opened.defer(() => rm(path, { recursive: true, force: true }));
  }
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (const name of memory
    ? ['lock.db', 'holder']
    : ['lock.db', 'holder', 'cloud.db', 'search.db']) {
    await makePrivate(join(path, name));
  }
  opened.use(lockFolder(path));

  const run = randomUUID();
  // By its name the threads of this process share a database of SQLite's memory file system.
  const file = (name: string) =>
    memory ? `file:/${run}-${name}?vfs=memdb` : join(path, `${name}.db`);
  const kept = opened.move();
  return {
    path,
    cloudFile: file('cloud'),
    searchFile: file('search'),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Sees to it that a file is there which only its owner can read; SQLite gives its further files the same mode. */
async function makePrivate(path: string): Promise<void> {
  const handle = await open(path, 'a', 0o600);
  await handle.close();
  await chmod(path, 0o600);
}
