/** Sheets: taking spreadsheets apart into tables. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { poll } from '../http/poll.ts';
import { request } from '../http/request.ts';
import type { WatchConfig } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import type { Scope } from '../types/scope.ts';
import { toJson } from '../types/toJson.ts';
import type {
  CreateSheetsJobBody,
  GetSheetsJobQuery,
  GetSheetsRegionResultQuery,
  ListSheetsJobsQuery,
  SheetsJob,
  SheetsResultType,
} from '../types/sheets.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the job that was created, then completes. The job itself goes on: see `watchSheetsJob`.
 *
 * `POST /api/v1/beta/sheets/jobs`
 */
export function createSheetsJob(
  connection: Connection,
  body: CreateSheetsJobBody,
  query: Scope = {},
): Observable<SheetsJob> {
  return request(connection, 'POST /api/v1/beta/sheets/jobs', { query, body });
}

/**
 * Emits every job that matches, in the server's order, then completes. A page is fetched once the
 * page before it has been delivered. Regions are left out unless `include_results` is set.
 *
 * `GET /api/v1/beta/sheets/jobs`
 */
export function listSheetsJobs(
  connection: Connection,
  query: ListSheetsJobsQuery = {},
): List<SheetsJob> {
  wireOf(connection);
  checkKind('listSheetsJobs: query', query, 'object');
  return paginate(
    'GET /api/v1/beta/sheets/jobs',
    query.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query: { ...query, page_token } }),
  );
}

/**
 * Emits the job, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}`
 */
export function getSheetsJob(
  connection: Connection,
  jobId: string,
  query: GetSheetsJobQuery = {},
): Observable<SheetsJob> {
  return request(connection, 'GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}', {
    params: { spreadsheet_job_id: jobId },
    query,
  });
}

/**
 * Emits once the job and its results are deleted, then completes. What is emitted is the server's
 * answer, which the API does not describe.
 *
 * `DELETE /api/v1/beta/sheets/jobs/{spreadsheet_job_id}`
 */
export function deleteSheetsJob(
  connection: Connection,
  jobId: string,
  query: Scope = {},
): Observable<unknown> {
  return request(connection, 'DELETE /api/v1/beta/sheets/jobs/{spreadsheet_job_id}', {
    params: { spreadsheet_job_id: jobId },
    query,
    answer: 'any',
  });
}

/**
 * Emits a link to what was taken out of a region, a Parquet file, then completes.
 * `downloadPresignedUrl` fetches it.
 *
 * `GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}/regions/{region_id}/result/{region_type}`
 */
export function getSheetsRegionResult(
  connection: Connection,
  jobId: string,
  regionId: string,
  regionType: SheetsResultType,
  query: GetSheetsRegionResultQuery = {},
): Observable<PresignedUrl> {
  return request(
    connection,
    'GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}/regions/{region_id}/result/{region_type}',
    {
      params: { spreadsheet_job_id: jobId, region_id: regionId, region_type: regionType },
      query,
    },
  );
}

/**
 * Emits the job now and after each change, and completes after the one that ends it: `SUCCESS`,
 * `PARTIAL_SUCCESS`, `ERROR` or `CANCELLED`. Unsubscribing stops the watching and leaves the job
 * alone. Errors with `JobError` when `config.timeout` is over first, or there is no such job or no
 * longer.
 *
 * Asks `GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}`
 */
export function watchSheetsJob(
  connection: Connection,
  jobId: string,
  config: WatchConfig = {},
  query: GetSheetsJobQuery = {},
): Observable<SheetsJob> {
  return poll(
    getSheetsJob(connection, jobId, query),
    {
      route: 'GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}',
      id: (job) => job.id,
      isDone: ({ status }) => isFinalStatus(status),
      changeKey: toJson,
    },
    config,
  ).pipe(endAtClose(connection, 'GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}'));
}
