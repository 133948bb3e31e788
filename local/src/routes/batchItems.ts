import { Hono } from 'hono';
import type { BatchItemResults } from '../../../src/types/batchItems.ts';
import type { CloudContext } from '../cloudContext.ts';
import { notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { toOffsetPage } from '../http/page.ts';
import { readQuery } from '../http/validate.ts';
import { getBatchItemResultsQuery, listBatchJobItemsQuery } from '../schemas/batchJobs.ts';
import { selectBatchItems, toBatchItem } from '../store/batchItems.ts';
import { findBatchJob } from '../store/batchJobs.ts';
import { findItemName } from '../store/directoryFiles.ts';
import { selectResults } from '../store/processingResults.ts';

const base = '/api/v1/beta/batch-processing';

/** Routes of the items of batch jobs: list those of a job, get what was made of one. */
export function batchItems({ database, presignedUrls }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.get(`${base}/items/:item_id/processing-results`, (c) => {
    const { project_id, job_type } = readQuery(c, getBatchItemResultsQuery);
    const item_id = c.req.param('item_id');
    const item_name = findItemName(database, item_id, project_id ?? null);
    if (item_name === undefined) {
      throw notFound('Directory file', item_id);
    }
    const { origin } = new URL(c.req.url);
    // The contract leaves `output_metadata` open: it is the place to say how to get the output.
    const processing_results = selectResults(database, item_id)
      .filter(({ result }) => job_type === undefined || result.job_type === job_type)
      .map(({ result, outputFileId }) => ({
        ...result,
        output_metadata: {
          ...result.output_metadata,
          file_id: outputFileId,
          download_url: presignedUrls.create(origin, outputFileId),
        },
      }));
    return c.json({ item_id, item_name, processing_results } satisfies BatchItemResults);
  });

  app.get(`${base}/:job_id/items`, (c) => {
    const { project_id, status = null, ...query } = readQuery(c, listBatchJobItemsQuery);
    const { limit = 100, offset = 0 } = query;
    const jobId = c.req.param('job_id');
    if (findBatchJob(database, jobId, project_id ?? null) === undefined) {
      throw notFound('Batch job', jobId);
    }
    const found = selectBatchItems(database, { jobId, status, limit, offset });
    return c.json(toOffsetPage(found, offset, toBatchItem));
  });

  return app;
}
