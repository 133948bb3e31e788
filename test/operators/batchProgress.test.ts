import { VirtualTimeScheduler } from 'rxjs';
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

const start: BatchProgress = {
  phase: 'running',
  percent: 0,
  total: 4,
  done: 0,
  failed: 0,
  skipped: 0,
  itemsPerSecond: 0,
  remainingMs: undefined,
};
// One sample of 2 items a second over one second, weighed with 1 - e^(-1/5).
const pace = 2 * (1 - Math.exp(-0.2));

describe('batchProgress', () => {
  marbles(
    'gives figures for each state, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a 999ms b|', { a: state(0, 0), b: state(2, 50) });
      const expected = '   x 999ms y|';
      const subs = '       ^ 1000ms !';
      const y: BatchProgress = {
        ...start,
        percent: 50,
        done: 2,
        itemsPerSecond: pace,
        remainingMs: Math.round(2000 / pace),
      };

      expectObservable(source.pipe(batchProgress({ scheduler }))).toBe(expected, { x: start, y });
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('never goes back, above 100 or to NaN', ({ cold, expectObservable }, scheduler) => {
    const values = {
      a: state(1, 60),
      b: state(1, 40),
      c: state(9, 250, 'completed'),
      n: state(0, NaN, 'completed', 0),
    };
    const percents = cold('(abc|)', values).pipe(batchProgress({ scheduler }));
    expectObservable(percents).toBe('(abc|)', {
      a: { ...start, percent: 60, done: 1 },
      b: { ...start, percent: 60, done: 1 },
      c: { ...start, phase: 'completed', percent: 100, done: 9, remainingMs: 0 },
    });
    expectObservable(cold('(n|)', values).pipe(batchProgress({ scheduler }))).toBe('(n|)', {
      n: { ...start, phase: 'completed', total: 0, remainingMs: 0 },
    });
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<BatchJobProgress>('-').pipe(batchProgress())).toBe('-');
      expectObservable(cold<BatchJobProgress>('-|').pipe(batchProgress())).toBe('-|');
    },
  );

  marbles('passes an error on', ({ cold, expectObservable }, scheduler) => {
    const source = cold('a-#', { a: state(0, 0) });
    expectObservable(source.pipe(batchProgress({ scheduler }))).toBe('x-#', { x: start });
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a---a|', { a: state(0, 0) });
      expectObservable(source.pipe(batchProgress({ scheduler })), '^--!').toBe('x---', {
        x: start,
      });
      expectSubscriptions(source.subscriptions).toBe('^--!');
    },
  );

  marbles('measures for each subscription alone', ({ cold, expectObservable }, scheduler) => {
    const result = cold('a|', { a: state(0, 0) }).pipe(batchProgress({ scheduler }));
    expectObservable(result).toBe('x|', { x: start });
    expectObservable(result, '---^').toBe('---x|', { x: start });
  });

  it('refuses a smoothing that is not positive when called', () => {
    const scheduler = new VirtualTimeScheduler();
    expect(() => batchProgress({ smoothing: 0, scheduler })).toThrow(RangeError);
  });
});
