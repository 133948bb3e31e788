/** Split: finding the documents that were bound together into one. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { poll } from '../http/poll.ts';
import { request } from '../http/request.ts';
import type { WatchConfig } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { Scope } from '../types/scope.ts';
import { toJson } from '../types/toJson.ts';
import type { CreateSplitJobBody, ListSplitJobsQuery, SplitJob } from '../types/split.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the job that was created, then completes. The job itself goes on: see `watchSplitJob`.
 *
 * `POST /api/v1/beta/split/jobs`
 */
export function createSplitJob(
  connection: Connection,
  body: CreateSplitJobBody,
  query: Scope = {},
): Observable<SplitJob> {
  return request(connection, 'POST /api/v1/beta/split/jobs', { query, body });
}

/**
 * Emits every job that matches, in the server's order, then completes. A page is fetched once the
 * page before it has been delivered.
 *
 * `GET /api/v1/beta/split/jobs`
 */
export function listSplitJobs(
  connection: Connection,
  query: ListSplitJobsQuery = {},
): List<SplitJob> {
  wireOf(connection);
  checkKind('listSplitJobs: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/split/jobs',
    query.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query: { ...query, page_token } }),
  );
}

/**
 * Emits the job, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/beta/split/jobs/{split_job_id}`
 */
export function getSplitJob(
  connection: Connection,
  jobId: string,
  query: Scope = {},
): Observable<SplitJob> {
  return request(connection, 'GET /api/v1/beta/split/jobs/{split_job_id}', {
    params: { split_job_id: jobId },
    query,
  });
}

/**
 * Emits the job now and after each change, and completes after the one that ends it: `completed`,
 * `failed` or `cancelled`. Unsubscribing stops the watching and leaves the job alone. Errors with
 * `JobError` when `config.timeout` is over first, or there is no such job or no longer.
 *
 * Asks `GET /api/v1/beta/split/jobs/{split_job_id}`
 */
export function watchSplitJob(
  connection: Connection,
  jobId: string,
  config: WatchConfig = {},
  query: Scope = {},
): Observable<SplitJob> {
  return poll(
    getSplitJob(connection, jobId, query),
    {
      route: 'GET /api/v1/beta/split/jobs/{split_job_id}',
      id: (job) => job.id,
      isDone: ({ status }) => isFinalStatus(status),
      changeKey: toJson,
    },
    config,
  ).pipe(endAtClose(connection, 'GET /api/v1/beta/split/jobs/{split_job_id}'));
}
