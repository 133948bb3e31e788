import type { BatchItem, BatchItemStatus } from '../../../src/types/batchItems.ts';
import { batchItemStatus } from '../schemas/batchJobs.ts';
import { type AnnouncedItem, announcedItem, announceItem } from '../webhooks/announceItem.ts';
import { closeBatchJob, jobConfigOf, requireBatchJob } from './batchJobs.ts';
import type { Database } from './openDatabase.ts';
import { rowsChanged } from './openDatabase.ts';
import type { DocumentSource } from './parsedDocuments.ts';
import { documentName } from './parsedDocuments.ts';
import type { Processing } from './processingResults.ts';
import { insertResult } from './processingResults.ts';
import type { Row } from './row.ts';
import { number, text, textOrNull } from './row.ts';

/** The files of batch jobs, which are also the queue of the runner. */
export const batchItemsSchema = `
  CREATE TABLE IF NOT EXISTS batch_items (
    job_id TEXT NOT NULL REFERENCES batch_jobs (id),
    position INTEGER NOT NULL,
    item_id TEXT NOT NULL,
    item_name TEXT NOT NULL,
    file_id TEXT NOT NULL REFERENCES files (id),
    status TEXT NOT NULL DEFAULT 'pending',
    parse_job_id TEXT,
    error_message TEXT,
    skip_reason TEXT,
    effective_at TEXT NOT NULL,
    started_at TEXT,
    completed_at TEXT,
    PRIMARY KEY (job_id, position)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS batch_items_by_status ON batch_items (job_id, status, position);
`;

/** An item that a runner has taken on. */
export interface TakenItem extends DocumentSource, Processing, AnnouncedItem {
  readonly position: number;
  readonly project: string;
}

/** What became of an item. */
export type ItemOutcome =
  | {
      readonly status: 'completed';
      readonly outputFileId: string;
      readonly outputMetadata: Readonly<Record<string, unknown>>;
    }
  | { readonly status: 'failed'; readonly error: string }
  | { readonly status: 'skipped'; readonly reason: string }
  | { readonly status: 'cancelled' };

/** A row as it goes over the wire. */
export function toBatchItem(row: Row): BatchItem {
  return {
    item_id: text(row, 'item_id'),
    item_name: text(row, 'item_name'),
    status: batchItemStatus.parse(text(row, 'status')),
    effective_at: text(row, 'effective_at'),
    job_record_id: null,
    error_message: textOrNull(row, 'error_message'),
    // The id is there from the start, for webhooks; the job is not.
    job_id: row.started_at === null ? null : textOrNull(row, 'parse_job_id'),
    skip_reason: textOrNull(row, 'skip_reason'),
    started_at: textOrNull(row, 'started_at'),
    completed_at: textOrNull(row, 'completed_at'),
  };
}

/** One stretch of a job's items, in order, and how many there are in all. */
export function selectBatchItems(
  { sql }: Database,
  filter: {
    readonly jobId: string;
    readonly status: BatchItemStatus | null;
    readonly limit: number;
    readonly offset: number;
  },
): { readonly rows: readonly Row[]; readonly total: number } {
  const { jobId, status } = filter;
  const rows = sql.all`
    SELECT * FROM batch_items
    WHERE job_id = ${jobId} AND (${status} IS NULL OR status = ${status})
    ORDER BY position LIMIT ${filter.limit} OFFSET ${filter.offset}`;
  const count = sql.get`
    SELECT count(*) AS total FROM batch_items
    WHERE job_id = ${jobId} AND (${status} IS NULL OR status = ${status})`;
  return { rows, total: count === undefined ? 0 : number(count, 'total') };
}

/** Takes the next item of the first job in line, marking both as under way. */
export function takeBatchItem(database: Database): TakenItem | undefined {
  const { sql } = database;
  return database.transaction(() => {
    const row = sql.get`
      SELECT item.*, file.sha256, file.name AS file_name
      FROM batch_items AS item JOIN files AS file ON file.id = item.file_id
      WHERE item.status = 'pending' AND item.job_id = (
        SELECT id FROM batch_jobs AS job
        WHERE job.status IN ('pending', 'running') AND EXISTS (
          SELECT 1 FROM batch_items WHERE job_id = job.id AND status = 'pending')
        ORDER BY priority DESC, seq LIMIT 1)
      ORDER BY item.position LIMIT 1`;
    if (row === undefined) {
      return undefined;
    }
    const jobId = text(row, 'job_id');
    const now = database.timestamp();
    sql.run`
      UPDATE batch_items
      SET status = 'processing', started_at = ${now}, effective_at = ${now}
      WHERE job_id = ${jobId} AND position = ${number(row, 'position')}`;
    sql.run`
      UPDATE batch_jobs
      SET status = 'running', started_at = ${now}, updated_at = ${now}, effective_at = ${now}
      WHERE id = ${jobId} AND status = 'pending'`;
    const job = requireBatchJob(database, jobId);
    const item = announcedItem(row);
    const config = jobConfigOf(job);
    if (row.started_at === null) {
      // Else it was under way when the last process ended, and that has been told.
      announceItem(database, config, item, 'processing');
    }
    return {
      ...item,
      position: number(row, 'position'),
      sha256: text(row, 'sha256'),
      name: documentName(text(row, 'file_name'), text(row, 'item_name')),
      project: text(job, 'project_id'),
      config,
      parametersHash: text(job, 'parameters_hash'),
    };
  });
}

/** Records what became of an item; the last one of a job closes it. */
export function finishBatchItem(database: Database, item: TakenItem, outcome: ItemOutcome): void {
  const { sql } = database;
  const now = database.timestamp();
  const error = outcome.status === 'failed' ? outcome.error : null;
  const reason = outcome.status === 'skipped' ? outcome.reason : null;
  database.transaction(() => {
    const finished = rowsChanged(sql.run`
      UPDATE batch_items
      SET status = ${outcome.status}, error_message = ${error}, skip_reason = ${reason},
          completed_at = ${now}, effective_at = ${now}
      WHERE job_id = ${item.jobId} AND position = ${item.position} AND status = 'processing'`);
    if (finished === 0) {
      return;
    }
    if (outcome.status === 'completed') {
      insertResult(database, item, outcome.outputFileId, outcome.outputMetadata);
    }
    announceItem(database, item.config, item, outcome.status, error);
    sql.run`
      UPDATE batch_jobs
      SET processed_items = processed_items + ${Number(outcome.status === 'completed')},
          failed_items = failed_items + ${Number(outcome.status === 'failed')},
          skipped_items = skipped_items + ${Number(outcome.status === 'skipped')},
          updated_at = ${now}
      WHERE id = ${item.jobId}`;
    closeIfDone(database, item.jobId);
  });
}

/** Marks what is pending of a job, and the job itself, as cancelled. */
export function cancelBatchItems(database: Database, jobId: string): void {
  const now = database.timestamp();
  database.transaction(() => {
    const cancelled = database.sql.all`
      UPDATE batch_items SET status = 'cancelled', completed_at = ${now}, effective_at = ${now}
      WHERE job_id = ${jobId} AND status = 'pending' RETURNING *`;
    const config = jobConfigOf(requireBatchJob(database, jobId));
    for (const row of cancelled) {
      announceItem(database, config, announcedItem(row), 'cancelled');
    }
    closeBatchJob(database, jobId, 'cancelled', null);
  });
}

/**
 * Makes items that were under way when the last process ended wait for their turn again, unless
 * their job was cancelled.
 */
export function requeueBatchItems(database: Database): void {
  const { sql } = database;
  database.transaction(() => {
    const cancelled = sql.all`
      UPDATE batch_items SET status = 'cancelled'
      WHERE status = 'processing'
        AND (SELECT status FROM batch_jobs WHERE id = job_id) = 'cancelled'
      RETURNING *`;
    for (const row of cancelled) {
      const config = jobConfigOf(requireBatchJob(database, text(row, 'job_id')));
      announceItem(database, config, announcedItem(row), 'cancelled');
    }
    sql.run`UPDATE batch_items SET status = 'pending' WHERE status = 'processing'`;
  });
}

/** A job is done with its last item. It has failed when every single item has. */
function closeIfDone(database: Database, jobId: string): void {
  const open = database.sql.get`
    SELECT 1 AS found FROM batch_items
    WHERE job_id = ${jobId} AND status IN ('pending', 'processing') LIMIT 1`;
  const job = requireBatchJob(database, jobId);
  if (open !== undefined || text(job, 'status') !== 'running') {
    return;
  }
  const total = number(job, 'total_items');
  const isFailed = number(job, 'failed_items') === total;
  closeBatchJob(
    database,
    jobId,
    isFailed ? 'failed' : 'completed',
    isFailed ? `None of the ${total} files could be processed; each item says why` : null,
  );
}
