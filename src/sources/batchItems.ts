/** The files of a batch job, one by one. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byOffset, paginate } from '../http/paginate.ts';
import { request } from '../http/request.ts';
import type {
  BatchItem,
  BatchItemResults,
  GetBatchItemResultsQuery,
  ListBatchJobItemsQuery,
} from '../types/batchItems.ts';
import { checkKind } from '../checks/checkKind.ts';
import { pathOf } from '../http/route.ts';

/**
 * Emits every file of the job that matches, in the server's order, then completes. A page of
 * `limit` files is fetched once the page before it has been delivered.
 *
 * `GET /api/v1/beta/batch-processing/{job_id}/items`
 */
export function listBatchJobItems(
  connection: Connection,
  jobId: string,
  query: ListBatchJobItemsQuery = {},
): List<BatchItem> {
  wireOf(connection);
  pathOf('GET /api/v1/beta/batch-processing/{job_id}/items', { job_id: jobId }, {});
  checkKind('listBatchJobItems: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/batch-processing/{job_id}/items',
    query.offset ?? 0,
    byOffset,
    (offset, route) =>
      request(connection, route, { params: { job_id: jobId }, query: { ...query, offset } }),
  );
}

/**
 * Emits all that batch jobs have made of one file, then completes.
 *
 * `GET /api/v1/beta/batch-processing/items/{item_id}/processing-results`
 */
export function getBatchItemResults(
  connection: Connection,
  itemId: string,
  query: GetBatchItemResultsQuery = {},
): Observable<BatchItemResults> {
  return request(
    connection,
    'GET /api/v1/beta/batch-processing/items/{item_id}/processing-results',
    { params: { item_id: itemId }, query },
  );
}
