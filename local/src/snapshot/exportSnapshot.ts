import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { lockFolder } from '../store/lockFolder.ts';
import { isSnapshotName } from './snapshotName.ts';
import type { TarFile } from './tar.ts';
import { writeTar } from './tar.ts';

/**
 * Writes all that a data folder keeps into one file, a tar archive packed with gzip. It holds the
 * API key too, so that only its owner may read it. Resolves to the number of files in it.
 *
 * Rejects when there is no cloud in the folder, and when one is running on it.
 */
export async function exportSnapshot(folder: string, file: string): Promise<number> {
  if (!existsSync(join(folder, 'cloud.db'))) {
    throw new Error(`There is no cloud in ${folder} to export; name its folder with --data`);
  }
  using held = new DisposableStack();
  held.use(lockFolder(folder));
  for (const name of ['cloud.db', 'search.db']) {
    checkpoint(join(folder, name));
  }
  const files = await filesIn(folder);
  const unfinished = `${file}.${randomUUID()}`;
  try {
    const output = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(writeTar(files), createGzip(), output);
    await rename(unfinished, file);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw cause;
  }
  return files.length;
}

/** Moves what stands in the log of a database into the database itself. */
function checkpoint(path: string): void {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
}

async function filesIn(folder: string): Promise<TarFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = paths.map(async (path) => ({
    name: relative(folder, path).split(sep).join('/'),
    size: (await stat(path)).size,
    // Opened only when its turn comes.
    content: {
      [Symbol.asyncIterator]: () => createReadStream(path)[Symbol.asyncIterator](),
    } satisfies AsyncIterable<Uint8Array>,
  }));
  return (await Promise.all(files)).filter(({ name }) => isSnapshotName(name));
}
