import type { ClassifyJob } from './classify.ts';
import type { ParseParameters } from './parseParameters.ts';
import type { Scope } from './scope.ts';

/** What a batch job does with each file. */
export type BatchJobType = 'parse' | 'extract' | 'classify';

/** Where a batch job stands. The last three are final. */
export type BatchJobStatus =
  'pending' | 'running' | 'dispatched' | 'completed' | 'failed' | 'cancelled';

/** A kind of storage location that a parse job can be told. */
export type PartitionName =
  | 'data_source_id_partition'
  | 'pipeline_id_partition'
  | 'eval_dataset_id_partition'
  | 'file_id_partition'
  | 'pipeline_file_id_partition'
  | 'file_parsing_id_partition'
  | 'extraction_schema_id_partition';

/** Has every file of a batch parsed in the same way. */
export interface BatchParseJob {
  /** Tells a parse job from a classify job. @defaultValue `'parse_raw_file_job'` */
  readonly job_name?: 'parse_raw_file_job' | undefined;
  /** How to parse. */
  readonly parameters?: ParseParameters | null | undefined;
  /** Ids that decide where output is kept. */
  readonly partitions?: Readonly<Partial<Record<PartitionName, string>>> | undefined;
  /** The id of the request that led to the job, a UUID. */
  readonly session_id?: string | null | undefined;
  /** An id to follow the job by across services, a UUID. */
  readonly correlation_id?: string | null | undefined;
  /** The run that this one is part of, a UUID. */
  readonly parent_job_execution_id?: string | null | undefined;
  /** Who starts the job. */
  readonly user_id?: string | null | undefined;
  /** The project it belongs to, a UUID. */
  readonly project_id?: string | null | undefined;
  /** An address to call when the job ends. */
  readonly webhook_url?: string | null | undefined;
}

/** What a batch job does with each file, with its settings. */
export type BatchJobConfig = BatchParseJob | ClassifyJob;

/** A batch job to create: over a directory or over a list of files, one of the two. */
export interface CreateBatchJobBody {
  /** What to do with each file. */
  readonly job_config: BatchJobConfig;
  /** The directory whose files to work on. */
  readonly directory_id?: string | null | undefined;
  /** The ids of the files to work on. */
  readonly item_ids?: readonly string[] | null | undefined;
  /** Files of a directory taken on together, 1 to 1,000. @defaultValue `100` */
  readonly page_size?: number | undefined;
  /** Files of a directory worked on in one cycle of the job, at most. @defaultValue `page_size` */
  readonly continue_as_new_threshold?: number | null | undefined;
}

/** A batch job. */
export interface BatchJob {
  /** The job's id. */
  readonly id: string;
  /** The project it belongs to. */
  readonly project_id: string;
  /** What it does with each file. */
  readonly job_type: BatchJobType;
  /** Where it stands. */
  readonly status: BatchJobStatus;
  /** Since when it stands there, ISO 8601. */
  readonly effective_at?: string;
  /** The record of the run that this status is about. */
  readonly job_record_id?: string | null;
  /** What went wrong in the last run. */
  readonly error_message?: string | null;
  /** The directory it works on. */
  readonly directory_id?: string | null;
  /** Files it has to work on. */
  readonly total_items: number;
  /** Files done so far. */
  readonly processed_items?: number;
  /** Files that failed. */
  readonly failed_items?: number;
  /** Files left out because they were done before, or are too large. */
  readonly skipped_items?: number;
  /** The id of the workflow that runs it. */
  readonly workflow_id?: string | null;
  /** When the job was made, ISO 8601. */
  readonly created_at?: string | null;
  /** When the job last changed, ISO 8601. */
  readonly updated_at?: string | null;
  /** When work began, ISO 8601. */
  readonly started_at?: string | null;
  /** When work ended, ISO 8601. */
  readonly completed_at?: string | null;
}

/** A batch job and how far it has come. */
export interface BatchJobProgress {
  /** The job. */
  readonly job: BatchJob;
  /** Share of the files that are done, 0 to 100. */
  readonly progress_percentage: number;
}

/** Where a list with offsets starts and how it is cut. */
export interface OffsetQuery {
  /** Items fetched with one request, 1 to 1,000. */
  readonly limit?: number | undefined;
  /** Items to pass over, 0 or more. @defaultValue `0` */
  readonly offset?: number | undefined;
}

/** Which batch jobs to list. `limit` is 50 by default. */
export interface ListBatchJobsQuery extends Scope, OffsetQuery {
  /** Only jobs on this directory. */
  readonly directory_id?: string | null | undefined;
  /** Only jobs that do this. */
  readonly job_type?: BatchJobType | null | undefined;
  /** Only jobs that stand there. */
  readonly status?: BatchJobStatus | null | undefined;
}

/** Headers that creating and cancelling a batch job know. */
export interface BatchJobHeaders {
  /** The Temporal namespace that the job runs in, on installations that have several. */
  readonly 'temporal-namespace'?: string | null | undefined;
}

/** Why a batch job is cancelled. */
export interface CancelBatchJobBody {
  /** The reason, in your words. */
  readonly reason?: string | null | undefined;
}

/** What came of cancelling. Files that were being worked on may still be finished. */
export interface CancelledBatchJob extends Pick<BatchJob, 'status'> {
  /** The job's id. */
  readonly job_id: string;
  /** Files done before the job was cancelled. */
  readonly processed_items: number;
  /** The server's confirmation, for people. */
  readonly message: string;
}
