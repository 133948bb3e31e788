import { Hono } from 'hono';
import type { BatchJobConfig } from '../../../src/types/batchJobs.ts';
import type { CloudContext } from '../cloudContext.ts';
import { ApiProblem, invalid, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { toOffsetPage } from '../http/page.ts';
import { readBody, readQuery } from '../http/validate.ts';
import { targetPages } from '../jobs/parseSettings.ts';
import {
  batchJobOutline,
  cancelBatchJobBody,
  createBatchJobBody,
  createClassifyJobBody,
  listBatchJobsQuery,
} from '../schemas/batchJobs.ts';
import { scopeQuery } from '../schemas/query.ts';
import {
  findBatchJob,
  insertBatchJob,
  missingItems,
  selectBatchJobs,
  toBatchJob,
} from '../store/batchJobs.ts';
import { findDirectory } from '../store/directories.ts';
import { webhookRefusal, webhookTargets } from '../webhooks/webhookTargets.ts';

const collection = '/api/v1/beta/batch-processing';
const member = `${collection}/:job_id` as const;

const priorities = { low: 0, medium: 1, high: 2, critical: 3 };

/** Routes of the batch jobs: create, list, get, cancel. */
export function batchJobs({ database, batchRunner, defaultProject }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  const find = (id: string, project: string | undefined) => {
    const row = findBatchJob(database, id, project ?? null);
    if (row === undefined) {
      throw notFound('Batch job', id);
    }
    return toBatchJob(row);
  };

  app.post(collection, async (c) => {
    const { project_id: project = defaultProject } = readQuery(c, scopeQuery);
    const { rules } = (await readBody(c, batchJobOutline)).job_config;
    const body = await readBody(
      c,
      rules === undefined ? createBatchJobBody : createClassifyJobBody,
    );
    const { job_config } = body;
    requireReadablePages(job_config);
    requireCallableWebhooks(job_config);
    const directory_id = body.directory_id ?? null;
    const item_ids = body.item_ids ?? [];
    if ((directory_id === null) === (item_ids.length === 0)) {
      throw invalid({
        type: 'value_error',
        loc: ['body'],
        msg: 'Provide either directory_id or a list of item_ids that is not empty, and not both',
      });
    }
    if (directory_id !== null && findDirectory(database, directory_id, project) === undefined) {
      throw notFound('Directory', directory_id);
    }
    const [missing] = missingItems(database, project, item_ids);
    if (missing !== undefined) {
      throw notFound('Directory file', missing);
    }
    const parameters = 'rules' in job_config ? undefined : job_config.parameters;
    const priority = priorities[parameters?.priority ?? 'medium'];
    const job = insertBatchJob(database, {
      project_id: project,
      directory_id,
      item_ids,
      job_config,
      priority,
    });
    batchRunner.wake();
    return c.json(job, 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listBatchJobsQuery);
    const { limit = 50, offset = 0 } = query;
    const found = selectBatchJobs(database, {
      project: query.project_id ?? defaultProject,
      directory: query.directory_id ?? null,
      type: query.job_type ?? null,
      status: query.status ?? null,
      limit,
      offset,
    });
    return c.json(toOffsetPage(found, offset, toBatchJob));
  });

  app.get(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const job = find(c.req.param('job_id'), project_id);
    const { processed_items = 0, failed_items = 0, skipped_items = 0, total_items } = job;
    const done = processed_items + failed_items + skipped_items;
    const progress_percentage = total_items === 0 ? 100 : (100 * done) / total_items;
    return c.json({ job, progress_percentage });
  });

  app.post(`${member}/cancel`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { reason } = await readBody(c, cancelBatchJobBody);
    const job = find(c.req.param('job_id'), project_id);
    if (job.status === 'completed' || job.status === 'failed') {
      throw new ApiProblem(409, `Batch job ${job.id} has ${job.status} and cannot be cancelled`);
    }
    batchRunner.cancel(job.id);
    const { status, processed_items } = find(job.id, project_id);
    const message = `Batch job ${job.id} was cancelled${reason ? `: ${reason}` : ''}`;
    return c.json({ job_id: job.id, status, processed_items, message });
  });

  return app;
}

/** A parse job names its pages as text, which has to be readable before any work begins. */
function requireReadablePages(config: BatchJobConfig): void {
  const pages = 'rules' in config ? undefined : config.parameters?.target_pages;
  try {
    targetPages(pages ?? '');
  } catch (cause) {
    throw invalid({
      type: 'value_error',
      loc: ['body', 'job_config', 'parameters', 'target_pages'],
      msg: cause instanceof Error ? cause.message : String(cause),
      input: pages,
    });
  }
}

/** Whether a webhook answers is seen later; one that cannot even be called is a mistake in the request. */
function requireCallableWebhooks(config: BatchJobConfig): void {
  for (const target of webhookTargets(config)) {
    const msg = webhookRefusal(target);
    if (msg !== undefined) {
      throw invalid({
        type: 'value_error',
        loc: ['body', 'job_config', ...target.place],
        msg,
        input: target.url,
      });
    }
  }
}
