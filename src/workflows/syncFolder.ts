import {
  asyncScheduler,
  bufferCount,
  catchError,
  concat,
  concatMap,
  debounceTime,
  defer,
  EMPTY,
  from,
  type Observable,
  of,
  tap,
} from 'rxjs';
import { type FolderEntry, walkFolder } from '../folders/walkFolder.ts';
import type { Connection } from '../http/connection.ts';
import { deleteDirectoryFiles } from '../sources/directoryFiles.ts';
import type { FanOutUploadEvent, ThrottledEvent } from './fanOutUploadEvent.ts';
import type { ContentDigest } from './upload/contentDigest.ts';
import type { DirectoryContents } from './upload/directoryContents.ts';
import { gateSource } from './upload/requestGate.ts';
import { uploadRun } from './upload/uploadRun.ts';
import type { UploadFolderConfig } from './uploadFolder.ts';

/** What {@link syncFolder} accepts. */
export interface SyncFolderConfig extends UploadFolderConfig {
  /**
   * Whether files are removed from the directory that are gone from the folder, or left out by `include` and `ignore`.
   * Only what a sync has uploaded is ever removed. @defaultValue `true`
   */
  readonly deleteMissing?: boolean | undefined;
  /**
   * Whenever it emits, the folder may have changed and is compared again. The sync goes on until it completes.
   * @defaultValue one pass
   */
  readonly changes?: Observable<unknown> | undefined;
  /** How long `changes` must be silent before a pass, in milliseconds. @defaultValue `500` */
  readonly quiet?: number | undefined;
}

/** A file was removed from the directory, as it is gone from the folder. */
export interface RemovedEvent {
  readonly type: 'removed';
  readonly uniqueId: string;
  /** The directory file's id. */
  readonly id: string;
}

/** Files could not be removed. The next pass tries again. */
export interface RemovalFailedEvent {
  readonly type: 'removalFailed';
  readonly uniqueIds: readonly string[];
  readonly error: unknown;
}

/** A pass is over: but for what failed in it, the directory is like the folder. */
export interface SyncedEvent {
  readonly type: 'synced';
  /** 1 for the first one. */
  readonly pass: number;
}

/** What `syncFolder` emits; told apart by `type`. A `summary` holds the totals of its pass. */
export type SyncFolderEvent =
  FanOutUploadEvent<FolderEntry> | RemovedEvent | RemovalFailedEvent | SyncedEvent;

/** So many files are deleted with one request: as many as the API takes. */
const DELETED_AT_ONCE = 100;

/**
 * Makes a directory like a folder: uploads what is new or has changed, as `uploadFolder` does, then removes what earlier
 * syncs have uploaded and is gone from the folder. Emits the events of `uploadFolder`, `removed` for each file removed,
 * and `synced` at the end of the pass. Completes after one pass, or with `changes` after the pass that follows its end.
 *
 * With `changes`, passes follow one another and never overlap, and a file is read again only if its size, times or
 * identity have changed. Files in a folder that cannot be read are not taken for gone. What a sync has uploaded bears
 * `rx_synced: true` in its metadata; let no two folders be synced with one directory.
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
  const { concurrency = 8, scheduler = asyncScheduler, metadata } = config;
  const { deleteMissing = true, changes = EMPTY, quiet = 500 } = config;
  const gateOf = gateSource('syncFolder', { ...config, concurrency });
  if (!(quiet >= 0)) {
    throw new RangeError(`syncFolder: quiet must be at least 0, got ${quiet}`);
  }
  return defer(() => {
    const gate = gateOf();
    let read = new Map<string, ContentDigest>();
    let passes = 0;
    let due = false;

    const pass = (): Observable<SyncFolderEvent> => {
      const before = read;
      const now = new Map<string, ContentDigest>();
      read = now;
      const digests = {
        get: (path: string) => before.get(path),
        set: (path: string, digest: ContentDigest) => now.set(path, digest),
      };
      passes += 1;
      return uploadRun(
        walkFolder(folder, config),
        {
          ...{ connection, directoryId, gate, metadata, synced: true, digests },
          ...{ concurrency, scheduler },
        },
        (contents) =>
          concat(
            deleteMissing ? removeMissing(contents) : EMPTY,
            of({ type: 'synced', pass: passes } as const),
          ),
      );
    };

    const removeMissing = (
      contents: DirectoryContents,
    ): Observable<ThrottledEvent | RemovedEvent | RemovalFailedEvent> =>
      from(contents.missing()).pipe(
        bufferCount(DELETED_AT_ONCE),
        concatMap((missing) => {
          const directory_file_ids = missing.map(({ file }) => file.id);
          const removed = missing.map(({ uniqueId, file }): RemovedEvent => {
            return { type: 'removed', uniqueId, id: file.id };
          });
          return gate
            .pass(deleteDirectoryFiles(connection, directoryId, { directory_file_ids }))
            .pipe(
              concatMap((event) => (event === undefined ? removed : [event])),
              catchError((error: unknown) => {
                const uniqueIds = missing.map(({ uniqueId }) => uniqueId);
                return of({ type: 'removalFailed', uniqueIds, error } as const);
              }),
            );
        }),
      );

    return concat(of('begin'), changes.pipe(debounceTime(quiet, scheduler))).pipe(
      tap(() => {
        due = true;
      }),
      // What came in during a pass is one more pass, however often it came.
      concatMap(() => {
        if (!due) {
          return EMPTY;
        }
        due = false;
        return pass();
      }),
    );
  });
}
