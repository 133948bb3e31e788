import { z } from 'zod';
import {
  batchItemStatus,
  batchJobConfig,
  batchJobType,
  getBatchItemResultsQuery,
  listBatchJobItemsQuery,
} from '../schemas/batchJobs.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** A file of a batch job as it goes over the wire. */
export const batchItem = z
  .object({
    item_id: z.string(),
    item_name: z.string(),
    status: batchItemStatus,
    effective_at: z.string().optional(),
    job_record_id: z.string().nullish(),
    error_message: z.string().nullish(),
    job_id: z.string().nullish(),
    skip_reason: z.string().nullish(),
    started_at: z.string().nullish(),
    completed_at: z.string().nullish(),
  })
  .meta({ id: 'BatchItem' });

/** What jobs made of one file, as it goes over the wire. */
export const batchItemResults = z.object({
  item_id: z.string(),
  item_name: z.string(),
  processing_results: z
    .array(
      z.object({
        result_id: z.string(),
        item_id: z.string(),
        job_type: batchJobType,
        job_config: batchJobConfig,
        parameters_hash: z.string(),
        output_s3_path: z.string(),
        output_metadata: z.record(z.string(), z.unknown()).nullish(),
        processed_at: z.string(),
      }),
    )
    .optional(),
});

const jobs = '/api/v1/beta/batch-processing';

/** Operations on the files of batch jobs. */
export const batchItems = {
  listBatchJobItems: {
    route: `GET ${jobs}/{job_id}/items`,
    summary: 'List the files of a batch job',
    query: listBatchJobItemsQuery,
    status: 200,
    answer: page(batchItem),
  },
  getBatchItemResults: {
    route: `GET ${jobs}/items/{item_id}/processing-results`,
    summary: 'Get what batch jobs made of a file',
    query: getBatchItemResultsQuery,
    status: 200,
    answer: batchItemResults,
  },
} satisfies Operations;
