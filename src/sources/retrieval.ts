/** Retrieval: finding passages of an index, and looking into its files. */

import type { Observable } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { request } from '../http/request.ts';
import type {
  GrepFileAnswer,
  GrepFileBody,
  ReadFileAnswer,
  ReadFileBody,
  RetrieveAnswer,
  RetrieveBody,
  SearchFilesAnswer,
  SearchFilesBody,
} from '../types/retrieval.ts';
import type { Scope } from '../types/scope.ts';

/**
 * Emits the passages that answer a question, best first, then completes.
 *
 * `POST /api/v1/retrieval/retrieve`
 */
export function retrieve(
  connection: Connection,
  body: RetrieveBody,
  query: Scope = {},
): Observable<RetrieveAnswer> {
  return request(connection, 'POST /api/v1/retrieval/retrieve', { query, body });
}

/**
 * Emits the files of an index whose name matches, then completes.
 *
 * `POST /api/v1/retrieval/files/search`
 */
export function searchFiles(
  connection: Connection,
  body: SearchFilesBody,
  query: Scope = {},
): Observable<SearchFilesAnswer> {
  return request(connection, 'POST /api/v1/retrieval/files/search', { query, body });
}

/**
 * Emits the places of a file's text that match a regular expression, then completes.
 *
 * `POST /api/v1/retrieval/files/grep`
 */
export function grepFile(
  connection: Connection,
  body: GrepFileBody,
  query: Scope = {},
): Observable<GrepFileAnswer> {
  return request(connection, 'POST /api/v1/retrieval/files/grep', { query, body });
}

/**
 * Emits a part of a file's text, or all of it, then completes.
 *
 * `POST /api/v1/retrieval/files/read`
 */
export function readFile(
  connection: Connection,
  body: ReadFileBody,
  query: Scope = {},
): Observable<ReadFileAnswer> {
  return request(connection, 'POST /api/v1/retrieval/files/read', { query, body });
}
