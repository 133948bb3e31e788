import type { SchedulerLike } from 'rxjs';
import type { AdaptiveConfig } from './adaptiveConcurrency.ts';
import { Limiter } from './limiter.ts';
import type { RateLimit } from './pace.ts';
import { checkChoice } from '../../checks/checkChoice.ts';

/** How a fan-out works: what `fanOut` and `fanOutFrom` accept. */
export interface FanOutConfig {
  /**
   * How many values are worked on at once, 1 or more.
   * @defaultValue `Infinity` for `fanOut`, as rxjs's `mergeMap` has it; `16` for `fanOutFrom`
   */
  readonly concurrency?: number | undefined;
  /** How many may start in a stretch of time. @defaultValue no limit */
  readonly rateLimit?: RateLimit | undefined;
  /**
   * Begins with a few at once, allows one more after each round without a failure up to `concurrency`, and half as
   * many after a 429, a 503 or a timeout. @defaultValue `false`
   */
  readonly adaptive?: boolean | AdaptiveConfig | undefined;
  /** A limiter shared with others. It has its own rate and adapts itself: give those to it and not here. */
  readonly limiter?: Limiter | undefined;
  /**
   * What a failure of one value's work does: ends everything (`throw`), or is emitted as a `FanOutFailure` while the
   * rest goes on (`collect`). @defaultValue `throw`
   */
  readonly onError?: 'throw' | 'collect' | undefined;
  /** Tells the time for `rateLimit` and for pauses. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Checks a configuration and says where each subscription gets its limiter from: the shared one, one of its own, or
 * none where nothing is there to be limited.
 *
 * @throws RangeError for a figure that cannot be meant, TypeError for options that exclude each other.
 */
export function limiterSource(caller: string, config: FanOutConfig): () => Limiter | undefined {
  const { concurrency, rateLimit, adaptive, limiter, onError = 'throw', scheduler } = config;
  checkChoice(`${caller}: onError`, onError, ['throw', 'collect']);
  if (concurrency !== undefined && !(concurrency >= 1)) {
    throw new RangeError(`${caller}: concurrency must be at least 1, got ${concurrency}`);
  }
  if (limiter) {
    if (rateLimit ?? adaptive) {
      throw new TypeError(
        `${caller}: rateLimit and adaptive belong to the limiter; give them to new Limiter()`,
      );
    }
    return () => limiter;
  }
  // Where a failure does not end the run, the server's wish for a pause concerns the rest of it.
  if (!rateLimit && !adaptive && onError !== 'collect') {
    return () => undefined;
  }
  const own = (): Limiter => new Limiter({ concurrency, rateLimit, adaptive, scheduler });
  own(); // refuses now what it would refuse on subscription
  return own;
}
