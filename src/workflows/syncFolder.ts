import { join } from 'node:path';
import {
  asyncScheduler,
  catchError,
  concat,
  concatMap,
  debounceTime,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  tap,
} from 'rxjs';
import { FileError } from '../errors.ts';
import { absentFiles } from '../folders/absentFiles.ts';
import { folderIdentity } from '../folders/folderIdentity.ts';
import { walkFolder } from '../folders/walkFolder.ts';
import type { Connection } from '../http/connection.ts';
import { watchTiming } from '../http/watchTiming.ts';
import type { SyncFolderEvent } from './syncFolderEvent.ts';
import type { ContentDigest } from './upload/contentDigest.ts';
import type { DirectoryContents, MissingFile } from './upload/directoryContents.ts';
import { removeMissing } from './upload/removeMissing.ts';
import { gateSource } from './upload/requestGate.ts';
import { uniqueIdOf } from './upload/uploadMetadata.ts';
import { uploadRun } from './upload/uploadRun.ts';
import type { UploadFolderConfig } from './uploadFolder.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link syncFolder} accepts. */
export interface SyncFolderConfig extends UploadFolderConfig {
  /**
   * Whether files are removed from the directory that are gone from the folder. Only what a sync has uploaded is ever
   * removed, and nothing that `include` and `ignore` leave out. @defaultValue `true`
   */
  readonly deleteMissing?: boolean | undefined;
  /**
   * The share of the files that one pass may remove, from 0 to 1, of all that syncs have in the directory. Where more are
   * gone, none is removed. @defaultValue `0.5`
   */
  readonly maxDelete?: number | undefined;
  /** Whether all files may be removed when there is none in the folder any more. @defaultValue `false` */
  readonly deleteAll?: boolean | undefined;
  /**
   * Whenever it emits, the folder may have changed and is compared again. The sync goes on until it completes.
   * @defaultValue one pass
   */
  readonly changes?: Observable<unknown> | undefined;
  /** How long `changes` must be silent before a pass, in milliseconds. @defaultValue `500` */
  readonly quiet?: number | undefined;
  /**
   * How long failures to list the directory that pass by themselves are waited out, in milliseconds, from 0 to `Infinity`;
   * then the last one is the error. @defaultValue `300_000`
   */
  readonly patience?: number | undefined;
}

/**
 * Makes a directory like a folder: uploads what is new or has changed, as `uploadFolder` does, then removes what earlier
 * syncs have uploaded and is gone from the folder. Emits the events of `uploadFolder`, `removed` for each file removed,
 * and `synced` at the end of the pass. Completes after one pass, or with `changes` after the pass that follows its end.
 *
 * A file that is there is not removed: each is looked for once more right before its deletion is sent, and counts as there
 * whatever has its path, or where the disk does not say plainly that it is gone. Nothing is removed, and `removalHeld` says
 * why, after a pass in which anything failed, when the path leads to another folder than in the beginning of the pass, when
 * there is no file in the folder at all unless `deleteAll` is set, and when more than `maxDelete` of the files are gone.
 * With `dryRun`, `wouldUpload` and `wouldRemove` say what would be done, and nothing but questions is sent.
 *
 * With `changes`, passes follow one another and never overlap, and a file is read again only if its size, times or
 * identity have changed. Where the folder cannot be read for a while, `passFailed` says so and the next change makes
 * another pass. What a sync has uploaded bears `rx_synced: true` in its metadata; let no two folders be synced with one
 * directory. The user's metadata stay with a file when it changes or, if no other file has its content, is renamed.
 *
 * Errors as `uploadFolder` does, and with the error of `changes`; to go on, subscribe again, for example with `retry`.
 *
 * @example Every minute
 * ```ts
 * syncFolder(connection, directoryId, 'handbook', { changes: interval(60_000) }).subscribe((event) => {
 *   if (event.type === 'uploaded') {
 *     console.log('sent', event.item.relativePath);
 *   } else if (event.type === 'removed') {
 *     console.log('removed', event.uniqueId);
 *   }
 * });
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function syncFolder(
  connection: Connection,
  directoryId: string,
  folder: string,
  config: SyncFolderConfig = {},
): Observable<SyncFolderEvent> {
  checkKind('syncFolder: folder', folder, 'text');
  checkKind('syncFolder: config', config, 'object');
  const { concurrency = 8, scheduler = asyncScheduler, metadata } = config;
  const { deleteMissing = true, maxDelete = 0.5, deleteAll = false, dryRun = false } = config;
  const { followSymlinks = false, changes, quiet = 500 } = config;
  const timing = watchTiming('syncFolder', { patience: config.patience, scheduler });
  const gateOf = gateSource('syncFolder', { ...config, concurrency });
  if (!(quiet >= 0)) {
    throw new RangeError(`syncFolder: quiet must be at least 0, got ${quiet}`);
  }
  if (!(maxDelete >= 0 && maxDelete <= 1)) {
    throw new RangeError(`syncFolder: maxDelete must be from 0 to 1, got ${maxDelete}`);
  }
  return defer(() => {
    const gate = gateOf();
    const digests = new Map<string, ContentDigest>();
    let passes = 0;
    let due = false;

    const pass = (identity: string | undefined): Observable<SyncFolderEvent> => {
      passes += 1;

      const absent = (
        files: readonly MissingFile[],
        contents: DirectoryContents,
      ): Observable<readonly MissingFile[] | undefined> =>
        absentFiles(
          files.map((missing) => formerFile(missing, folder, digests)),
          {
            ...{ folder, identity, followSymlinks },
            isTaken: (path) => contents.isClaimed(uniqueIdOf(path)),
          },
        ).pipe(map((gone) => gone?.map(({ missing }) => missing)));

      return uploadRun(
        walkFolder(folder, config),
        {
          ...{ connection, directoryId, gate, metadata, synced: true, absent, dryRun, digests },
          ...{ concurrency, scheduler, timing },
        },
        (contents, { failed }) =>
          concat(
            deleteMissing
              ? removeMissing({
                  ...{ ...config, connection, directoryId, folder, contents, gate, failed },
                  ...{ maxDelete, deleteAll, dryRun },
                  absent: (files) => absent(files, contents),
                })
              : EMPTY,
            of({ type: 'synced', pass: passes } as const),
          ),
      ).pipe(
        tap((event) => {
          if (event.type === 'removed') {
            digests.delete(join(folder, event.uniqueId));
          }
        }),
      );
    };

    return concat(of('begin'), (changes ?? EMPTY).pipe(debounceTime(quiet, scheduler))).pipe(
      tap(() => {
        due = true;
      }),
      // What came in during a pass is one more pass, however often it came.
      concatMap(() => {
        if (!due) {
          return EMPTY;
        }
        due = false;
        return defer(() => folderIdentity(folder)).pipe(concatMap(pass), catchError(passFailed));
      }),
    );

    function passFailed(error: unknown): Observable<SyncFolderEvent> {
      // The walk alone fails with the folder itself: all other files that cannot be read are events.
      if (passes > 1 && error instanceof FileError && error.kind === 'unreadable') {
        return of({ type: 'passFailed', pass: passes, error });
      }
      throw error;
    }
  });
}

/** Where a file was, as far as that is known. */
function formerFile(
  missing: MissingFile,
  folder: string,
  read: ReadonlyMap<string, ContentDigest>,
): { missing: MissingFile; paths: readonly string[]; device: string | undefined } {
  const { uniqueId, file } = missing;
  const paths = file.name === undefined ? [uniqueId] : [uniqueId, file.name];
  const stamps = paths.flatMap((path) => read.get(join(folder, path))?.stamp ?? []);
  return { missing, paths, device: stamps[0]?.slice(0, stamps[0].indexOf(':')) };
}
