import { concat, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Limiter } from '../../../src/operators/fan/limiter.ts';
import { withPermit } from '../../../src/operators/fan/withPermit.ts';
import { marbles } from '../../support/marbles.ts';
import { httpError } from '../../support/overload.ts';

describe('withPermit', () => {
  marbles('does a work when the one before it is done', ({ cold, expectObservable }) => {
    const limiter = new Limiter({ concurrency: 1 });
    const [one, two] = [cold('--a-|'), cold('-b|')];

    expectObservable(withPermit(limiter, one)).toBe('--a-|');
    expectObservable(withPermit(limiter, two)).toBe('-----b|');
  });

  marbles('gives the permit back before what follows wants one', ({ cold, expectObservable }) => {
    const limiter = new Limiter({ concurrency: 1 });
    const work = withPermit(limiter, cold('-a|'));

    expectObservable(concat(work, work)).toBe('-a-a|');
  });

  marbles('tells the limiter what it failed of', ({ expectObservable }, scheduler) => {
    const limiter = new Limiter({ scheduler });
    const refused = withPermit(
      limiter,
      throwError(() => httpError(429, 4)),
    );

    expectObservable(refused).toBe('#', undefined, httpError(429, 4));
    expectObservable(withPermit(limiter, of('a')), '-^').toBe('----(a|)');
  });

  marbles(
    'leaves the line, and stops the work, when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const limiter = new Limiter({ concurrency: 1 });
      const [one, two, three] = [cold('-a---'), cold('b'), cold('c|')];

      expectObservable(withPermit(limiter, one), '  ^--!').toBe('-a--');
      expectObservable(withPermit(limiter, two), '  ^-!').toBe('---');
      expectObservable(withPermit(limiter, three), '^----').toBe('---c|');
      expectSubscriptions(one.subscriptions).toBe('^--!');
      expectSubscriptions(two.subscriptions).toBe([]);
    },
  );

  it('holds nothing when the work is over at once', () => {
    const limiter = new Limiter({ concurrency: 1 });
    withPermit(limiter, of(1)).subscribe();
    expect(limiter.active).toBe(0);
  });
});
