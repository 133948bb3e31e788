import { setImmediate } from 'node:timers/promises';
import { EMPTY, lastValueFrom, of, take, throwError, timer, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FanOutFailure } from '../../src/operators/fan/fanSlots.ts';
import { Limiter } from '../../src/operators/fan/limiter.ts';
import { fanOutFrom } from '../../src/operators/fanOutFrom.ts';
import { marbles } from '../support/marbles.ts';

/** The numbers from 0, and what is done to them: how many were asked for, whether the walk was closed. */
function countedNumbers(end = Infinity): {
  readonly numbers: Iterable<number>;
  readonly later: AsyncIterable<number>;
  readonly log: { asked: number; closed: number };
} {
  const log = { asked: 0, closed: 0 };
  function* numbers(): Generator<number> {
    try {
      for (let n = 0; n < end; n += 1) {
        log.asked += 1;
        yield n;
      }
    } finally {
      log.closed += 1;
    }
  }
  async function* later(): AsyncGenerator<number> {
    for (const n of numbers()) {
      yield await Promise.resolve(n);
    }
  }
  return { numbers: { [Symbol.iterator]: numbers }, later: { [Symbol.asyncIterator]: later }, log };
}

describe('fanOutFrom', () => {
  marbles(
    'asks for a value when a slot is free, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = 'abc';
      const works = [cold('--x|'), cold('-----y|'), cold('---z|')];
      const subs = ['      ^--!', '     ^-----!', '   ---^---!'];
      const expected = '   --x--yz|';

      const result = fanOutFrom(source, (_, index) => works[index] ?? EMPTY, { concurrency: 2 });
      expectObservable(result).toBe(expected);
      works.forEach((work, n) => expectSubscriptions(work.subscriptions).toBe(subs[n] ?? ''));
    },
  );

  marbles('takes no more than the slots hold from a source without end', ({ cold }, scheduler) => {
    const { numbers, log } = countedNumbers();
    const result = fanOutFrom(numbers, () => cold('---(x|)'), { concurrency: 5 });
    const subscription = result.subscribe();
    scheduler.schedule(() => expect(log).toEqual({ asked: 5, closed: 0 }), 2);
    scheduler.schedule(() => expect(log).toEqual({ asked: 10, closed: 0 }), 4);
    scheduler.schedule(() => subscription.unsubscribe(), 5);
    scheduler.schedule(() => expect(log).toEqual({ asked: 10, closed: 1 }), 6);
  });

  marbles('takes one value ahead while the limiter makes it wait', ({ cold }, scheduler) => {
    const { numbers, log } = countedNumbers();
    const limiter = new Limiter({ rateLimit: { count: 2, window: 50 }, scheduler });
    const subscription = fanOutFrom(numbers, () => cold('--|'), { limiter }).subscribe();
    scheduler.schedule(() => expect(log.asked).toBe(3), 20);
    scheduler.schedule(() => expect(log.asked).toBe(5), 60);
    scheduler.schedule(() => subscription.unsubscribe(), 61);
  });

  marbles(
    'completes with an empty source and waits for the work of others',
    ({ cold, expectObservable }) => {
      expectObservable(fanOutFrom([], () => EMPTY)).toBe('|');
      expectObservable(fanOutFrom(['a'], () => cold('---|'))).toBe('---|');
      expectObservable(fanOutFrom(['a'], () => cold('---'))).toBe('-');
    },
  );

  marbles('walks the source anew for each subscription', ({ expectObservable }) => {
    const result = fanOutFrom(['a', 'b'], (name, index) => of(`${name}${index}`));
    expectObservable(result).toBe('(xy|)', { x: 'a0', y: 'b1' });
    expectObservable(result, '--^').toBe('--(xy|)', { x: 'a0', y: 'b1' });
  });

  it('stops a walk without end when downstream has enough', () => {
    const { numbers, log } = countedNumbers();
    const seen: number[] = [];
    fanOutFrom(numbers, (n) => of(n))
      .pipe(take(3))
      .subscribe((n) => seen.push(n));
    expect(seen).toEqual([0, 1, 2]);
    expect(log).toEqual({ asked: 3, closed: 1 });
  });

  it('walks a hundred thousand values that are done at once without running out of stack', () => {
    const { numbers, log } = countedNumbers(100_000);
    let sum = 0;
    fanOutFrom(numbers, (n) => of(n)).subscribe((n) => (sum += n));
    expect(sum).toBe((100_000 * 99_999) / 2);
    expect(log.closed).toBe(1);
  });

  it('asks an asynchronous source for one value at a time, and for none without a slot', async () => {
    const { later, log } = countedNumbers(50);
    let atOnce = 0;
    let most = 0;
    const results = fanOutFrom(
      later,
      async (n) => {
        most = Math.max(most, (atOnce += 1));
        expect(log.asked).toBeLessThanOrEqual(n + 4);
        await setImmediate();
        atOnce -= 1;
        return n;
      },
      { concurrency: 3 },
    );
    expect(await lastValueFrom(results.pipe(toArray()))).toHaveLength(50);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(3);
    expect(log).toEqual({ asked: 50, closed: 1 });
  });

  it('closes an asynchronous walk when it is stopped', async () => {
    const { later, log } = countedNumbers();
    const seen = await lastValueFrom(fanOutFrom(later, (n) => of(n)).pipe(take(3), toArray()));
    expect(seen).toEqual([0, 1, 2]);
    // The generator runs its `finally` in a turn of its own.
    await lastValueFrom(timer(0));
    expect(log.closed).toBe(1);
  });

  it('closes the walk when work fails, unless failures are collected', () => {
    const { numbers, log } = countedNumbers(4);
    const broken = new Error('broken');
    const project = (n: number) => (n === 1 ? throwError(() => broken) : of(n));

    const errors: unknown[] = [];
    fanOutFrom(numbers, project).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual([broken]);
    expect(log).toEqual({ asked: 2, closed: 1 });

    const values: unknown[] = [];
    fanOutFrom(numbers, project, { onError: 'collect' }).subscribe((value) => values.push(value));
    expect(values).toEqual([0, new FanOutFailure(1, 1, broken), 2, 3]);
  });

  it.each([
    ['at once', true],
    ['later', false],
  ])('passes on the error of a source that fails %s, and stops the work', async (_, atOnce) => {
    function* now(): Generator<number> {
      yield 1;
      throw new Error('source');
    }
    async function* later(): AsyncGenerator<number> {
      yield* now();
      await Promise.resolve();
    }
    const result = fanOutFrom<number, typeof neverEnding>(
      atOnce ? now() : later(),
      () => neverEnding,
    );
    await expect(lastValueFrom(result)).rejects.toThrow('source');
  });

  it('passes on the error of a source that fails when asked for more', async () => {
    function* numbers(): Generator<number> {
      yield 1;
      throw new Error('source');
    }
    const result = fanOutFrom(numbers(), () => timer(1), { concurrency: 1 });
    await expect(lastValueFrom(result)).rejects.toThrow(/^source$/);
  });

  it('refuses at call time what cannot be meant', () => {
    expect(() => fanOutFrom([], () => EMPTY, { concurrency: 0 })).toThrow(
      new RangeError('fanOutFrom: concurrency must be at least 1, got 0'),
    );
  });
});

const neverEnding = timer(2 ** 31 - 1);
