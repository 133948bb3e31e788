/** Directories: the named collections of files that indexes and batch jobs are built from. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { request } from '../http/request.ts';
import type {
  CreateDirectoryBody,
  Directory,
  ListDirectoriesQuery,
  UpdateDirectoryBody,
} from '../types/directories.ts';
import type { Scope } from '../types/scope.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the directory that was created, then completes.
 *
 * `POST /api/v1/beta/directories`
 */
export function createDirectory(
  connection: Connection,
  body: CreateDirectoryBody,
  query: Scope = {},
): Observable<Directory> {
  return request(connection, 'POST /api/v1/beta/directories', { query, body });
}

/**
 * Emits every directory that matches, in the server's order, then completes. A page is fetched once
 * the page before it has been delivered.
 *
 * `GET /api/v1/beta/directories`
 */
export function listDirectories(
  connection: Connection,
  query: ListDirectoriesQuery = {},
): List<Directory> {
  wireOf(connection);
  checkKind('listDirectories: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/directories',
    query.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query: { ...query, page_token } }),
  );
}

/**
 * Emits the directory, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/beta/directories/{directory_id}`
 */
export function getDirectory(
  connection: Connection,
  directoryId: string,
  query: Scope = {},
): Observable<Directory> {
  return request(connection, 'GET /api/v1/beta/directories/{directory_id}', {
    params: { directory_id: directoryId },
    query,
  });
}

/**
 * Emits the directory as it is after the change, then completes.
 *
 * `PATCH /api/v1/beta/directories/{directory_id}`
 */
export function updateDirectory(
  connection: Connection,
  directoryId: string,
  body: UpdateDirectoryBody,
  query: Scope = {},
): Observable<Directory> {
  return request(connection, 'PATCH /api/v1/beta/directories/{directory_id}', {
    params: { directory_id: directoryId },
    query,
    body,
  });
}

/**
 * Emits `undefined` once the directory is deleted, then completes.
 *
 * `DELETE /api/v1/beta/directories/{directory_id}`
 */
export function deleteDirectory(
  connection: Connection,
  directoryId: string,
  query: Scope = {},
): Observable<undefined> {
  return request(connection, 'DELETE /api/v1/beta/directories/{directory_id}', {
    params: { directory_id: directoryId },
    query,
    answer: 'nothing',
  });
}
