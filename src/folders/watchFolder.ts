import type { Stats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { catchError, concat, defer, EMPTY, exhaustMap, interval, Observable } from 'rxjs';
import { FileError } from '../errors.ts';
import { folderIdentity } from './folderIdentity.ts';
import { matchesAny } from './matchesAny.ts';
import type { WalkFolderConfig } from './walkFolder.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link watchFolder} accepts, `include`, `ignore` and `followSymlinks` as for `walkFolder`. Times in milliseconds. */
export interface WatchFolderConfig extends WalkFolderConfig {
  /** Emits what is there already as `added`, ahead of `ready`. @defaultValue `true` */
  readonly initial?: boolean | undefined;
  /** A file is reported when its size has not changed for so long: it may still be written. @defaultValue `500` */
  readonly settle?: number | undefined;
  /**
   * Looks at the files every so often and does not wait to be told of changes, as network drives and some containers
   * need it. @defaultValue the system tells
   */
  readonly polling?: number | undefined;
}

/** How often to look where the path leads, in milliseconds: nothing tells that a folder was moved away, or a link turned. */
const ROOT_INTERVAL = 1_000;

interface FileChange<Type extends string> {
  readonly type: Type;
  /** The path to open: the folder's, as it was given, and what is below it. */
  readonly path: string;
  /** The path below the folder, with `/` between its parts on every system. */
  readonly relativePath: string;
}

/** A file that came, changed or went; told apart by `type`. */
export type FolderFileChange = FileChange<'added'> | FileChange<'changed'> | FileChange<'removed'>;

/** All files that were there are reported; what follows is news. Emitted once. */
export interface FolderReady {
  readonly type: 'ready';
}

/** What {@link watchFolder} emits. */
export type FolderChange = FolderFileChange | FolderReady;

/**
 * Emits every file of a folder and of all folders in it, then `ready`, then every file that is added, changed or
 * removed, for as long as it is subscribed to. A folder that goes is reported by its files.
 *
 * ```text
 * folder:  (ab)      c      b'
 * result:  (abr)-----c------b'        r: ready
 * ```
 *
 * A file that is written is waited for until it rests. One that is replaced by another at once, as editors do it, has
 * changed. Left out are devices, links that are not followed, what may not be read, and the backup files of editors
 * (`*~`, `.*.swp`).
 *
 * Where the folder itself is a link, the one it leads to is watched. Where the path leads to another folder later, or to
 * none, the files of the one before are reported as removed within a second, and those of the other one as added. A folder that cannot be read is a `FileError` of the kind `unreadable`. Unsubscribing ends the
 * watching; each subscription watches on its own.
 *
 * Of the subpath `rx-llamacloud/watchFolder`, which needs the package `chokidar` beside this one.
 *
 * @throws RangeError when called with times that cannot be meant.
 */
export function watchFolder(
  path: string,
  config: WatchFolderConfig = {},
): Observable<FolderChange> {
  checkKind('watchFolder: path', path, 'text');
  checkKind('watchFolder: config', config, 'object');
  const { settle = 500, polling } = config;
  if (!(settle >= 0 && settle < Infinity)) {
    throw new RangeError(`watchFolder: settle must be 0 or more, got ${settle}`);
  }
  if (polling !== undefined && !(polling > 0 && polling < Infinity)) {
    throw new RangeError(`watchFolder: polling must be positive, got ${polling}`);
  }
  return new Observable((subscriber) => {
    let followed: (Followed & { readonly identity: string }) | undefined;
    let wasReady = false;
    const tell: Tell = (type, relativePath) =>
      subscriber.next({ type, path: join(path, relativePath), relativePath });
    const fail = (cause: unknown): void => subscriber.error(cannotWatch(path, cause));

    /** Follows the folder that the path leads to now, and no longer the one that it led to before. */
    const look = async (): Promise<void> => {
      const identity = await folderIdentity(path);
      if (identity === followed?.identity) {
        return;
      }
      if (followed) {
        const { watcher, files } = followed;
        followed = undefined;
        const gone = files();
        await watcher.close();
        gone.forEach((relativePath) => tell('removed', relativePath));
      }
      const root = identity === undefined ? undefined : await realpath(path);
      if (identity !== undefined && root !== undefined && !subscriber.closed) {
        // Of a folder that has come later, nothing was there in the beginning.
        followed = {
          identity,
          ...follow(root, wasReady ? { ...config, initial: true } : config, tell),
        };
        followed.watcher.on('error', fail).on('ready', () => {
          if (!wasReady) {
            wasReady = true;
            subscriber.next({ type: 'ready' });
          }
        });
      }
    };
    const begin = async (): Promise<void> => {
      // What is not there yet would be waited for, without a word.
      if (!(await stat(path)).isDirectory()) {
        throw new Error('it is not a folder');
      }
      await look();
    };
    subscriber.add(() => {
      // Nobody is left who could be told that closing failed.
      followed?.watcher.close().catch(() => undefined);
    });
    subscriber.add(
      concat(
        defer(begin),
        // Where it cannot be found out now, nothing is known to have changed.
        interval(ROOT_INTERVAL).pipe(exhaustMap(() => defer(look).pipe(catchError(() => EMPTY)))),
      ).subscribe({ error: fail }),
    );
  });
}

type Tell = (type: FolderFileChange['type'], relativePath: string) => void;

interface Followed {
  readonly watcher: FSWatcher;
  /** The files that were told of as they are there, by their paths below the folder. */
  readonly files: () => string[];
}

/** Watches a folder that is no link, and tells of its files. */
function follow(root: string, config: WatchFolderConfig, tell: Tell): Followed {
  const { include, ignore = [], followSymlinks = false } = config;
  const { initial = true, settle = 500, polling } = config;
  const isIncluded = (relativePath: string): boolean =>
    include === undefined || matchesAny(include, relativePath);
  const isIgnored = (found: string, stats?: Stats): boolean => {
    const relativePath = below(root, found);
    return (
      relativePath !== '' &&
      (matchesAny(ignore, relativePath) ||
        (stats !== undefined && isOther(stats, followSymlinks)) ||
        (stats?.isFile() === true && !isIncluded(relativePath)))
    );
  };

  const watcher = watch(root, {
    ignored: isIgnored,
    ignoreInitial: !initial,
    followSymlinks,
    ignorePermissionErrors: true,
    usePolling: polling !== undefined,
    ...(polling !== undefined && { interval: polling, binaryInterval: polling }),
    awaitWriteFinish: settle > 0 && {
      stabilityThreshold: settle,
      pollInterval: Math.min(100, settle),
    },
  });
  const tellOf = (type: FolderFileChange['type']) => (found: string) => {
    const relativePath = below(root, found);
    // Only here is it known of links what they lead to.
    if (isIncluded(relativePath)) {
      tell(type, relativePath);
    }
  };
  watcher
    .on('add', tellOf('added'))
    .on('change', tellOf('changed'))
    .on('unlink', tellOf('removed'));
  const files = (): string[] => {
    const folders = watcher.getWatched();
    return Object.entries(folders)
      .flatMap(([folder, names]) => names.map((name) => join(folder, name)))
      .filter((found) => folders[found] === undefined && found.startsWith(join(root, sep)))
      .map((found) => below(root, found))
      .filter(isIncluded);
  };
  return { watcher, files };
}

/** The path below a folder, with `/` between its parts. */
function below(root: string, found: string): string {
  return relative(root, found).replaceAll(sep, '/');
}
function isOther(stats: Stats, followSymlinks: boolean): boolean {
  return !(stats.isFile() || stats.isDirectory() || (followSymlinks && stats.isSymbolicLink()));
}

function cannotWatch(path: string, cause: unknown): FileError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FileError(`${JSON.stringify(path)} cannot be watched: ${why}`, {
    kind: 'unreadable',
    path,
    cause,
  });
}
