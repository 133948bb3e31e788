import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps every other cloud out of a data folder until it is disposed of or the process ends,
 * however it ends. SQLite's own file lock does it, so nothing stale is ever left behind. A file
 * beside it says who holds it, for the message alone.
 *
 * @throws Error that names the process when another cloud has the folder.
 */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  const holder = join(folder, 'holder');
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === 5;
    throw busy
      ? new Error(
          `The folder ${folder} is in use by another cloud (${read(holder)}); close that one first`,
          { cause },
        )
      : cause;
  }
  writeFileSync(holder, `process ${process.pid}, since ${new Date().toISOString()}`);
  return {
    [Symbol.dispose]() {
      rmSync(holder, { force: true });
      lock.close();
    },
  };
}

function read(holder: string): string {
  try {
    return readFileSync(holder, 'utf8');
  } catch {
    // The other cloud is just starting, or closing.
    return 'a process that is starting or closing';
  }
}
