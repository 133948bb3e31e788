/** Batch jobs: the same work done on many files. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byOffset, paginate } from '../http/paginate.ts';
import { poll } from '../http/poll.ts';
import { request } from '../http/request.ts';
import type { WatchConfig } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import type {
  BatchJob,
  BatchJobHeaders,
  BatchJobProgress,
  CancelBatchJobBody,
  CancelledBatchJob,
  CreateBatchJobBody,
  ListBatchJobsQuery,
} from '../types/batchJobs.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { Scope } from '../types/scope.ts';
import { toJson } from '../types/toJson.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the job that was created, then completes. The job itself goes on: see `watchBatchJob`.
 *
 * `POST /api/v1/beta/batch-processing`
 */
export function createBatchJob(
  connection: Connection,
  body: CreateBatchJobBody,
  query: Scope = {},
  headers: BatchJobHeaders = {},
): Observable<BatchJob> {
  checkKind('createBatchJob: headers', headers, 'object');
  return request(connection, 'POST /api/v1/beta/batch-processing', {
    query,
    body,
    headers: { ...headers },
  });
}

/**
 * Emits every batch job that matches, in the server's order, then completes. A page of `limit` jobs
 * is fetched once the page before it has been delivered.
 *
 * `GET /api/v1/beta/batch-processing`
 */
export function listBatchJobs(
  connection: Connection,
  query: ListBatchJobsQuery = {},
): List<BatchJob> {
  wireOf(connection);
  checkKind('listBatchJobs: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/batch-processing',
    query.offset ?? 0,
    byOffset,
    (offset, route) => request(connection, route, { query: { ...query, offset } }),
  );
}

/**
 * Emits the job and how far it has come, then completes.
 *
 * `GET /api/v1/beta/batch-processing/{job_id}`
 */
export function getBatchJob(
  connection: Connection,
  jobId: string,
  query: Scope = {},
): Observable<BatchJobProgress> {
  return request(connection, 'GET /api/v1/beta/batch-processing/{job_id}', {
    params: { job_id: jobId },
    query,
  });
}

/**
 * Emits what came of cancelling, then completes. Files that are being worked on may still be
 * finished.
 *
 * `POST /api/v1/beta/batch-processing/{job_id}/cancel`
 */
export function cancelBatchJob(
  connection: Connection,
  jobId: string,
  body: CancelBatchJobBody = {},
  query: Scope = {},
  headers: BatchJobHeaders = {},
): Observable<CancelledBatchJob> {
  checkKind('cancelBatchJob: headers', headers, 'object');
  return request(connection, 'POST /api/v1/beta/batch-processing/{job_id}/cancel', {
    params: { job_id: jobId },
    query,
    body,
    headers: { ...headers },
  });
}

/**
 * Emits the job now and after each change, and completes after the one that ends it: `completed`,
 * `failed` or `cancelled`. Unsubscribing stops the watching and leaves the job alone. Errors with
 * `JobError` when `config.timeout` is over first, or there is no such job or no longer.
 *
 * Asks `GET /api/v1/beta/batch-processing/{job_id}`
 */
export function watchBatchJob(
  connection: Connection,
  jobId: string,
  config: WatchConfig = {},
  query: Scope = {},
): Observable<BatchJobProgress> {
  return poll(
    getBatchJob(connection, jobId, query),
    {
      route: 'GET /api/v1/beta/batch-processing/{job_id}',
      id: ({ job }) => job.id,
      isDone: ({ job }) => isFinalStatus(job.status),
      changeKey: toJson,
    },
    config,
  ).pipe(endAtClose(connection, 'GET /api/v1/beta/batch-processing/{job_id}'));
}
