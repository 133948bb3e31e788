import { take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { rateLimit } from '../../src/operators/rateLimit.ts';
import { marbles } from '../support/marbles.ts';

describe('rateLimit', () => {
  marbles(
    'holds back what exceeds the window or the bucket, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(abc)|');
      const subs = ['      ^----!', '^----!'];
      const result = '     (ab)-(c|)';
      const bucket = '     (ab)c|';

      expectObservable(source.pipe(rateLimit({ count: 2, window: 5 }))).toBe(result);
      expectObservable(source.pipe(rateLimit({ count: 1, window: 4, burst: 2 }))).toBe(bucket);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('lets values through untouched while under the limit', ({ hot, expectObservable }) => {
    const source = hot('   --a---b---c--|');
    const expected = '     --a---b---c--|';
    expectObservable(source.pipe(rateLimit({ count: 1, window: 4 }))).toBe(expected);
  });

  marbles(
    'looks back over a whole window, not over one that starts anew',
    ({ cold, expectObservable }) => {
      const source = cold('a-----(bcd)|');
      const expected = '   a-----b---c-----(d|)';
      expectObservable(source.pipe(rateLimit({ count: 2, window: 10 }))).toBe(expected);
    },
  );

  marbles('saves tokens up to the burst while nothing comes', ({ cold, expectObservable }) => {
    const source = cold('(abc) 26ms   (defg|)');
    const expected = '   (abc) 26ms   (def) 5ms (g|)';
    const config = { count: 1, window: 10, burst: 3 };
    expectObservable(source.pipe(rateLimit(config))).toBe(expected);
  });

  marbles('spreads a bucket of one evenly', ({ cold, expectObservable }) => {
    const source = cold('(abc|)');
    const expected = '   a---b---(c|)';
    const config = { count: 2, window: 8, burst: 1 };
    expectObservable(source.pipe(rateLimit(config))).toBe(expected);
  });

  marbles('loses no millisecond to fractions', ({ cold, expectObservable }) => {
    // A token each 3⅓ ms: at 4, 7 and 10, the first whole milliseconds that are not too early.
    const source = cold('(abcde|)');
    const expected = '   (ab)c--d--(e|)';
    const config = { count: 3, window: 10, burst: 2 };
    expectObservable(source.pipe(rateLimit(config))).toBe(expected);
  });

  marbles('never emits and never completes on a silent source', ({ cold, expectObservable }) => {
    expectObservable(cold('-').pipe(rateLimit({ count: 1, window: 4 }))).toBe('-');
  });

  marbles('completes with an empty source', ({ cold, expectObservable }) => {
    expectObservable(cold('--|').pipe(rateLimit({ count: 1, window: 4 }))).toBe('--|');
  });

  marbles('passes an error on ahead of what waits', ({ cold, expectObservable }) => {
    const source = cold('(ab)-#');
    const expected = '   a----#';
    expectObservable(source.pipe(rateLimit({ count: 1, window: 9 }))).toBe(expected);
  });

  marbles(
    'drops what waits and the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(abc)----------|');
      const unsub = '      ^------!        ';
      const expected = '   a----b--        ';
      expectObservable(source.pipe(rateLimit({ count: 1, window: 5 })), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  marbles(
    'stops in the middle of a burst when downstream has enough',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(abcd)--|');
      const limited = source.pipe(rateLimit({ count: 3, window: 5 }), take(2));
      expectObservable(limited).toBe('(ab|)');
      expectSubscriptions(source.subscriptions).toBe('(^!)');
    },
  );

  marbles('keeps a window per subscription', ({ cold, expectObservable }) => {
    const limited = cold('(ab|)').pipe(rateLimit({ count: 1, window: 5 }));
    expectObservable(limited).toBe('a----(b|)');
    expectObservable(limited).toBe('a----(b|)');
  });

  marbles(
    'takes its time from the scheduler it is given',
    ({ cold, expectObservable }, scheduler) => {
      const config = { count: 1, window: 3, scheduler };
      expectObservable(cold('(ab|)').pipe(rateLimit(config))).toBe('a--(b|)');
    },
  );

  it.each([
    [{ count: 0, window: 5 }, 'count must be a whole number of at least 1, got 0'],
    [{ count: 1.5, window: 5 }, 'count must be a whole number of at least 1, got 1.5'],
    [{ count: 1, window: 0 }, 'window must be a positive number of ms, got 0'],
    [{ count: 1, window: Infinity }, 'window must be a positive number of ms, got Infinity'],
    [{ count: 1, window: 5, burst: 0 }, 'burst must be at least 1, got 0'],
  ])('refuses %j when called, not when subscribed', (config, sentence) => {
    expect(() => rateLimit(config)).toThrow(new RangeError(`rateLimit: ${sentence}`));
  });
});
