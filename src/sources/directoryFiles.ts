/** The files of a directory. */

import { catchError, first, type Observable } from 'rxjs';
import { HttpError } from '../errors.ts';
import { type Connection, wireOf } from '../http/connection.ts';
import { instantOf } from '../http/instantOf.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { nameBehindForm } from '../http/multipart.ts';
import { request } from '../http/request.ts';
import type { LookUp } from '../http/retryTransient.ts';
import { pathOf } from '../http/route.ts';
import { upload } from '../http/upload.ts';
import { nameOf, type UploadSource } from '../http/uploadSource.ts';
import type {
  CreateDirectoryFileBody,
  DeleteDirectoryFilesBody,
  DirectoryFile,
  GetDirectoryFileQuery,
  ListDirectoryFilesQuery,
  UpdateDirectoryFileBody,
  UploadDirectoryFileFields,
} from '../types/directoryFiles.ts';
import type { Scope } from '../types/scope.ts';
import { toJson } from '../types/toJson.ts';
import type { UploadEvent } from '../types/uploadEvent.ts';
import { checkKind } from '../checks/checkKind.ts';

/** So far, in milliseconds, may the clocks be apart of the server that answers and of the one that stores, in whole seconds. */
const CLOCKS_APART = 2_000;

/** A file to upload, with what goes along with it. */
export interface UploadDirectoryFileBody extends UploadDirectoryFileFields {
  /**
   * The file: its path or `file:` URL, a `Blob` or `File`, its bytes, a stream or an async iterable of them, a `Response`, or
   * a file of multer.
   */
  readonly upload_file: UploadSource;
}

/**
 * Emits the file once it is in the directory, then completes.
 *
 * Where it is unknown whether a failed request arrived, a `unique_id` lets the file be looked up,
 * and added again only if it is not there; without one the error is passed on.
 *
 * `POST /api/v1/beta/directories/{directory_id}/files`
 */
export function createDirectoryFile(
  connection: Connection,
  directoryId: string,
  body: CreateDirectoryFileBody,
  query: Scope = {},
): Observable<DirectoryFile> {
  checkKind('createDirectoryFile: body', body, 'object');
  return request(connection, 'POST /api/v1/beta/directories/{directory_id}/files', {
    params: { directory_id: directoryId },
    query,
    body,
    // Another content under this name was there before, and is in the way of this one.
    reconcile: lookUp(
      connection,
      directoryId,
      body.unique_id,
      query,
      ({ file_id }) => typeof file_id !== 'string' || file_id === body.file_id,
    ),
  });
}

/**
 * Emits how much of the file is sent, in bytes, then the file as the server keeps it, then
 * completes.
 *
 * A path is opened when its turn has come and streamed from disk; unsubscribing closes both file and
 * socket. Errors with `FileError` for a file that cannot be read or that changes while it is sent.
 * As for `createDirectoryFile`, only with a `unique_id` is an upload of unknown outcome looked up
 * and repeated, and never an upload of what can be read once only: a stream, an async iterable, a
 * `Response`. Those are destroyed or cancelled in the end. A file that was there before the upload
 * began is not taken for it. A name with quotes or control characters, which a form cannot hold as it
 * is, is sent as `display_name` too, unless there is one.
 *
 * @throws TypeError for an `upload_file` that is no file, or that was read already.
 *
 * `POST /api/v1/beta/directories/{directory_id}/files/upload`
 */
export function uploadDirectoryFile(
  connection: Connection,
  directoryId: string,
  body: UploadDirectoryFileBody,
  query: Scope = {},
): Observable<UploadEvent<DirectoryFile>> {
  checkKind('uploadDirectoryFile: body', body, 'object');
  const { upload_file: file, metadata, ...fields } = body;
  const name = nameOf(file, 'uploadDirectoryFile: upload_file');
  const display_name = body.display_name ?? (name === undefined ? name : nameBehindForm(name));
  return upload(connection, 'POST /api/v1/beta/directories/{directory_id}/files/upload', {
    params: { directory_id: directoryId },
    query,
    file,
    fileField: 'upload_file',
    // The server reads the kind of file off this name, which bytes and streams do not have.
    fileName: name ?? body.display_name ?? undefined,
    fields: { ...fields, display_name, metadata: metadata && toJson(metadata) },
    // What was there before is another content, and is not what was lost.
    reconcile: lookUp(
      connection,
      directoryId,
      body.unique_id,
      query,
      ({ created_at }, begunAt) =>
        !(instantOf(created_at ?? '') / 1_000 < begunAt() - CLOCKS_APART),
    ),
  });
}

/**
 * Emits every file of the directory that matches, in the server's order, then completes. A page is
 * fetched once the page before it has been delivered.
 *
 * `GET /api/v1/beta/directories/{directory_id}/files`
 */
export function listDirectoryFiles(
  connection: Connection,
  directoryId: string,
  query: ListDirectoryFilesQuery = {},
): List<DirectoryFile> {
  wireOf(connection);
  pathOf('GET /api/v1/beta/directories/{directory_id}/files', { directory_id: directoryId }, {});
  checkKind('listDirectoryFiles: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/directories/{directory_id}/files',
    query.page_token ?? undefined,
    byToken,
    (page_token, route) =>
      request(connection, route, {
        params: { directory_id: directoryId },
        query: { ...query, page_token },
      }),
  );
}

/**
 * Emits the file, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/beta/directories/{directory_id}/files/{directory_file_id}`
 */
export function getDirectoryFile(
  connection: Connection,
  directoryId: string,
  directoryFileId: string,
  query: GetDirectoryFileQuery = {},
): Observable<DirectoryFile> {
  return request(
    connection,
    'GET /api/v1/beta/directories/{directory_id}/files/{directory_file_id}',
    { params: { directory_id: directoryId, directory_file_id: directoryFileId }, query },
  );
}

const updateRoute = 'PATCH /api/v1/beta/directories/{directory_id}/files/{directory_file_id}';

/**
 * Emits the file as it is after the change, then completes. Can move it to another directory. Where the answer to a move
 * is lost, and the file is not found when the move is sent again, it is changed where it was to go.
 *
 * `PATCH /api/v1/beta/directories/{directory_id}/files/{directory_file_id}`
 */
export function updateDirectoryFile(
  connection: Connection,
  directoryId: string,
  directoryFileId: string,
  body: UpdateDirectoryFileBody,
  query: Scope = {},
): Observable<DirectoryFile> {
  checkKind('updateDirectoryFile: body', body, 'object');
  const update = request<DirectoryFile, typeof updateRoute>(connection, updateRoute, {
    params: { directory_id: directoryId, directory_file_id: directoryFileId },
    query,
    body,
  });
  const { directory_id: target } = body;
  if (!target || target === directoryId) {
    return update;
  }
  return update.pipe(
    catchError((error: unknown) => {
      if (error instanceof HttpError && error.status === 404 && error.attempts > 1) {
        return updateDirectoryFile(connection, target, directoryFileId, body, query);
      }
      throw error;
    }),
  );
}

/**
 * Emits `undefined` once the file is deleted, then completes.
 *
 * `DELETE /api/v1/beta/directories/{directory_id}/files/{directory_file_id}`
 */
export function deleteDirectoryFile(
  connection: Connection,
  directoryId: string,
  directoryFileId: string,
  query: Scope = {},
): Observable<undefined> {
  return request(
    connection,
    'DELETE /api/v1/beta/directories/{directory_id}/files/{directory_file_id}',
    {
      params: { directory_id: directoryId, directory_file_id: directoryFileId },
      query,
      answer: 'nothing',
    },
  );
}

/**
 * Emits `undefined` once all of the files are deleted, then completes. Takes 100 at most.
 *
 * `POST /api/v1/beta/directories/{directory_id}/files/bulk-delete`
 */
export function deleteDirectoryFiles(
  connection: Connection,
  directoryId: string,
  body: DeleteDirectoryFilesBody,
  query: Scope = {},
): Observable<undefined> {
  return request(connection, 'POST /api/v1/beta/directories/{directory_id}/files/bulk-delete', {
    params: { directory_id: directoryId },
    query,
    body,
    answer: 'nothing',
  });
}

/** How to find out whether a file has arrived, if it has a name to look for. */
function lookUp(
  connection: Connection,
  directoryId: string,
  uniqueId: string | null | undefined,
  query: Scope,
  isOurs: (file: DirectoryFile, begunAt: () => number) => boolean,
): LookUp<DirectoryFile> | undefined {
  return uniqueId
    ? (begunAt) =>
        listDirectoryFiles(connection, directoryId, { ...query, unique_id: uniqueId }).pipe(
          first((file) => file.unique_id === uniqueId && isOurs(file, begunAt), undefined),
        )
    : undefined;
}
