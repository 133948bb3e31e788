import { type MonoTypeOperatorFunction, of, type SchedulerLike } from 'rxjs';
import type { RateLimit } from './fan/pace.ts';
import { fanOut } from './fanOut.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link rateLimit} accepts. */
export interface RateLimitConfig extends RateLimit {
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Delays values so that no stretch of `window` ms holds more than `count` of them; with `burst`, so that they fit a
 * token bucket instead.
 *
 * ```text
 * source:  (abc)|
 * result:  (ab)-(c|)      { count: 2, window: 5 }
 * bucket:  (ab)c|         { count: 1, window: 4, burst: 2 }
 * ```
 *
 * Order is kept and nothing is dropped: what has to wait is kept in memory. An error of the source is passed on at
 * once, ahead of what waits. To limit the work that values cause, `fanOut` has the same option.
 *
 * @example At most ten questions a second
 * ```ts
 * of('Why?', 'How?').pipe(
 *   rateLimit({ count: 10, window: 1_000 }),
 *   concatMap((query) => retrieve(connection, { index_id: indexId, query })),
 * );
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 */
export function rateLimit<T>(config: RateLimitConfig): MonoTypeOperatorFunction<T> {
  checkKind('rateLimit: config', config, 'object');
  const { scheduler, ...limit } = config;
  return fanOut((value: T) => of(value), { concurrency: 1, rateLimit: limit, scheduler });
}
