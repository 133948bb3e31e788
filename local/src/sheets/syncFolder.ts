import { open } from 'node:fs/promises';

/** Makes the names in a folder safe on disk; what the files hold is a matter of its own. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') {
    // A folder cannot be opened there, and its entries need no flush.
    return;
  }
  await using handle = await open(path);
  await handle.sync();
}
