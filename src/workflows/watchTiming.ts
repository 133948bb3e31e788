import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { LONGEST_TIMER } from '../http/longestTimer.ts';
import type { WatchConfig } from '../http/poll.ts';

/** A {@link WatchConfig} with its defaults, checked. Times in milliseconds. */
export interface WatchTiming {
  readonly min: number;
  readonly max: number;
  readonly timeout: number;
  readonly scheduler: SchedulerLike;
}

/** @throws RangeError for an interval or timeout that is not positive, or longer than a timer can wait. */
export function watchTiming(caller: string, config: WatchConfig): WatchTiming {
  const { interval = {}, timeout = Infinity, scheduler = asyncScheduler } = config;
  const min = interval.min ?? 1_000;
  const max = interval.max ?? Math.max(5_000, min);
  const bounded = max <= LONGEST_TIMER && (timeout <= LONGEST_TIMER || timeout === Infinity);
  if (!(min > 0 && max >= min && timeout > 0 && bounded)) {
    throw new RangeError(
      `${caller}: interval and timeout must be positive, min at most max and all at most ${LONGEST_TIMER}, ` +
        `got { min: ${min}, max: ${max}, timeout: ${timeout} }`,
    );
  }
  return { min, max, timeout, scheduler };
}
