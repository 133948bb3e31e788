import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import { watch } from 'chokidar';
import { Observable, type Subscriber } from 'rxjs';
import { FileError } from '../errors.ts';
import { matchesAny } from './matchesAny.ts';
import type { WalkFolderConfig } from './walkFolder.ts';

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

/** A file that came, changed or went. */
export interface FolderFileChange {
  readonly type: 'added' | 'changed' | 'removed';
  /** The path to open: the folder's, as it was given, and what is below it. */
  readonly path: string;
  /** The path below the folder, with `/` between its parts on every system. */
  readonly relativePath: string;
}

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
 * (`*~`, `.*.swp`). A folder that cannot be read is a `FileError` of the kind `unreadable`. Unsubscribing ends the
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
  const { settle = 500, polling } = config;
  if (!(settle >= 0 && settle < Infinity)) {
    throw new RangeError(`watchFolder: settle must be 0 or more, got ${settle}`);
  }
  if (polling !== undefined && !(polling > 0 && polling < Infinity)) {
    throw new RangeError(`watchFolder: polling must be positive, got ${polling}`);
  }
  return new Observable((subscriber) => {
    // What is not there yet would be waited for, without a word.
    stat(path).then(
      (root) => {
        if (!root.isDirectory()) {
          subscriber.error(cannotWatch(path, 'it is not a folder'));
        } else if (!subscriber.closed) {
          follow(path, config, subscriber);
        }
      },
      (cause: unknown) => subscriber.error(cannotWatch(path, String(cause), cause)),
    );
  });
}

function follow(
  path: string,
  config: WatchFolderConfig,
  subscriber: Subscriber<FolderChange>,
): void {
  const { include, ignore = [], followSymlinks = false } = config;
  const { initial = true, settle = 500, polling } = config;
  const below = (found: string): string => relative(path, found).replaceAll(sep, '/');
  const isIncluded = (relativePath: string): boolean =>
    include === undefined || matchesAny(include, relativePath);
  const isIgnored = (found: string, stats?: Stats): boolean => {
    const relativePath = below(found);
    return (
      relativePath !== '' &&
      (matchesAny(ignore, relativePath) ||
        (stats !== undefined && isOther(stats, followSymlinks)) ||
        (stats?.isFile() === true && !isIncluded(relativePath)))
    );
  };

  const watcher = watch(path, {
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
  const tell = (type: FolderFileChange['type']) => (found: string) => {
    const relativePath = below(found);
    // Only here is it known of links what they lead to.
    if (isIncluded(relativePath)) {
      subscriber.next({ type, path: found, relativePath });
    }
  };
  watcher
    .on('add', tell('added'))
    .on('change', tell('changed'))
    .on('unlink', tell('removed'))
    .on('ready', () => subscriber.next({ type: 'ready' }))
    .on('error', (cause) => subscriber.error(cannotWatch(path, String(cause), cause)));
  subscriber.add(() => {
    // Nobody is left who could be told that closing failed.
    watcher.close().catch(() => undefined);
  });
}

function isOther(stats: Stats, followSymlinks: boolean): boolean {
  return !(stats.isFile() || stats.isDirectory() || (followSymlinks && stats.isSymbolicLink()));
}

function cannotWatch(path: string, why: string, cause?: unknown): FileError {
  return new FileError(`${JSON.stringify(path)} cannot be watched: ${why}`, {
    kind: 'unreadable',
    path,
    cause,
  });
}
