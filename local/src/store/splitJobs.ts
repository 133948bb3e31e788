import { randomUUID } from 'node:crypto';
import type {
  SplitCategory,
  SplitJob,
  SplitJobStatus,
  SplitSegment,
} from '../../../src/types/split.ts';
import type { PageStart } from '../http/page.ts';
import {
  allowUncategorized,
  splitCategories,
  splitJobStatus,
  splitSegments,
} from '../schemas/split.ts';
import type { AllowUncategorized } from '../split/splitPages.ts';
import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { text, textOrNull } from './row.ts';

/** Split jobs, which are also the queue of those who work on them. */
export const splitJobsSchema = `
  CREATE TABLE IF NOT EXISTS split_jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    file_id TEXT NOT NULL REFERENCES files (id),
    categories TEXT NOT NULL,
    allow_uncategorized TEXT NOT NULL,
    status TEXT NOT NULL,
    segments TEXT,
    error_message TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS open_split_jobs ON split_jobs (seq) WHERE status = 'pending';
`;

/** A split job to store. */
export interface NewSplitJob {
  readonly project_id: string;
  readonly user_id: string;
  readonly file_id: string;
  readonly categories: readonly SplitCategory[];
  readonly allow_uncategorized: AllowUncategorized;
}

/** Which split jobs a list shows; `null` leaves a filter out. Times are UTC text. */
export interface SplitJobFilter {
  readonly project: string;
  readonly status: SplitJobStatus | null;
  readonly ids: readonly string[] | null;
  readonly since: string | null;
  readonly until: string | null;
}

/** A job that someone has taken on. */
export interface TakenSplitJob {
  readonly id: string;
  readonly file_id: string;
  readonly categories: readonly SplitCategory[];
  readonly allow_uncategorized: AllowUncategorized;
}

/** What became of a job. */
export type SplitOutcome =
  | { readonly status: 'completed'; readonly segments: readonly SplitSegment[] }
  | { readonly status: 'failed'; readonly error: string };

/** A row as it goes over the wire. */
export function toSplitJob(row: Row): SplitJob {
  const segments = textOrNull(row, 'segments');
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    user_id: text(row, 'user_id'),
    document_input: { type: 'file_id', value: text(row, 'file_id') },
    categories: categoriesIn(row),
    configuration_id: null,
    status: splitJobStatus.parse(text(row, 'status')),
    result: segments === null ? null : { segments: splitSegments.parse(JSON.parse(segments)) },
    error_message: textOrNull(row, 'error_message'),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
  };
}

/** Stores a new job, which waits to be taken. */
export function insertSplitJob({ sql, timestamp }: Database, job: NewSplitJob): SplitJob {
  const id = `spl-${randomUUID()}`;
  const now = timestamp();
  const row = sql.get`
    INSERT INTO split_jobs (id, project_id, user_id, file_id, categories, allow_uncategorized,
      status, created_at, updated_at)
    VALUES (${id}, ${job.project_id}, ${job.user_id}, ${job.file_id},
      ${JSON.stringify(job.categories)}, ${job.allow_uncategorized}, 'pending', ${now}, ${now})
    RETURNING *`;
  if (row === undefined) {
    throw new Error(`Split job ${id} was not stored`);
  }
  return toSplitJob(row);
}

/** The job, unless it is not there or is in a project other than `project`. */
export function findSplitJob(
  { sql }: Database,
  id: string,
  project: string | null,
): SplitJob | undefined {
  const row = sql.get`
    SELECT * FROM split_jobs
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toSplitJob(row);
}

/** One page of a project's jobs, oldest first. */
export function selectSplitJobs(
  { sql }: Database,
  start: PageStart,
  { project, status, ids, since, until }: SplitJobFilter,
): readonly Row[] {
  const wanted = ids === null ? null : JSON.stringify(ids);
  return sql.all`
    SELECT * FROM split_jobs
    WHERE seq > ${start.after} AND project_id = ${project}
      AND (${status} IS NULL OR status = ${status})
      AND (${wanted} IS NULL OR id IN (SELECT value FROM json_each(${wanted})))
      AND (${since} IS NULL OR created_at >= ${since})
      AND (${until} IS NULL OR created_at <= ${until})
    ORDER BY seq LIMIT ${start.limit}`;
}

/** Puts back what was being worked on when the last process ended. */
export function requeueSplitJobs({ sql }: Database): void {
  sql.run`UPDATE split_jobs SET status = 'pending' WHERE status = 'processing'`;
}

/** Takes the oldest job that waits. */
export function takeSplitJob({ sql, timestamp }: Database): TakenSplitJob | undefined {
  const row = sql.get`
    UPDATE split_jobs SET status = 'processing', updated_at = ${timestamp()}
    WHERE seq = (SELECT min(seq) FROM split_jobs WHERE status = 'pending')
    RETURNING *`;
  return row === undefined
    ? undefined
    : {
        id: text(row, 'id'),
        file_id: text(row, 'file_id'),
        categories: categoriesIn(row),
        allow_uncategorized: allowedIn(row),
      };
}

/** Writes what became of a job. */
export function finishSplitJob(
  { sql, timestamp }: Database,
  id: string,
  outcome: SplitOutcome,
): void {
  const segments = outcome.status === 'completed' ? JSON.stringify(outcome.segments) : null;
  const error = outcome.status === 'failed' ? outcome.error : null;
  sql.run`
    UPDATE split_jobs
    SET status = ${outcome.status}, segments = ${segments}, error_message = ${error},
        updated_at = ${timestamp()}
    WHERE id = ${id}`;
}

function categoriesIn(row: Row): readonly SplitCategory[] {
  return splitCategories.parse(JSON.parse(text(row, 'categories')));
}

function allowedIn(row: Row): AllowUncategorized {
  return allowUncategorized.parse(text(row, 'allow_uncategorized'));
}
