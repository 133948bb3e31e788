import { randomUUID } from 'node:crypto';
import { extname } from 'node:path';
import { z } from 'zod';
import type { JobStatus } from '../../../src/types/jobStatus.ts';
import type { SheetsConfig, SheetsJob, StoredFile as WireFile } from '../../../src/types/sheets.ts';
import type { PageStart } from '../http/page.ts';
import {
  sheetsConfig,
  sheetsJobStatus,
  sheetsRegions,
  worksheetMetadata,
} from '../schemas/sheets.ts';
import type { SheetsOutcome } from '../sheets/takeApart.ts';
import type { StoredFile } from './files.ts';
import { findFile } from './files.ts';
import type { Database } from './openDatabase.ts';
import { rowsChanged } from './openDatabase.ts';
import type { Row } from './row.ts';
import { text } from './row.ts';

/** Sheets jobs, which are also the queue of those who work on them. */
export const sheetsJobsSchema = `
  CREATE TABLE IF NOT EXISTS sheets_jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    file_id TEXT NOT NULL REFERENCES files (id),
    config TEXT NOT NULL,
    status TEXT NOT NULL,
    regions TEXT NOT NULL DEFAULT '[]',
    worksheets TEXT NOT NULL DEFAULT '[]',
    errors TEXT NOT NULL DEFAULT '[]',
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS open_sheets_jobs ON sheets_jobs (seq) WHERE status = 'PENDING';
`;

/** Which sheets jobs a list shows; `null` leaves a filter out. Times are UTC text. */
export interface SheetsJobFilter {
  readonly project: string;
  readonly status: JobStatus | null;
  readonly ids: readonly string[] | null;
  readonly since: string | null;
  readonly until: string | null;
}

/** A job that waits for its results. */
export interface OpenSheetsJob {
  readonly id: string;
  readonly fileId: string;
  readonly config: SheetsConfig;
}

/** What became of a job; `errors` may also say what was left undone in a success. */
export interface SheetsResult extends Pick<SheetsOutcome, 'regions' | 'worksheets'> {
  readonly status: Exclude<JobStatus, 'PENDING'>;
  readonly errors: readonly string[];
}

const sentences = z.array(z.string());

/** A row as it goes over the wire, with its file. Without `results` the lists of them are empty. */
export function toSheetsJob(database: Database, row: Row, results: boolean): SheetsJob {
  const status = sheetsJobStatus.parse(text(row, 'status'));
  const file = findFile(database, text(row, 'file_id'));
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    user_id: text(row, 'user_id'),
    file_id: text(row, 'file_id'),
    file: file === undefined ? null : wireFile(file),
    config: configIn(row),
    status,
    success: status === 'PENDING' ? null : status === 'SUCCESS',
    regions: results ? sheetsRegions.parse(JSON.parse(text(row, 'regions'))) : [],
    worksheet_metadata: results ? worksheetMetadata.parse(JSON.parse(text(row, 'worksheets'))) : [],
    errors: sentences.parse(JSON.parse(text(row, 'errors'))),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
  };
}

/** Stores a new job, which waits to be worked on, and gives its row. */
export function insertSheetsJob(
  { sql, timestamp }: Database,
  job: {
    readonly project_id: string;
    readonly user_id: string;
    readonly file_id: string;
    readonly config: SheetsConfig;
  },
): Row {
  const id = `sht-${randomUUID()}`;
  const now = timestamp();
  const row = sql.get`
    INSERT INTO sheets_jobs (id, project_id, user_id, file_id, config, status, created_at, updated_at)
    VALUES (${id}, ${job.project_id}, ${job.user_id}, ${job.file_id},
      ${JSON.stringify(job.config)}, 'PENDING', ${now}, ${now})
    RETURNING *`;
  if (row === undefined) {
    throw new Error(`Sheets job ${id} was not stored`);
  }
  return row;
}

/** The job's row, unless it is not there or is in a project other than `project`. */
export function findSheetsJob(
  { sql }: Database,
  id: string,
  project: string | null,
): Row | undefined {
  return sql.get`
    SELECT * FROM sheets_jobs
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
}

/** One page of a project's jobs, oldest first. */
export function selectSheetsJobs(
  { sql }: Database,
  start: PageStart,
  { project, status, ids, since, until }: SheetsJobFilter,
): readonly Row[] {
  const wanted = ids === null ? null : JSON.stringify(ids);
  return sql.all`
    SELECT * FROM sheets_jobs
    WHERE seq > ${start.after} AND project_id = ${project}
      AND (${status} IS NULL OR status = ${status})
      AND (${wanted} IS NULL OR id IN (SELECT value FROM json_each(${wanted})))
      AND (${since} IS NULL OR created_at >= ${since})
      AND (${until} IS NULL OR created_at <= ${until})
    ORDER BY seq LIMIT ${start.limit}`;
}

/** The oldest job that waits and is not one of those that are being worked on. */
export function nextSheetsJob(
  { sql }: Database,
  underWay: Iterable<string>,
): OpenSheetsJob | undefined {
  const row = sql.get`
    SELECT * FROM sheets_jobs
    WHERE status = 'PENDING'
      AND id NOT IN (SELECT value FROM json_each(${JSON.stringify([...underWay])}))
    ORDER BY seq LIMIT 1`;
  return row === undefined
    ? undefined
    : { id: text(row, 'id'), fileId: text(row, 'file_id'), config: configIn(row) };
}

/** Writes what became of a job; `false` when it does not wait for that, having been cancelled. */
export function finishSheetsJob(
  { sql, timestamp }: Database,
  id: string,
  result: SheetsResult,
): boolean {
  const changed = rowsChanged(sql.run`
    UPDATE sheets_jobs
    SET status = ${result.status}, regions = ${JSON.stringify(result.regions)},
        worksheets = ${JSON.stringify(result.worksheets)}, errors = ${JSON.stringify(result.errors)},
        updated_at = ${timestamp()}
    WHERE id = ${id} AND status = 'PENDING'`);
  return changed > 0;
}

/** Removes a job that has ended. */
export function deleteSheetsJob({ sql }: Database, id: string): void {
  sql.run`DELETE FROM sheets_jobs WHERE id = ${id}`;
}

/** The ids, of those given, whose jobs have no results and never will, or are gone. */
export function withoutSheetsResults({ sql }: Database, ids: readonly string[]): string[] {
  return sql.all`
    SELECT value AS id FROM json_each(${JSON.stringify(ids)})
    WHERE value NOT IN (SELECT id FROM sheets_jobs WHERE status NOT IN ('ERROR', 'CANCELLED'))
  `.map((row) => text(row, 'id'));
}

function configIn(row: Row): SheetsConfig {
  return sheetsConfig.parse(JSON.parse(text(row, 'config')));
}

function wireFile({ id, project_id, name, external_file_id, size }: StoredFile): WireFile {
  const extension = extname(name).slice(1).toLowerCase();
  return {
    id,
    project_id,
    name,
    external_file_id,
    file_size: size,
    file_type: extension === '' ? null : extension,
  };
}
