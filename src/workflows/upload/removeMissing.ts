import { bufferCount, catchError, concatMap, defer, from, map, type Observable, of } from 'rxjs';
import { isLeftOut } from '../../folders/isLeftOut.ts';
import type { WalkFolderConfig } from '../../folders/walkFolder.ts';
import type { Connection } from '../../http/connection.ts';
import { deleteDirectoryFiles } from '../../sources/directoryFiles.ts';
import type { ThrottledEvent } from '../fanOutUploadEvent.ts';
import type { RemovalEvent, RemovalHeldEvent } from '../syncFolderEvent.ts';
import type { DirectoryContents, MissingFile } from './directoryContents.ts';
import type { RequestGate } from './requestGate.ts';

/** What is removed, and what is not. */
export interface RemoveMissingConfig extends Pick<WalkFolderConfig, 'include' | 'ignore'> {
  readonly connection: Connection;
  readonly directoryId: string;
  readonly folder: string;
  readonly contents: DirectoryContents;
  readonly gate: RequestGate;
  /** Emits those of the files that are gone from the folder; `undefined` if it is another folder by now. */
  readonly absent: (
    files: readonly MissingFile[],
  ) => Observable<readonly MissingFile[] | undefined>;
  /** So many items failed. */
  readonly failed: number;
  readonly maxDelete: number;
  readonly deleteAll: boolean;
  readonly dryRun: boolean;
}

/** So many files are deleted with one request: as many as the API takes. */
const DELETED_AT_ONCE = 100;

/**
 * Removes from the directory what earlier syncs have uploaded and is gone from the folder, but for what the patterns leave
 * out. Emits what becomes of it, then completes. Nothing is removed unless all items went well, there are some left, and
 * not too many are missing. Each file is looked for twice: to count them, and when its deletion is about to be sent.
 */
export function removeMissing(
  config: RemoveMissingConfig,
): Observable<RemovalEvent | ThrottledEvent> {
  const { connection, directoryId, contents, gate, absent, failed, dryRun } = config;
  return defer(() => {
    const missing = Array.from(contents.missing()).filter(
      ({ uniqueId, file: { name = uniqueId } }) =>
        !isLeftOut(uniqueId, config) && !isLeftOut(name, config),
    );
    if (missing.length === 0) {
      return [];
    }
    if (failed > 0) {
      const why = `${failed} other ${failed === 1 ? 'file' : 'files'} failed in this pass`;
      return [held('failures', missing, `${why}; they are looked for again in the next one`)];
    }
    return absent(missing).pipe(
      concatMap((gone) => {
        const stop = gone === undefined ? replaced(missing) : objection(gone);
        if (stop || gone === undefined) {
          return stop ? [stop] : [];
        }
        return dryRun
          ? gone.map(
              ({ uniqueId, file: { id } }) => ({ type: 'wouldRemove', uniqueId, id }) as const,
            )
          : from(gone).pipe(bufferCount(DELETED_AT_ONCE), concatMap(remove));
      }),
    );
  });

  function objection(gone: readonly MissingFile[]): RemovalHeldEvent | undefined {
    const { maxDelete, deleteAll } = config;
    const ids = idsOf(gone);
    const total = contents.mirrored().size;
    if (ids.length === 0) {
      return undefined;
    }
    if (contents.claimed === 0) {
      const why = 'there is no file in the folder at all, as when a disk is not mounted';
      return deleteAll
        ? undefined
        : held('empty', gone, `${why}. Set deleteAll if the directory is to be emptied`);
    }
    if (ids.length > maxDelete * total) {
      const why = `maxDelete lets a pass remove ${maxDelete} of the ${total} files at most`;
      return held('maxDelete', gone, `${why}. Set it to 1 if they are to go`);
    }
    return undefined;
  }

  function remove(gone: readonly MissingFile[]): Observable<RemovalEvent | ThrottledEvent> {
    // Within the gate, for in its line files may come back.
    const removal = absent(gone).pipe(
      concatMap((still): Observable<readonly RemovalEvent[]> => {
        if (!still?.length) {
          return of(still ? [] : [replaced(gone)]);
        }
        const directory_file_ids = still.map(({ file }) => file.id);
        return deleteDirectoryFiles(connection, directoryId, { directory_file_ids }).pipe(
          map(() =>
            still.map(({ uniqueId, file }) => ({ type: 'removed', uniqueId, id: file.id })),
          ),
        );
      }),
    );
    return gate.pass(removal).pipe(
      concatMap((event) => ('type' in event ? [event] : event)),
      catchError((error: unknown) =>
        of({
          type: 'removalFailed',
          uniqueIds: gone.map(({ uniqueId }) => uniqueId),
          error,
        } as const),
      ),
    );
  }

  function replaced(files: readonly MissingFile[]): RemovalHeldEvent {
    const why = 'the path leads to another folder by now, or to none';
    return held('replaced', files, `${why}; they are looked for again in the next pass`);
  }

  function held(
    reason: RemovalHeldEvent['reason'],
    files: readonly MissingFile[],
    why: string,
  ): RemovalHeldEvent {
    const uniqueIds = idsOf(files);
    const which = uniqueIds.length === 1 ? '1 file was' : `${uniqueIds.length} files were`;
    const message = `${which} not found in ${JSON.stringify(config.folder)} and not removed: ${why}`;
    return { type: 'removalHeld', reason, uniqueIds, message };
  }
}

/** The ids, each once. */
function idsOf(files: readonly MissingFile[]): readonly string[] {
  return Array.from(new Set(files.map(({ uniqueId }) => uniqueId)));
}
