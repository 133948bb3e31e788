import { createHash, randomUUID } from 'node:crypto';
import type {
  BatchJob,
  BatchJobConfig,
  BatchJobStatus,
  BatchJobType,
} from '../../../src/types/batchJobs.ts';
import { batchJobConfig, batchJobStatus } from '../schemas/batchJobs.ts';
import { announcedItem, announceItem } from '../webhooks/announceItem.ts';
import { webhookTargets } from '../webhooks/webhookTargets.ts';
import type { Database } from './openDatabase.ts';
import { rowsChanged } from './openDatabase.ts';
import type { Row } from './row.ts';
import { number, text, textOrNull } from './row.ts';

/** Batch jobs. The counts are kept in step with `batch_items` by the same transactions. */
export const batchJobsSchema = `
  CREATE TABLE IF NOT EXISTS batch_jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    directory_id TEXT,
    job_config TEXT NOT NULL,
    parameters_hash TEXT NOT NULL,
    priority INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_message TEXT,
    total_items INTEGER NOT NULL,
    processed_items INTEGER NOT NULL DEFAULT 0,
    failed_items INTEGER NOT NULL DEFAULT 0,
    skipped_items INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    effective_at TEXT NOT NULL,
    started_at TEXT,
    completed_at TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS open_batch_jobs
    ON batch_jobs (priority DESC, seq) WHERE status IN ('pending', 'running');
`;

/** A batch job to store, and which files it is about: a directory's, or those with these ids. */
export interface NewBatchJob {
  readonly project_id: string;
  readonly directory_id: string | null;
  readonly item_ids: readonly string[];
  readonly job_config: BatchJobConfig;
  /** Jobs with a higher number go first. */
  readonly priority: number;
}

/** A row as it goes over the wire. `processed_items` counts the files that were worked on with success. */
export function toBatchJob(row: Row): BatchJob {
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    job_type: jobTypeOf(jobConfigOf(row)),
    status: batchJobStatus.parse(text(row, 'status')),
    effective_at: text(row, 'effective_at'),
    job_record_id: null,
    error_message: textOrNull(row, 'error_message'),
    directory_id: textOrNull(row, 'directory_id'),
    total_items: number(row, 'total_items'),
    processed_items: number(row, 'processed_items'),
    failed_items: number(row, 'failed_items'),
    skipped_items: number(row, 'skipped_items'),
    workflow_id: null,
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
    started_at: textOrNull(row, 'started_at'),
    completed_at: textOrNull(row, 'completed_at'),
  };
}

/** What a job with these settings does: to have rules is what makes it classify. */
export function jobTypeOf(config: BatchJobConfig): BatchJobType {
  return 'rules' in config ? 'classify' : 'parse';
}

/** The settings of a job as they were given. */
export function jobConfigOf(row: Row): BatchJobConfig {
  return batchJobConfig.parse(JSON.parse(text(row, 'job_config')));
}

/** Stores a job with an item for each of its files. One without files is completed at once. */
export function insertBatchJob(database: Database, job: NewBatchJob): BatchJob {
  const { sql } = database;
  const id = `bjb-${randomUUID()}`;
  const now = database.timestamp();
  return database.transaction(() => {
    sql.run`
      INSERT INTO batch_jobs (id, project_id, directory_id, job_config, parameters_hash, priority,
        status, total_items, created_at, updated_at, effective_at)
      VALUES (${id}, ${job.project_id}, ${job.directory_id}, ${JSON.stringify(job.job_config)},
        ${hashOf(job.job_config)}, ${job.priority}, 'pending', 0, ${now}, ${now}, ${now})`;
    const total = rowsChanged(
      job.directory_id === null
        ? sql.run`
            INSERT INTO batch_items
              (job_id, position, item_id, item_name, file_id, parse_job_id, effective_at)
            SELECT ${id}, min(asked.key), file.id, file.display_name, file.file_id,
              'pjb-' || uuid(), ${now}
            FROM json_each(${JSON.stringify(job.item_ids)}) AS asked
            JOIN directory_files AS file ON file.id = asked.value
            GROUP BY file.id`
        : sql.run`
            INSERT INTO batch_items
              (job_id, position, item_id, item_name, file_id, parse_job_id, effective_at)
            SELECT ${id}, seq, id, display_name, file_id, 'pjb-' || uuid(), ${now}
            FROM directory_files
            WHERE directory_id = ${job.directory_id} AND deleted_at IS NULL`,
    );
    sql.run`UPDATE batch_jobs SET total_items = ${total} WHERE id = ${id}`;
    if (total === 0) {
      closeBatchJob(database, id, 'completed', null);
    } else if (webhookTargets(job.job_config).length > 0) {
      for (const row of sql.all`SELECT * FROM batch_items WHERE job_id = ${id} ORDER BY position`) {
        announceItem(database, job.job_config, announcedItem(row), 'pending');
      }
    }
    return toBatchJob(requireBatchJob(database, id));
  });
}

/** Of these ids those that are no files of the project, so that no job can be made of them. */
export function missingItems(
  { sql }: Database,
  project: string,
  ids: readonly string[],
): readonly string[] {
  return sql.all`
    SELECT value FROM json_each(${JSON.stringify(ids)})
    WHERE value NOT IN (
      SELECT id FROM directory_files WHERE project_id = ${project} AND deleted_at IS NULL)`.map(
    (row) => text(row, 'value'),
  );
}

/** The job's row, unless it is not there or is in a project other than `project`. */
export function findBatchJob(
  { sql }: Database,
  id: string,
  project: string | null = null,
): Row | undefined {
  return sql.get`
    SELECT * FROM batch_jobs
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
}

/** One stretch of a project's jobs, oldest first, and how many there are in all. */
export function selectBatchJobs(
  { sql }: Database,
  filter: {
    readonly project: string;
    readonly directory: string | null;
    readonly type: BatchJobType | null;
    readonly status: BatchJobStatus | null;
    readonly limit: number;
    readonly offset: number;
  },
): { readonly rows: readonly Row[]; readonly total: number } {
  const { project, directory, type, status } = filter;
  const rows = sql.all`
    SELECT * FROM batch_jobs
    WHERE project_id = ${project} AND (${directory} IS NULL OR directory_id = ${directory})
      AND (${type} IS NULL OR
           iif(job_config ->> '$.rules' IS NULL, 'parse', 'classify') = ${type})
      AND (${status} IS NULL OR status = ${status})
    ORDER BY seq LIMIT ${filter.limit} OFFSET ${filter.offset}`;
  const count = sql.get`
    SELECT count(*) AS total FROM batch_jobs
    WHERE project_id = ${project} AND (${directory} IS NULL OR directory_id = ${directory})
      AND (${type} IS NULL OR
           iif(job_config ->> '$.rules' IS NULL, 'parse', 'classify') = ${type})
      AND (${status} IS NULL OR status = ${status})`;
  return { rows, total: count === undefined ? 0 : number(count, 'total') };
}

/** Puts the job into a final state. Within a transaction of the caller. */
export function closeBatchJob(
  { sql, timestamp }: Database,
  id: string,
  status: 'completed' | 'failed' | 'cancelled',
  message: string | null,
): void {
  const now = timestamp();
  sql.run`
    UPDATE batch_jobs
    SET status = ${status}, error_message = ${message}, completed_at = ${now},
        updated_at = ${now}, effective_at = ${now}
    WHERE id = ${id}`;
}

/** The row of a job that is known to be there. */
export function requireBatchJob(database: Database, id: string): Row {
  const row = findBatchJob(database, id);
  if (row === undefined) {
    throw new Error(`Batch job ${id} is gone from the database`);
  }
  return row;
}

/**
 * Equal settings have equal hashes, whatever the order they were written in. A classify job's id and
 * states are no settings.
 */
function hashOf(config: BatchJobConfig): string {
  const settings =
    'rules' in config
      ? { rules: config.rules, mode: config.mode, parsing: config.parsing_configuration }
      : config;
  const sorted = JSON.stringify(settings, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(sorted).digest('hex');
}
