import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastValueFrom, map, toArray } from 'rxjs';
import {
  type Connection,
  createDirectory,
  type DirectoryFile,
  listDirectoryFiles,
} from 'rx-llamacloud';

/** A folder with these files, removed when it is disposed of. */
export async function folderOf(
  files: Readonly<Record<string, string>>,
): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'upload-folder-'));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The id of a new directory. */
export function newDirectory(connection: Connection): Promise<string> {
  return lastValueFrom(
    createDirectory(connection, { name: `d-${Math.random()}` }).pipe(map(({ id }) => id)),
  );
}

/** What a directory holds, by `unique_id`. */
export async function filesOf(
  connection: Connection,
  directoryId: string,
): Promise<DirectoryFile[]> {
  const files = await lastValueFrom(listDirectoryFiles(connection, directoryId).pipe(toArray()));
  return files.sort((a, b) => (a.unique_id < b.unique_id ? -1 : 1));
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
