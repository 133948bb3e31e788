import { stat } from 'node:fs/promises';

/**
 * Tells a folder from all others, whichever way leads to it: another text when the path leads to another folder by now,
 * `undefined` when it leads to none. Rejects when that cannot be found out.
 */
export async function folderIdentity(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path, { bigint: true });
    return found.isDirectory() ? `${found.dev}:${found.ino}` : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}
