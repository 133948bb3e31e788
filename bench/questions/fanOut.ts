import pLimit from 'p-limit';
import { from, mergeMap, type Observable } from 'rxjs';
import { fanOut, fanOutFrom } from 'rx-llamacloud';
import { inFlight } from '../clients/inFlight.ts';
import type { Context, Question, Run } from '../harness/question.ts';

/** How many tasks are under way at once. */
const concurrency = 16;
const collected = '1,000,000 items, garbage collected on the way';

type Task = (n: number) => Promise<number>;

/** What it costs to work on many items, a few at once. */
export const question: Question = {
  title: 'A fan-out over many items',
  run: 'Does a task for each of so many numbers, 16 at once. A task is a promise that is fulfilled already.',
  unit: 'item',
  cases: {
    '100,000 items': { count: 100_000 },
    // What mergeMap costs grows with the square of the backlog, and p-limit keeps a closure for each that waits.
    '1,000,000 items': { count: 1_000_000, without: ['mergeMap', 'p-limit'] },
    [collected]: { count: 1_000_000, without: ['mergeMap', 'p-limit'] },
  },
  baseline: '16 plain loops (the limit)',
  variants: {
    '16 plain loops (the limit)': (context) =>
      counted(context, (task) => inFlight(concurrency, context.count, task)),
    'p-limit': (context) =>
      counted(context, async (task) => {
        const limit = pLimit(concurrency);
        const results = Array.from(numbers(context.count), (n) => limit(task, n));
        return (await Promise.all(results)).length;
      }),
    mergeMap: (context) =>
      counted(context, (task) =>
        lengthOf(from(numbers(context.count)).pipe(mergeMap(task, concurrency))),
      ),
    fanOut: (context) =>
      counted(context, (task) =>
        lengthOf(from(numbers(context.count)).pipe(fanOut(task, { concurrency }))),
      ),
    fanOutFrom: (context) =>
      counted(context, (task) =>
        lengthOf(fanOutFrom(numbers(context.count), task, { concurrency })),
      ),
  },
  goals: [
    ...['fanOut', 'fanOutFrom'].flatMap((variant) => [
      { variant, caseName: '100,000 items', measure: 'wall a unit', atMost: 1.5 },
      { variant, caseName: '1,000,000 items', measure: 'wall a unit', atMost: 1.5 },
      { variant, caseName: collected, measure: 'heap growth, MB', atMost: 50 },
    ]),
  ],
  columns: ['wall', 'cpu', 'memory'],
};

/**
 * Counts what comes of the tasks. In the case for it, collects the garbage twenty times on the way to see how much
 * memory is really held; that says nothing of the time.
 */
function counted({ count, caseName }: Context, work: (task: Task) => Promise<number>): Run {
  if (caseName !== collected) {
    return async () => ({ done: await work((n) => Promise.resolve(n)) });
  }
  return async () => {
    const { heapUsed } = process.memoryUsage();
    let most = heapUsed;
    const done = await work((n) => {
      if (n % (count / 20) === 0) {
        globalThis.gc?.();
        most = Math.max(most, process.memoryUsage().heapUsed);
      }
      return Promise.resolve(n);
    });
    return { done, figures: { 'heap growth, MB': (most - heapUsed) / 1e6 } };
  };
}

function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n += 1) {
    yield n;
  }
}

async function lengthOf(results: Observable<number>): Promise<number> {
  let length = 0;
  await results.forEach(() => {
    length += 1;
  });
  return length;
}
