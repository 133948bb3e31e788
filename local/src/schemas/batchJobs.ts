import { z } from 'zod';
import { shortText } from './boundedText.ts';
import { classifyJob } from './classify.ts';
import { parseParameters } from './parseParameters.ts';
import { queryInteger, queryText, scopeQuery } from './query.ts';

/** What a batch job does with each file. */
export const batchJobType = z.enum(['parse', 'extract', 'classify']);

/** Where a batch job stands. */
export const batchJobStatus = z.enum([
  'pending',
  'running',
  'dispatched',
  'completed',
  'failed',
  'cancelled',
]);

/** Where one file of a batch job stands. */
export const batchItemStatus = z.enum([
  'pending',
  'processing',
  'completed',
  'failed',
  'skipped',
  'cancelled',
]);

const partitionName = z.enum([
  'data_source_id_partition',
  'pipeline_id_partition',
  'eval_dataset_id_partition',
  'file_id_partition',
  'pipeline_file_id_partition',
  'file_parsing_id_partition',
  'extraction_schema_id_partition',
]);

/** Has every file of a batch parsed in the same way. */
const batchParseJob = z.object({
  job_name: z.literal('parse_raw_file_job').optional(),
  parameters: parseParameters.nullish(),
  partitions: z.partialRecord(partitionName, z.string()).optional(),
  session_id: z.uuid().nullish(),
  correlation_id: z.uuid().nullish(),
  parent_job_execution_id: z.uuid().nullish(),
  user_id: shortText.nullish(),
  project_id: z.uuid().nullish(),
  webhook_url: z.string().nullish(),
});

/** What a batch job does with each file, with its settings. */
// A parse job has no field that must be there, so that the other shape is tried first.
export const batchJobConfig = z.union([classifyJob, batchParseJob]);

/** Body of `POST /api/v1/beta/batch-processing`. */
export const createBatchJobBody = z.object({
  job_config: batchJobConfig,
  directory_id: shortText.nullish(),
  item_ids: z.array(z.string()).nullish(),
  page_size: z.int().min(1).max(1000).optional(),
  continue_as_new_threshold: z.int().nullish(),
});

/**
 * Tells the kinds of jobs apart before they are checked: a classify job is one with rules. With a
 * mistake in them it would pass for a parse job, all of whose fields may be left out.
 */
export const batchJobOutline = z.object({
  job_config: z.looseObject({ rules: z.unknown().optional() }),
});

/** {@link createBatchJobBody} of a classify job. */
export const createClassifyJobBody = createBatchJobBody.extend({ job_config: classifyJob });

/** Body of `POST …/{job_id}/cancel`. */
export const cancelBatchJobBody = z.object({ reason: shortText.nullish() });

const offsetQuery = scopeQuery.extend({
  limit: queryInteger.pipe(z.int().min(1).max(1000)).optional(),
  offset: queryInteger.pipe(z.int().min(0)).optional(),
});

/** Query of `GET /api/v1/beta/batch-processing`. */
export const listBatchJobsQuery = offsetQuery.extend({
  directory_id: queryText.optional(),
  job_type: queryText.pipe(batchJobType).optional(),
  status: queryText.pipe(batchJobStatus).optional(),
});

/** Query of `GET …/{job_id}/items`. */
export const listBatchJobItemsQuery = offsetQuery.extend({
  status: queryText.pipe(batchItemStatus).optional(),
});

/** Query of `GET …/items/{item_id}/processing-results`. */
export const getBatchItemResultsQuery = scopeQuery.extend({
  job_type: queryText.pipe(batchJobType).optional(),
});
