import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Hono } from 'hono';
import type { SheetsJob, SheetsResultType } from '../../../src/types/sheets.ts';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { sendFile } from '../http/sendFile.ts';
import { check, readBody, readQuery } from '../http/validate.ts';
import { scopeQuery } from '../schemas/query.ts';
import {
  createSheetsJobBody,
  getSheetsJobQuery,
  getSheetsRegionResultQuery,
  listSheetsJobsQuery,
  sheetsConfig,
  sheetsResultPath,
} from '../schemas/sheets.ts';
import { findFile } from '../store/files.ts';
import { number } from '../store/row.ts';
import { setting } from '../store/settings.ts';
import {
  findSheetsJob,
  insertSheetsJob,
  selectSheetsJobs,
  toSheetsJob,
} from '../store/sheetsJobs.ts';

const collection = '/api/v1/beta/sheets/jobs';
const member = `${collection}/:spreadsheet_job_id` as const;

/**
 * Routes of the sheets jobs: create, list, get, delete, and the link to a region's result, which
 * `GET /files/sheets/…` follows without a key.
 */
export function sheets(context: CloudContext): Hono<CloudEnv> {
  const { database, defaultProject, presignedUrls, sheetsRunner: runner } = context;

  const find = (id: string, project: string | undefined, results: boolean): SheetsJob => {
    const row = findSheetsJob(database, id, project ?? null);
    if (row === undefined) {
      throw notFound('Sheets job', id);
    }
    return toSheetsJob(database, row, results);
  };

  const app = new Hono<CloudEnv>();

  app.post(collection, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { file_id, config = sheetsConfig.parse({}) } = await readBody(c, createSheetsJobBody);
    const file = findFile(database, file_id, project_id ?? null);
    if (file === undefined) {
      throw notFound('File', file_id);
    }
    const row = insertSheetsJob(database, {
      project_id: file.project_id,
      user_id: setting(database, 'user_id', randomUUID),
      file_id: file.id,
      config,
    });
    runner.wake();
    return c.json(toSheetsJob(database, row, true));
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listSheetsJobsQuery);
    const start = pageAt('sheets-jobs', query);
    const rows = selectSheetsJobs(database, start, {
      project: query.project_id ?? defaultProject,
      status: query.status ?? null,
      ids: query.job_ids ?? null,
      since: query.created_at_on_or_after ?? null,
      until: query.created_at_on_or_before ?? null,
    });
    const results = query.include_results ?? false;
    return c.json(
      toPage(
        'sheets-jobs',
        start,
        rows,
        (row) => number(row, 'seq'),
        (row) => toSheetsJob(database, row, results),
      ),
    );
  });

  app.get(member, (c) => {
    const { project_id, include_results = true } = readQuery(c, getSheetsJobQuery);
    return c.json(find(c.req.param('spreadsheet_job_id'), project_id, include_results));
  });

  // A job that is under way becomes one that was cancelled, for those who wait for its end; one
  // that has ended goes away. Both answer with the job as it was left.
  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const job = find(c.req.param('spreadsheet_job_id'), project_id, false);
    if (job.status === 'PENDING') {
      runner.cancel(job.id);
      return c.json(find(job.id, project_id, false));
    }
    runner.remove(job.id);
    return c.json(job);
  });

  app.get(`${member}/regions/:region_id/result/:region_type`, (c) => {
    const { project_id, expires_at_seconds } = readQuery(c, getSheetsRegionResultQuery);
    const { spreadsheet_job_id: jobId, region_id: regionId, ...rest } = c.req.param();
    const { region_type } = check('path', rest, sheetsResultPath);
    const job = find(jobId, project_id, true);
    if (job.status === 'PENDING') {
      throw new ApiProblem(409, `Sheets job ${jobId} has no results yet; wait until it has ended`);
    }
    const region = job.regions?.find(({ region_id }) => region_id === regionId);
    if (region === undefined) {
      throw notFound(`Region of sheets job ${jobId}`, regionId);
    }
    if (region_type !== 'cell_metadata' && region_type !== region.region_type) {
      throw new ApiProblem(
        404,
        `Region ${regionId} is of the type ${region.region_type}, not ${region_type}; ` +
          `ask for ${region.region_type} or cell_metadata`,
      );
    }
    const { origin } = new URL(c.req.url);
    const lifetime = expires_at_seconds === undefined ? undefined : expires_at_seconds * 1_000;
    return c.json(presignedUrls.create(origin, signedName(jobId, regionId, region_type), lifetime));
  });

  app.get('/files/sheets/:job_id/:region_id/:region_type', async (c) => {
    const { job_id: jobId, region_id: regionId, ...rest } = c.req.param();
    const { region_type } = check('path', rest, sheetsResultPath);
    const { expires = '', signature = '' } = c.req.query();
    const refusal = presignedUrls.refusal(
      signedName(jobId, regionId, region_type),
      expires,
      signature,
    );
    if (refusal !== undefined) {
      throw new ApiProblem(403, refusal);
    }
    if (findSheetsJob(database, jobId, null) === undefined) {
      throw notFound('Sheets job', jobId);
    }
    const path = runner.resultPath(jobId, regionId, region_type);
    const { size } = await stat(path);
    return sendFile(c, {
      path,
      size,
      // A result is written once, and its name is used for nothing else.
      etag: `"${regionId}.${region_type}.${size}"`,
      headers: {
        'content-type': 'application/vnd.apache.parquet',
        'content-disposition': `attachment; filename="${regionId}.${region_type}.parquet"`,
        'x-content-type-options': 'nosniff',
      },
    });
  });

  return app;
}

/** What a link to a result is signed for, and its path below `/files/`. */
function signedName(jobId: string, regionId: string, type: SheetsResultType): string {
  return `sheets/${jobId}/${regionId}/${type}`;
}
