import { map, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { batchProgress, type BatchProgress } from '../../src/operators/batchProgress.ts';
import type { BatchJobProgress, BatchJobStatus } from '../../src/types/batchJobs.ts';
import { marbles } from '../support/marbles.ts';

function state(
  processed_items: number,
  progress_percentage: number,
  status: BatchJobStatus = 'running',
  total_items = 4,
): BatchJobProgress {
  return {
    progress_percentage,
    job: { id: 'b', project_id: 'p', job_type: 'parse', status, total_items, processed_items },
  };
}

function figures(state: BatchJobProgress, known: Partial<BatchProgress> = {}): BatchProgress {
  const { job } = state;
  return {
    phase: job.status,
    percent: 0,
    total: 4,
    done: job.processed_items ?? 0,
    failed: 0,
    skipped: 0,
    itemsPerSecond: 0,
    remainingMs: undefined,
    stalled: false,
    job,
    ...known,
  };
}

const begun = state(0, 0);
const start = figures(begun);

describe('batchProgress', () => {
  marbles(
    'gives figures for each state and tells of a silence, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const states = { a: begun, b: state(2, 50), c: state(3, 75) };
      const source = cold('a 999ms b 3999ms c|', states);
      const expected = '   x 999ms y 2999ms s 999ms z|';
      const subs = '       ^ 5000ms !';
      // Two items in the first second, none in the three after it, one in the last.
      const decay = (seconds: number) => Math.exp(-seconds / 5);
      const first = 2 * (1 - decay(1));
      const later = first * decay(4) + 1 - decay(1);
      const y = figures(states.b, { percent: 50, itemsPerSecond: 2, remainingMs: 1000 });
      const s = {
        ...y,
        itemsPerSecond: expect.closeTo((first * decay(3)) / (1 - decay(4)), 9) as number,
        remainingMs: undefined,
        stalled: true,
      };
      const z = figures(states.c, {
        percent: 75,
        itemsPerSecond: expect.closeTo(later / (1 - decay(5)), 9) as number,
        remainingMs: Math.round((1000 * (1 - decay(5))) / later),
      });

      const result = source.pipe(batchProgress({ stalledAfter: 3_000, scheduler }));
      expectObservable(result).toBe(expected, { x: start, y, s, z });
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('never goes back, above 100 or to NaN', ({ cold, expectObservable }, scheduler) => {
    const values = {
      a: state(1, 60),
      b: state(1, 40),
      c: state(9, 250),
      d: state(9, -3, 'failed'),
    };
    expectObservable(cold('(abcd|)', values).pipe(batchProgress({ scheduler }))).toBe('(abcd|)', {
      a: figures(values.a, { percent: 60 }),
      b: figures(values.b, { percent: 60 }),
      // A total below what is finished is none.
      c: figures(values.c, { percent: 100, total: 9 }),
      d: figures(values.d, { percent: 100, total: 9, remainingMs: 0 }),
    });
  });

  marbles('takes no total for one that cannot be', ({ cold, expectObservable }, scheduler) => {
    const totals = [0, -1, 1, 'many', NaN, null].map((total) => ({
      ...state(2, 50),
      job: { ...begun.job, processed_items: 2, total_items: total },
    })) as BatchJobProgress[];
    const wrong = Object.fromEntries(totals.entries());
    const results = cold('0 999ms 1 999ms 2 999ms 3 999ms 4 999ms (5|)', wrong).pipe(
      batchProgress({ scheduler }),
      map(({ percent, total, remainingMs }) => ({ percent, total, remainingMs })),
    );
    const none = { percent: 50, total: 2, remainingMs: undefined };
    expectObservable(results).toBe('n 999ms n 999ms n 999ms n 999ms n 999ms (n|)', { n: none });
  });

  marbles(
    'reckons the share where the server does not tell it',
    ({ cold, expectObservable }, scheduler) => {
      const shares = [null, 'x', undefined, '75', -5].map((share) => ({
        ...state(2, 0),
        progress_percentage: share,
      })) as unknown as BatchJobProgress[];
      const values = Object.fromEntries(shares.entries());
      const results = cold('(01234|)', values).pipe(
        batchProgress({ scheduler }),
        map(({ percent }) => percent),
      );
      expectObservable(results).toBe('(aaabb|)', { a: 50, b: 75 });
    },
  );

  marbles('makes do with figures that are missing', ({ cold, expectObservable }, scheduler) => {
    const bare = JSON.parse(
      '{"job":{"status":"running","total_items":null,"processed_items":null},"progress_percentage":null}',
    ) as BatchJobProgress;
    expectObservable(cold('a 9ms (a|)', { a: bare }).pipe(batchProgress({ scheduler }))).toBe(
      'x 9ms (x|)',
      { x: { ...figures(bare), total: 0, done: 0 } },
    );
  });

  marbles(
    'is at 100 once the job is completed, also without a file',
    ({ cold, expectObservable }, scheduler) => {
      const n = state(0, NaN, 'completed', 0);
      expectObservable(cold('(n|)', { n }).pipe(batchProgress({ scheduler }))).toBe('(n|)', {
        n: figures(n, { percent: 100, total: 0, remainingMs: 0 }),
      });
    },
  );

  marbles('gives no pace within one instant', ({ cold, expectObservable }, scheduler) => {
    const values = { a: begun, b: state(2, 50), c: state(3, 75) };
    expectObservable(cold('(ab) 996ms (c|)', values).pipe(batchProgress({ scheduler }))).toBe(
      '(xy) 996ms (z|)',
      {
        x: start,
        y: figures(values.b, { percent: 50 }),
        z: figures(values.c, { percent: 75, itemsPerSecond: 3, remainingMs: 333 }),
      },
    );
  });

  marbles(
    'takes states that say nothing new for silence',
    ({ cold, expectObservable }, scheduler) => {
      const result = cold('a-a-a-a-b-', { a: begun, b: state(0, 0, 'dispatched') }).pipe(
        batchProgress({ stalledAfter: 5, scheduler }),
      );
      const stalled = { ...start, stalled: true };
      const b = figures(state(0, 0, 'dispatched'));
      expectObservable(result, '^--------!').toBe('x-x-xss-b', { x: start, s: stalled, b });
    },
  );

  marbles('tells of a silence once', ({ cold, expectObservable }, scheduler) => {
    const result = cold('a', { a: begun }).pipe(batchProgress({ stalledAfter: 3, scheduler }));
    expectObservable(result).toBe('x--s', { x: start, s: { ...start, stalled: true } });
  });

  marbles('is not stalled once the job has ended', ({ cold, expectObservable }, scheduler) => {
    const e = state(4, 100, 'completed');
    const result = cold('e', { e }).pipe(batchProgress({ stalledAfter: 3, scheduler }));
    expectObservable(result).toBe('e', { e: figures(e, { percent: 100, remainingMs: 0 }) });
  });

  marbles('ends with its source, also in a silence', ({ cold, expectObservable }, scheduler) => {
    const silence = batchProgress({ stalledAfter: 9, scheduler });
    expectObservable(cold('a--|', { a: begun }).pipe(silence)).toBe('x--|', { x: start });
    expectObservable(cold('a--#', { a: begun }).pipe(silence)).toBe('x--#', { x: start });
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }, scheduler) => {
      const silence = batchProgress({ stalledAfter: 3, scheduler });
      expectObservable(cold<BatchJobProgress>('-').pipe(silence)).toBe('-');
      expectObservable(cold<BatchJobProgress>('-----|').pipe(silence)).toBe('-----|');
    },
  );

  marbles(
    'leaves the source and the silence when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a-----a|', { a: begun });
      const result = source.pipe(batchProgress({ stalledAfter: 4, scheduler }));
      expectObservable(result, '^--!').toBe('x---', { x: start });
      expectSubscriptions(source.subscriptions).toBe('^--!');
    },
  );

  marbles('measures for each subscription alone', ({ cold, expectObservable }, scheduler) => {
    const result = cold('a|', { a: begun }).pipe(batchProgress({ scheduler }));
    expectObservable(result).toBe('x|', { x: start });
    expectObservable(result, '---^').toBe('---x|', { x: start });
  });

  it.each([
    { smoothing: 0 },
    { smoothing: NaN },
    { stalledAfter: 0 },
    { stalledAfter: NaN },
    { stalledAfter: 2 ** 31 },
  ])('refuses %j when called', (config) => {
    const scheduler = new VirtualTimeScheduler();
    expect(() => batchProgress({ ...config, scheduler })).toThrow(RangeError);
  });
});
