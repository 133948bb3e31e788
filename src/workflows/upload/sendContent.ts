import {
  catchError,
  concat,
  concatMap,
  defer,
  first,
  ignoreElements,
  type Observable,
  of,
  throwError,
} from 'rxjs';
import { FileError, HttpError } from '../../errors.ts';
import type { Connection } from '../../http/connection.ts';
import { pathOf } from '../../http/uploadSource.ts';
import {
  deleteDirectoryFiles,
  listDirectoryFiles,
  type UploadDirectoryFileBody,
  uploadDirectoryFile,
} from '../../sources/directoryFiles.ts';
import type { DirectoryFile } from '../../types/directoryFiles.ts';
import type { UploadedEvent, UploadEvent } from '../../types/uploadEvent.ts';
import { type ContentDigest, fileStamp } from './contentDigest.ts';
import { DIGEST } from './uploadMetadata.ts';

/** What is sent: `metadata` has to name the content's digest. */
export interface DigestedBody extends UploadDirectoryFileBody {
  readonly unique_id: string;
}

/**
 * Uploads a content that was read before, as `uploadDirectoryFile` does, and emits `uploaded` only for what surely is
 * this content:
 *
 * - That the `unique_id` is taken means that an earlier attempt has arrived after all, if its digest is this one's.
 * - What was found under the `unique_id` after an attempt of unknown outcome has to have this digest.
 * - A file that has changed since it was read is removed again: its digest would be a lie.
 */
export function sendContent(
  connection: Connection,
  directoryId: string,
  body: DigestedBody,
  digest: ContentDigest,
): Observable<UploadEvent<DirectoryFile>> {
  const { unique_id, upload_file: source } = body;
  const isThis = (file: DirectoryFile | undefined): file is DirectoryFile =>
    file?.metadata?.[DIGEST] === digest.sha256;

  return uploadDirectoryFile(connection, directoryId, body).pipe(
    catchError((error: unknown) => {
      if (error instanceof HttpError && error.status === 409) {
        return adopt(error);
      }
      throw error;
    }),
    concatMap((event) => (event.type === 'uploaded' ? checked(event) : of(event))),
  );

  function adopt(refusal: HttpError): Observable<UploadedEvent<DirectoryFile>> {
    return listDirectoryFiles(connection, directoryId, { unique_id }).pipe(
      first((file) => file.unique_id === unique_id, undefined),
      concatMap((file) =>
        isThis(file) ? of({ type: 'uploaded', file } as const) : throwError(() => refusal),
      ),
    );
  }

  function checked(event: UploadedEvent<DirectoryFile>): Observable<UploadedEvent<DirectoryFile>> {
    const { file } = event;
    // A server that does not repeat the metadata has to be believed.
    if (file.metadata && !isThis(file)) {
      const other = `another file got the unique_id ${JSON.stringify(unique_id)} meanwhile`;
      return throwError(() => notSent('duplicate', `${other}; upload again to replace it`));
    }
    const path = pathOf(source, 'source');
    if (path === undefined) {
      return of(event);
    }
    return defer(() => fileStamp(path)).pipe(
      concatMap((stamp) =>
        stamp === digest.stamp
          ? of(event)
          : concat(
              deleteDirectoryFiles(connection, directoryId, {
                directory_file_ids: [file.id],
              }).pipe(ignoreElements()),
              throwError(() => notSent('changed', 'it changed while it was being sent')),
            ),
      ),
    );
  }

  function notSent(kind: 'changed' | 'duplicate', why: string): FileError {
    const path = pathOf(source, 'source') ?? unique_id;
    return new FileError(`${JSON.stringify(path)} was not uploaded: ${why}`, { kind, path });
  }
}
