import type { BatchJobConfig, BatchJobType, OffsetQuery } from './batchJobs.ts';
import type { Scope } from './scope.ts';

/** Where one file of a batch job stands. The last four are final. */
export type BatchItemStatus =
  'pending' | 'processing' | 'completed' | 'failed' | 'skipped' | 'cancelled';

/** One file of a batch job. */
export interface BatchItem {
  /** The file's id. */
  readonly item_id: string;
  /** The file's name. */
  readonly item_name: string;
  /** Where it stands. */
  readonly status: BatchItemStatus;
  /** Since when it stands there, ISO 8601. */
  readonly effective_at?: string;
  /** The record of the run that this status is about. */
  readonly job_record_id?: string | null;
  /** What went wrong with it. */
  readonly error_message?: string | null;
  /** The parse, extract or classify job that worked on it. */
  readonly job_id?: string | null;
  /** Why it was left out: `already_processed` or `size_limit_exceeded`. */
  readonly skip_reason?: string | null;
  /** When work on it began, ISO 8601. */
  readonly started_at?: string | null;
  /** When work on it ended, ISO 8601. */
  readonly completed_at?: string | null;
}

/** Which files of a batch job to list. `limit` is 100 by default. */
export interface ListBatchJobItemsQuery extends Scope, OffsetQuery {
  /** Only files that stand there. */
  readonly status?: BatchItemStatus | null | undefined;
}

/** Which results of a file to get. */
export interface GetBatchItemResultsQuery extends Scope {
  /** Only results of this kind of work. */
  readonly job_type?: BatchJobType | null | undefined;
}

/** What one job made of a file. */
export interface ProcessingResult {
  /** The result's id. */
  readonly result_id: string;
  /** The file it was made of. */
  readonly item_id: string;
  /** What was done. */
  readonly job_type: BatchJobType;
  /** The settings it was done with. */
  readonly job_config: BatchJobConfig;
  /** A hash of the settings: equal settings on the same file are not run twice. */
  readonly parameters_hash: string;
  /** Where the output is kept. */
  readonly output_s3_path: string;
  /** Facts about the output. The service leaves it empty so far. */
  readonly output_metadata?: Readonly<Record<string, unknown>> | null;
  /** When it was done, ISO 8601. */
  readonly processed_at: string;
}

/** All that was made of one file. */
export interface BatchItemResults extends Pick<BatchItem, 'item_id' | 'item_name'> {
  /** One entry for each time the file was worked on. */
  readonly processing_results?: readonly ProcessingResult[];
}
