import { lstat, readdir, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import pLimit from 'p-limit';
import { Observable } from 'rxjs';
import { folderIdentity } from './folderIdentity.ts';

/** A file that was in a folder once. */
export interface FormerFile {
  /** The path or paths below the folder that it may have, with `/` between the parts. */
  readonly paths: readonly string[];
  /** The device it was on, if that is known. */
  readonly device?: string | undefined;
}

/** What {@link absentFiles} needs to know of the folder. */
export interface AbsenceConfig {
  readonly folder: string;
  /** Which folder is meant: see `folderIdentity`. */
  readonly identity: string | undefined;
  readonly followSymlinks: boolean;
  /** Whether a file that was found under this path has a place of its own, and does not stand for another spelling. */
  readonly isTaken: (relativePath: string) => boolean;
}

/** So many paths are looked at together, which is as many as Node asks the disk for at once. */
const TOGETHER = 4;

/**
 * Looks at each path now and emits those of the files that surely are not in the folder, then completes; emits `undefined`
 * when the path leads to another folder by now, or to none. Unsubscribing drops what was not looked at yet.
 *
 * A file counts as there where anything at all has its path, such as a link or a folder, where it has another spelling
 * (case, accents), and wherever the disk does not say plainly that it is absent: in a folder that may not be entered, that
 * became a file or a link, or that is on another device than the file was, as when a disk is not mounted.
 */
export function absentFiles<T extends FormerFile>(
  files: readonly T[],
  config: AbsenceConfig,
): Observable<readonly T[] | undefined> {
  return new Observable((subscriber) => {
    const limit = pLimit(TOGETHER);
    subscriber.add(() => limit.clearQueue());
    const names = new Map<string, Promise<readonly string[]>>();
    const look = async (): Promise<readonly T[] | undefined> => {
      const absent = await limit.map(files, (file) => isAbsent(file, config, names));
      // Asked last: a folder that was taken away while it was looked at says of every file that it is absent.
      const identity = await folderIdentity(config.folder).catch(() => undefined);
      return identity !== undefined && identity === config.identity
        ? files.filter((_, n) => absent[n])
        : undefined;
    };
    look().then(
      (absent) => {
        subscriber.next(absent);
        subscriber.complete();
      },
      (error: unknown) => subscriber.error(error),
    );
  });
}

type Names = Map<string, Promise<readonly string[]>>;

async function isAbsent(file: FormerFile, config: AbsenceConfig, names: Names): Promise<boolean> {
  for (const path of file.paths) {
    if (
      (await codeOf(lstat(join(config.folder, path)))) !== 'ENOENT' ||
      !(await isFolderWithout(path, file.device, config)) ||
      (await isSpelledOtherwise(path, config, names))
    ) {
      return false;
    }
  }
  return true;
}

/** Whether the nearest of the folders above that is there is one in which files of this device can be missed. */
async function isFolderWithout(
  relativePath: string,
  device: string | undefined,
  { folder, followSymlinks }: AbsenceConfig,
): Promise<boolean> {
  let parent = posix.dirname(relativePath);
  while (parent !== '.' && (await codeOf(lstat(join(folder, parent)))) === 'ENOENT') {
    parent = posix.dirname(parent);
  }
  try {
    const isRoot = parent === '.';
    const found = await (isRoot || followSymlinks ? stat : lstat)(join(folder, parent));
    return found.isDirectory() && (device === undefined || device === String(found.dev));
  } catch {
    return false;
  }
}

/** Whether a file has this path but for case and accents, and no place of its own. */
async function isSpelledOtherwise(
  relativePath: string,
  { folder, isTaken }: AbsenceConfig,
  names: Names,
): Promise<boolean> {
  let parents = [''];
  for (const part of relativePath.split('/')) {
    const found = await Promise.all(
      parents.map(async (parent) =>
        (await namesIn(join(folder, parent), names))
          .filter((name) => folded(name) === folded(part))
          .map((name) => posix.join(parent, name)),
      ),
    );
    parents = found.flat();
  }
  return parents.some((path) => !isTaken(path));
}

/** The names in a folder, none where there is no such folder. Read once for all files that are looked for. */
function namesIn(path: string, names: Names): Promise<readonly string[]> {
  const known = names.get(path) ?? readdir(path).catch(() => []);
  names.set(path, known);
  return known;
}

function folded(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** The code that looking fails with; `undefined` when it does not. */
async function codeOf(look: Promise<unknown>): Promise<unknown> {
  try {
    await look;
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : 'unknown';
  }
}
