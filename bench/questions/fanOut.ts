import pLimit from 'p-limit';
import { from, mergeMap, type Observable } from 'rxjs';
import { fanOut, fanOutFrom } from 'rx-llamacloud';
import { inFlight } from '../clients/inFlight.ts';
import type { Question, Run } from '../harness/question.ts';

/** How many tasks are under way at once. */
const concurrency = 16;

/** The least of tasks, so that what is left is what it costs to hold back the others. */
const task = (n: number): Promise<number> => Promise.resolve(n);

/** What it costs to work on many items, a few at once. */
export const question: Question = {
  title: 'A fan-out over many items',
  run: 'Does a task for each of so many numbers, 16 at once. A task is a promise that is fulfilled already.',
  unit: 'item',
  cases: {
    '100,000 items': { count: 100_000 },
    // What mergeMap costs grows with the square of the backlog, and p-limit keeps a closure for each that waits.
    '1,000,000 items': { count: 1_000_000, without: ['mergeMap', 'p-limit'] },
  },
  baseline: '16 plain loops (the limit)',
  variants: {
    '16 plain loops (the limit)':
      ({ count }) =>
      async () => ({ done: await inFlight(concurrency, count, task) }),
    'p-limit':
      ({ count }) =>
      async () => {
        const limit = pLimit(concurrency);
        const tasks = Array.from(numbers(count), (n) => limit(task, n));
        return { done: (await Promise.all(tasks)).length };
      },
    mergeMap: ({ count }) => counted(() => from(numbers(count)).pipe(mergeMap(task, concurrency))),
    fanOut: ({ count }) => counted(() => from(numbers(count)).pipe(fanOut(task, { concurrency }))),
    fanOutFrom: ({ count }) => counted(() => fanOutFrom(numbers(count), task, { concurrency })),
  },
  goals: [
    { variant: 'fanOut', measure: 'wall a unit', atMost: 1.5 },
    { variant: 'fanOutFrom', measure: 'wall a unit', atMost: 1.5 },
    { variant: 'fanOut', measure: 'memory', atMost: 50 },
    { variant: 'fanOutFrom', measure: 'memory', atMost: 50 },
  ],
  columns: ['wall', 'cpu', 'memory'],
};

function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) {
    yield n;
  }
}

function counted(results: () => Observable<number>): Run {
  return async () => {
    let done = 0;
    await results().forEach(() => {
      done += 1;
    });
    return { done };
  };
}
