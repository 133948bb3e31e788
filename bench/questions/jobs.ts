import { connect, watchMany, watchSplitJob } from 'rx-llamacloud';
import { filter, from, lastValueFrom, mergeMap, type Observable, reduce } from 'rxjs';
import { sdk } from '../clients/sdk.ts';
import type { Question } from '../harness/question.ts';

/** Milliseconds between two questions about a job. */
const INTERVAL = 20;
const config = { interval: { min: INTERVAL, max: INTERVAL } };

/** What it costs to see many jobs to their end. */
export const question: Question = {
  title: 'Many jobs to their end',
  run: `Watches 1,000 split jobs, each of which has ended when it is asked about for the fifth time, every ${INTERVAL} ms.`,
  unit: 'job',
  cases: { 'five polls each': { count: 1_000, site: 'jobs/polls=5' } },
  baseline: 'SDK, waitForCompletion for each',
  variants: {
    'SDK, waitForCompletion for each': ({ baseUrl, count }) => {
      const client = sdk(baseUrl);
      const timing = { pollingInterval: INTERVAL / 1000, backoff: 'constant' } as const;
      return async () => {
        const ended = await Promise.all(
          idsOf(count).map((id) => client.beta.split.waitForCompletion(id, timing)),
        );
        return { done: ended.filter(({ status }) => status === 'completed').length };
      };
    },
    'watchSplitJob for each': ({ baseUrl, count }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return () =>
        completed(
          from(idsOf(count)).pipe(
            mergeMap((id) => watchSplitJob(connection, id, config)),
            filter(({ status }) => status === 'completed'),
          ),
        );
    },
    watchMany: ({ baseUrl, count }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return () =>
        completed(
          watchMany(connection, { split: idsOf(count) }, config).pipe(
            filter(({ job }) => job?.status === 'completed'),
          ),
        );
    },
  },
  goals: [
    { variant: 'watchMany', measure: 'requests', atMost: 55 },
    {
      variant: 'watchMany',
      measure: 'cpu',
      times: 'SDK, waitForCompletion for each',
      atMost: 0.05,
    },
  ],
};

function idsOf(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `spl-${n}`);
}

async function completed(jobs: Observable<unknown>): Promise<{ done: number }> {
  return { done: await lastValueFrom(jobs.pipe(reduce((done) => done + 1, 0))) };
}
