import { posix } from 'node:path';
import { matchesAny } from './matchesAny.ts';
import type { WalkFolderConfig } from './walkFolder.ts';

/** Whether a walk with these patterns gives no file of this path, be it there or not. */
export function isLeftOut(
  relativePath: string,
  { include, ignore = [] }: Pick<WalkFolderConfig, 'include' | 'ignore'>,
): boolean {
  if (include !== undefined && !matchesAny(include, relativePath)) {
    return true;
  }
  // A folder that is ignored is not entered.
  for (let path = relativePath; path !== '.' && path !== '/'; path = posix.dirname(path)) {
    if (matchesAny(ignore, path)) {
      return true;
    }
  }
  return false;
}
