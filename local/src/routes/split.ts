import { randomUUID } from 'node:crypto';
import { Hono } from 'hono';
import type { z } from 'zod';
import type { SplitConfiguration } from '../../../src/types/split.ts';
import type { CloudContext } from '../cloudContext.ts';
import { invalid, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { readBody, readQuery } from '../http/validate.ts';
import { scopeQuery } from '../schemas/query.ts';
import { flatSplitJobBody, listSplitJobsQuery } from '../schemas/split.ts';
import { findFile } from '../store/files.ts';
import { number } from '../store/row.ts';
import { setting } from '../store/settings.ts';
import { findSplitJob, insertSplitJob, selectSplitJobs, toSplitJob } from '../store/splitJobs.ts';

const collection = '/api/v1/beta/split/jobs';

/** Routes of the split jobs: create, list, get. */
export function split({ database, defaultProject, splitRunner }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  app.post(collection, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, flatSplitJobBody);
    const { categories, splitting_strategy } = configurationOf(body);
    const { value } = body.document_input;
    const file = findFile(database, value, project_id ?? null);
    if (file === undefined) {
      throw notFound('File', value);
    }
    const job = insertSplitJob(database, {
      project_id: file.project_id,
      user_id: setting(database, 'user_id', randomUUID),
      file_id: file.id,
      categories,
      allow_uncategorized: splitting_strategy?.allow_uncategorized ?? 'include',
    });
    splitRunner.wake();
    return c.json(job, 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listSplitJobsQuery);
    const start = pageAt('split-jobs', query);
    const rows = selectSplitJobs(database, start, {
      project: query.project_id ?? defaultProject,
      status: query.status ?? null,
      ids: query.job_ids ?? null,
      since: query.created_at_on_or_after ?? null,
      until: query.created_at_on_or_before ?? null,
    });
    return c.json(toPage('split-jobs', start, rows, (row) => number(row, 'seq'), toSplitJob));
  });

  app.get(`${collection}/:split_job_id`, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const id = c.req.param('split_job_id');
    const job = findSplitJob(database, id, project_id ?? null);
    if (job === undefined) {
      throw notFound('Split job', id);
    }
    return c.json(job);
  });

  return app;
}

/** The configuration in a body of either form. There are no saved ones here to be named. */
function configurationOf(body: z.output<typeof flatSplitJobBody>): SplitConfiguration {
  const { configuration, configuration_id, categories, allow_uncategorized } = body;
  if (configuration_id != null && configuration_id !== '') {
    throw configuration == null && categories == null
      ? notFound('Split configuration', configuration_id)
      : invalid({
          type: 'value_error',
          loc: ['body', 'configuration_id'],
          msg: 'Give either configuration or configuration_id, not both',
          input: configuration_id,
        });
  }
  if (configuration != null) {
    return configuration;
  }
  if (categories == null) {
    throw invalid({ type: 'missing', loc: ['body', 'configuration'], msg: 'Field required' });
  }
  const allowed = { true: 'include', false: 'forbid' } as const;
  return {
    categories,
    splitting_strategy: {
      allow_uncategorized:
        typeof allow_uncategorized === 'boolean'
          ? allowed[`${allow_uncategorized}`]
          : (allow_uncategorized ?? 'include'),
    },
  };
}
