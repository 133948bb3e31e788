import { z } from 'zod';
import {
  batchJobStatus,
  batchJobType,
  cancelBatchJobBody,
  createBatchJobBody,
  listBatchJobsQuery,
} from '../schemas/batchJobs.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** A batch job as it goes over the wire. */
export const batchJob = z
  .object({
    id: z.string(),
    project_id: z.string(),
    job_type: batchJobType,
    status: batchJobStatus,
    effective_at: z.string().optional(),
    job_record_id: z.string().nullish(),
    error_message: z.string().nullish(),
    directory_id: z.string().nullish(),
    total_items: z.int(),
    processed_items: z.int().optional(),
    failed_items: z.int().optional(),
    skipped_items: z.int().optional(),
    workflow_id: z.string().nullish(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
    started_at: z.string().nullish(),
    completed_at: z.string().nullish(),
  })
  .meta({ id: 'BatchJob' });

/** A batch job and how far it has come, as it goes over the wire. */
export const batchJobProgress = z.object({
  job: batchJob,
  progress_percentage: z.number().min(0).max(100),
});

/** What came of cancelling, as it goes over the wire. */
export const cancelledBatchJob = z.object({
  job_id: z.string(),
  status: batchJobStatus,
  processed_items: z.int(),
  message: z.string(),
});

const collection = '/api/v1/beta/batch-processing';
const member = `${collection}/{job_id}` as const;

/** Taken, and of no effect: there is one namespace here. */
const header = z.object({ 'temporal-namespace': z.string().optional() });

/** Operations on batch jobs. */
export const batchJobs = {
  createBatchJob: {
    route: `POST ${collection}`,
    summary: 'Create a batch job',
    header,
    body: createBatchJobBody,
    status: 201,
    answer: batchJob,
  },
  listBatchJobs: {
    route: `GET ${collection}`,
    summary: 'List batch jobs',
    query: listBatchJobsQuery,
    status: 200,
    answer: page(batchJob),
  },
  getBatchJob: {
    route: `GET ${member}`,
    summary: 'Get a batch job and how far it has come',
    status: 200,
    answer: batchJobProgress,
  },
  cancelBatchJob: {
    route: `POST ${member}/cancel`,
    summary: 'Cancel a batch job',
    header,
    body: cancelBatchJobBody,
    status: 200,
    answer: cancelledBatchJob,
  },
} satisfies Operations;
