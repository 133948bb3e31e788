import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { lastValueFrom, map, type Observable, toArray } from 'rxjs';
import {
  connect,
  type Connection,
  createDirectory,
  type DirectoryFile,
  listDirectoryFiles,
} from 'rx-llamacloud';
import { type LocalCloud, startLocalCloud } from 'rx-llamacloud-local';
import { afterAll, beforeAll, beforeEach } from 'vitest';

/** Where the tests of a file upload to. */
export interface UploadTarget {
  readonly cloud: LocalCloud;
  readonly connection: Connection;
  /** A directory of the test's own. */
  readonly directoryId: string;
}

/** One cloud for all tests of a file and, for each test, a new directory and no faults. To be called before them. */
export function uploadTarget(): UploadTarget {
  let cloud: LocalCloud;
  let connection: Connection;
  let directoryId: string;
  beforeAll(async () => {
    cloud = await startLocalCloud({ memory: true });
    connection = connect({ baseUrl: cloud.url, token: cloud.token });
  });
  afterAll(() => cloud.close());
  beforeEach(async () => {
    cloud.faults.clear();
    directoryId = await newDirectory(connection);
  });
  return {
    get cloud() {
      return cloud;
    },
    get connection() {
      return connection;
    },
    get directoryId() {
      return directoryId;
    },
  };
}

/** All that a stream emits. */
export function all<T>(events: Observable<T>): Promise<T[]> {
  return lastValueFrom(events.pipe(toArray()));
}

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
  const files = await all(listDirectoryFiles(connection, directoryId));
  return files.sort((a, b) => (a.unique_id < b.unique_id ? -1 : 1));
}

export function sha256(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
