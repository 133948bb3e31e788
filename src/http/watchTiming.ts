import { asyncScheduler, type SchedulerLike } from 'rxjs';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How a job is watched. Times in milliseconds. */
export interface WatchConfig {
  /**
   * The wait between an answer and the next question: `min` after a change, then half as long again each time
   * nothing changed, up to `max`. @defaultValue `{ min: 1_000, max: 5_000 }`
   */
  readonly interval?:
    { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  /** When to give up on a job that has not ended; 24 days at most. @defaultValue `Infinity` */
  readonly timeout?: number | undefined;
  /**
   * How long failures that pass by themselves are waited out, in milliseconds, counted from the first question that
   * failed and anew after each one that did not; `Infinity` for as long as it takes, 0 for not at all. The questions go
   * on meanwhile, at growing intervals from `min` to `max`, and never earlier than the server asks for.
   * `activity` tells of it. Then the last failure is the error. @defaultValue `300_000`
   */
  readonly patience?: number | undefined;
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A {@link WatchConfig} with its defaults, checked. Times in milliseconds. */
export interface WatchTiming {
  readonly min: number;
  readonly max: number;
  readonly timeout: number;
  readonly patience: number;
  readonly scheduler: SchedulerLike;
}

/** @throws RangeError for an interval or timeout that is not positive, or longer than a timer can wait; for a negative patience. */
export function watchTiming(caller: string, config: WatchConfig): WatchTiming {
  checkKind(`${caller}: config`, config, 'object');
  const { interval = {}, timeout = Infinity, scheduler = asyncScheduler } = config;
  const patience = patienceOf(caller, config.patience);
  const min = interval.min ?? 1_000;
  const max = interval.max ?? Math.max(5_000, min);
  const bounded = max <= LONGEST_TIMER && (timeout <= LONGEST_TIMER || timeout === Infinity);
  if (!(min > 0 && max >= min && timeout > 0 && bounded)) {
    throw new RangeError(
      `${caller}: interval and timeout must be positive, min at most max and all at most ${LONGEST_TIMER}, ` +
        `got { min: ${min}, max: ${max}, timeout: ${timeout} }`,
    );
  }
  return { min, max, timeout, patience, scheduler };
}

/** A patience in milliseconds, 300,000 where there is none. @throws RangeError for one that is negative or no number. */
export function patienceOf(caller: string, patience = 300_000): number {
  if (!(typeof patience === 'number' && patience >= 0)) {
    throw new RangeError(
      `${caller}: patience must be milliseconds from 0 to Infinity, got ${String(patience)}`,
    );
  }
  return patience;
}

/** The wait that follows `wait` when nothing has changed: half as long again, `max` at most. */
export function longerWait(wait: number, max: number): number {
  return Math.min(max, wait * 1.5);
}
