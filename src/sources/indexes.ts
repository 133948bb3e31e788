/** Indexes: searchable copies of directories. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { poll } from '../http/poll.ts';
import { request } from '../http/request.ts';
import type { WatchConfig } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { CreateIndexBody, Index, ListIndexesQuery } from '../types/indexes.ts';
import type { Scope } from '../types/scope.ts';
import { toJson } from '../types/toJson.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits every index that matches, in the server's order, then completes. A page is fetched once the
 * page before it has been delivered.
 *
 * `GET /api/v1/indexes`
 */
export function listIndexes(connection: Connection, query: ListIndexesQuery = {}): List<Index> {
  wireOf(connection);
  checkKind('listIndexes: query', query, 'object');
  return paginate(
    'GET /api/v1/indexes',
    query.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query: { ...query, page_token } }),
  );
}

/**
 * Emits the index that was created, then completes. It can be searched once it is built: see
 * `watchIndex`.
 *
 * `POST /api/v1/indexes`
 */
export function createIndex(
  connection: Connection,
  body: CreateIndexBody,
  query: Scope = {},
): Observable<Index> {
  return request(connection, 'POST /api/v1/indexes', { query, body });
}

/**
 * Emits the index, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/indexes/{index_id}`
 */
export function getIndex(
  connection: Connection,
  indexId: string,
  query: Scope = {},
): Observable<Index> {
  return request(connection, 'GET /api/v1/indexes/{index_id}', {
    params: { index_id: indexId },
    query,
  });
}

/**
 * Emits `undefined` once the index is deleted, then completes. Its directory stays.
 *
 * `DELETE /api/v1/indexes/{index_id}`
 */
export function deleteIndex(
  connection: Connection,
  indexId: string,
  query: Scope = {},
): Observable<undefined> {
  return request(connection, 'DELETE /api/v1/indexes/{index_id}', {
    params: { index_id: indexId },
    query,
    answer: 'nothing',
  });
}

/**
 * Has the index take in what changed in its directory. Emits once the server has taken the order,
 * then completes; the work itself goes on: see `watchIndex`. What is emitted is the server's
 * answer, which the API does not describe.
 *
 * `POST /api/v1/indexes/{index_id}/sync`
 */
export function syncIndex(
  connection: Connection,
  indexId: string,
  query: Scope = {},
): Observable<unknown> {
  return request(connection, 'POST /api/v1/indexes/{index_id}/sync', {
    params: { index_id: indexId },
    query,
    answer: 'any',
  });
}

/**
 * Emits the index now and after each change, and completes after the one that ends its build:
 * `metadata.status` is `ready` or `failed`. Unsubscribing stops the watching and leaves the build
 * alone. Errors with `JobError` when `config.timeout` is over first, or there is no such index or
 * no longer.
 *
 * Asks `GET /api/v1/indexes/{index_id}`
 */
export function watchIndex(
  connection: Connection,
  indexId: string,
  config: WatchConfig = {},
  query: Scope = {},
): Observable<Index> {
  return poll(
    getIndex(connection, indexId, query),
    {
      route: 'GET /api/v1/indexes/{index_id}',
      id: (index) => index.id,
      isDone: ({ metadata }) => isFinalStatus(metadata?.status),
      changeKey: toJson,
    },
    config,
  ).pipe(endAtClose(connection, 'GET /api/v1/indexes/{index_id}'));
}
