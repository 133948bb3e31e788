import * as fc from 'fast-check';
import {
  concatMap,
  defer,
  from,
  map,
  type Observable,
  retry,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import { expect, it } from 'vitest';
import { FanOutFailure } from '../../../src/operators/fan/fanSlots.ts';
import type { RateLimit } from '../../../src/operators/fan/pace.ts';
import { fanOut } from '../../../src/operators/fanOut.ts';
import { fanOutFrom } from '../../../src/operators/fanOutFrom.ts';
import { httpError } from '../../support/overload.ts';

/** One try at a value: how long it takes, and how it ends. */
interface Try {
  readonly ms: number;
  readonly end: 'done' | 'failed' | 'asked to wait';
}

/** What a failure that asks for a pause asks for, in milliseconds. */
const PAUSE = 40;

const tries = fc.array(
  fc.record<Try>({
    ms: fc.nat(30),
    end: fc.constantFrom('done', 'done', 'failed', 'asked to wait'),
  }),
  { minLength: 1, maxLength: 3 },
);
const rateLimit = fc.option(
  fc.record({
    count: fc.integer({ min: 1, max: 4 }),
    window: fc.integer({ min: 1, max: 50 }),
    burst: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  }),
  { nil: undefined },
);
const run = fc.record({
  items: fc.array(fc.record({ gap: fc.nat(8), tries }), { maxLength: 25 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  rateLimit,
  pulled: fc.boolean(),
  stopAt: fc.option(fc.nat(300), { nil: undefined }),
});

it('keeps to its concurrency, its rate and every pause, and ends each value once', () => {
  fc.assert(
    fc.property(run, ({ items, concurrency, rateLimit, pulled, stopAt }) => {
      const scheduler = new VirtualTimeScheduler();
      const starts: number[] = [];
      const ends: number[] = [];
      const pauses: number[] = [];
      let active = 0;
      let most = 0;
      let completed = 0;

      const work = (
        { tries }: { readonly tries: readonly Try[] },
        n: number,
      ): Observable<number> => {
        let tried = 0;
        const once = defer(() => {
          const { ms, end } = tries[tried++] ?? { ms: 0, end: 'done' };
          return timer(ms, scheduler).pipe(
            map(() => {
              if (end === 'done') {
                return n;
              }
              throw httpError(503, end === 'failed' ? undefined : PAUSE);
            }),
          );
        });
        return defer(() => {
          starts.push(scheduler.now());
          active += 1;
          most = Math.max(most, active);
          return once.pipe(retry({ count: tries.length - 1, delay: () => timer(3, scheduler) }));
        });
      };
      const config = { concurrency, rateLimit, scheduler, onError: 'collect' } as const;
      const coming = from(items).pipe(
        concatMap((item) => timer(item.gap, scheduler).pipe(map(() => item))),
      );
      const result = pulled ? fanOutFrom(items, work, config) : coming.pipe(fanOut(work, config));
      const subscription = result.subscribe({
        next(value) {
          const failed = value instanceof FanOutFailure;
          ends.push(failed ? value.index : value);
          active -= 1;
          // What the last try of a value asks for holds for all.
          if (failed && items[value.index]?.tries.at(-1)?.end === 'asked to wait') {
            pauses.push(scheduler.now());
          }
        },
        complete: () => (completed += 1),
      });
      if (stopAt !== undefined) {
        scheduler.schedule(() => subscription.unsubscribe(), stopAt);
      }
      scheduler.flush();

      expect(most).toBeLessThanOrEqual(concurrency);
      expect(new Set(ends).size).toBe(ends.length);
      if (stopAt === undefined) {
        expect(completed).toBe(1);
        expect(ends).toHaveLength(items.length);
      }
      expect(tooEarly(starts, rateLimit)).toEqual([]);
      for (const paused of pauses) {
        expect(starts.filter((at) => at > paused && at < paused + PAUSE)).toEqual([]);
      }
      expect(starts.filter((at) => at > (stopAt ?? Infinity))).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

/** The starts that the limit forbids. */
function tooEarly(starts: readonly number[], limit: RateLimit | undefined): number[] {
  if (!limit) {
    return [];
  }
  const { count, window, burst } = limit;
  return starts.filter((at, n) => {
    if (burst === undefined) {
      const before = starts[n - count];
      return before !== undefined && at - before < window;
    }
    // A bucket of `burst` gives no more to any stretch of time than it holds and what has come since.
    return starts
      .slice(0, n)
      .some((since, first) => n - first + 1 > burst + ((at - since) * count) / window + 1e-6);
  });
}
