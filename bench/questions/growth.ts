import { connect, fanOutFrom, fuse, listDirectories, watchMany } from 'rx-llamacloud';
import { rankings } from '../clients/rankings.ts';
import type { Case, Goal, Question } from '../harness/question.ts';

const variants = ['listDirectories', 'watchMany', 'fanOutFrom', 'fuse'] as const;
const interval = { min: 20, max: 20 };

/** Whether twice as much takes twice as long, and no more memory. */
export const question: Question = {
  title: 'How cost grows',
  run:
    'Lists directories in pages of 100, watches split jobs that have ended when they are asked about for the second ' +
    'time, works on numbers 16 at once, and merges eight rankings that have so many hits in all.',
  unit: 'item',
  cases: {
    '1,000 items': growthTo(1_000),
    '10,000 items': growthTo(10_000),
    '100,000 items': growthTo(100_000),
    '1,000,000 items': growthTo(1_000_000),
  },
  baseline: 'listDirectories',
  variants: {
    listDirectories: ({ baseUrl }) => {
      const connection = connect({ baseUrl, token: 'bench' });
      return async () => {
        let done = 0;
        await listDirectories(connection).forEach(({ id }) => {
          done += id === '' ? 0 : 1;
        });
        return { done };
      };
    },
    watchMany: ({ baseUrl, count }) => {
      const { origin } = new URL(baseUrl);
      const connection = connect({ baseUrl: `${origin}/jobs/polls=2`, token: 'bench' });
      const ids = Array.from({ length: count }, (_, n) => `spl-${n}`);
      return async () => {
        let done = 0;
        await watchMany(connection, { split: ids }, { interval }).forEach(({ job }) => {
          done += job?.status === 'completed' ? 1 : 0;
        });
        return { done };
      };
    },
    fanOutFrom:
      ({ count }) =>
      async () => {
        let done = 0;
        const task = (n: number): Promise<number> => Promise.resolve(n);
        await fanOutFrom(numbers(count), task, { concurrency: 16 }).forEach(() => {
          done += 1;
        });
        return { done };
      },
    fuse: ({ count }) => {
      const lists = rankings(8, count / 8);
      return () => {
        const hits = fuse(lists);
        const done = hits.reduce((sum, { contributions }) => sum + contributions.length, 0);
        return Promise.resolve({ done });
      };
    },
  },
  goals: [
    ...variants.map((variant): Goal => ({
      variant,
      caseName: '1,000,000 items',
      measure: 'wall a unit',
      times: variant,
      inCase: '100,000 items',
      atMost: 1.5,
    })),
    ...(['listDirectories', 'fanOutFrom'] as const).map((variant): Goal => ({
      variant,
      caseName: '1,000,000 items',
      measure: 'memory',
      over: variant,
      inCase: '100,000 items',
      atMost: 20,
    })),
  ],
  note:
    'A merge of a million hits makes 500,000 different ones with a million contributions, all of which stay until it is sorted. ' +
    'By the profile a third of its time is the collector, and a third are look-ups in maps that no cache of the processor ' +
    'holds any more. The others keep nothing of what they have passed on, but `watchMany`, which keeps the last state of each ' +
    'job that has not ended, as text.',
  columns: ['wall', 'cpu', 'memory', 'server'],
  plotted: ['wall', 'memory'],
};

function growthTo(count: number): Case {
  return { count, site: `lists/items=${count}&size=100` };
}

function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) {
    yield n;
  }
}
