import { z } from 'zod';
import {
  flatSplitJobBody,
  listSplitJobsQuery,
  splitCategories,
  splitDocumentInput,
  splitJobStatus,
  splitSegments,
} from '../schemas/split.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** A split job as it goes over the wire. */
export const splitJob = z
  .object({
    id: z.string(),
    project_id: z.string(),
    user_id: z.string(),
    document_input: splitDocumentInput,
    categories: splitCategories,
    configuration_id: z.string().nullish(),
    status: splitJobStatus,
    result: z.object({ segments: splitSegments }).nullish(),
    error_message: z.string().nullish(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  })
  .meta({ id: 'SplitJob' });

const collection = '/api/v1/beta/split/jobs';

/** Operations on jobs that split documents. */
export const split = {
  createSplitJob: {
    route: `POST ${collection}`,
    summary: 'Have a document split',
    body: flatSplitJobBody,
    status: 201,
    answer: splitJob,
  },
  listSplitJobs: {
    route: `GET ${collection}`,
    summary: 'List split jobs',
    query: listSplitJobsQuery,
    status: 200,
    answer: page(splitJob),
  },
  getSplitJob: {
    route: `GET ${collection}/{split_job_id}`,
    summary: 'Get a split job',
    status: 200,
    answer: splitJob,
  },
} satisfies Operations;
