import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps every other cloud out of a data folder until it is disposed of or the process ends,
 * however it ends. SQLite's own file lock does it, so nothing stale is ever left behind.
 *
 * @throws Error when another cloud has the folder.
 */
export function lockFolder(folder: string): Disposable {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const busy = cause instanceof Error && 'errcode' in cause && cause.errcode === 5;
    throw busy
      ? new Error(`The folder ${folder} is in use by another cloud; close that one first`, {
          cause,
        })
      : cause;
  }
  return { [Symbol.dispose]: () => lock.close() };
}
