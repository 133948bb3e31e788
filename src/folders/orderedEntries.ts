import type { Dirent } from 'node:fs';
import { opendir } from 'node:fs/promises';

/** So many names are held at the least; up to twice as many while a folder is read. */
const BOUND = 20_000;

/**
 * The entries of one folder in the order of their names (by UTF-16 code units, so the same on every machine), in
 * runs. A folder of more than `bound` entries is read several times, each time for the run of names that follows, so
 * that memory does not grow with the folder. The folder is closed whenever a run is given out.
 */
export async function* orderedEntries(
  path: string,
  bound: number = BOUND,
): AsyncGenerator<readonly Dirent[], undefined> {
  let after: string | undefined;
  let more = true;
  while (more) {
    more = false;
    let least: Dirent[] = [];
    let last: string | undefined;
    for await (const entry of await opendir(path, { bufferSize: 512 })) {
      if (after !== undefined && entry.name <= after) {
        continue;
      }
      if (last !== undefined && entry.name > last) {
        continue;
      }
      least.push(entry);
      if (least.length === 2 * bound) {
        least = least.sort(byName).slice(0, bound);
        last = least.at(-1)?.name;
        more = true;
      }
    }
    yield least.sort(byName);
    after = least.at(-1)?.name;
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}
