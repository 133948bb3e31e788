import { defer, type MonoTypeOperatorFunction, Observable, retry } from 'rxjs';
import { ApiError } from '../errors.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { failedOn } from './failedOn.ts';
import { reasonOf } from './reasonOf.ts';
import { shutdownError } from './lifetime.ts';
import { steadyClock } from './steadyClock.ts';
import { longerWait, type WatchTiming } from './watchTiming.ts';

/** An outage as it is known when a question has failed. Times in milliseconds. */
export interface Outage {
  /** For how long questions have failed. */
  readonly lasted: number;
  /** How long to wait out failures that pass by themselves. */
  readonly patience: number;
  /** When to ask again if the server does not say. */
  readonly wait: number;
}

/** Whether it is a failure that passes by itself, as the retry policy tells it. */
export function isPassing(error: unknown): error is ApiError {
  return error instanceof ApiError && error.retryable;
}

/**
 * How long to wait, in milliseconds, before a question that failed is asked again; a wait is announced as activity of
 * the connection that it failed on. Never shorter than the server asks for, and never longer than patience lasts.
 *
 * @throws the error, where it does not pass by itself. Where it does, and patience is over or the server asks for more
 *   than is left of it, the error says so.
 */
export function waitAfter(error: unknown, { lasted, patience, wait }: Outage): number {
  if (!isPassing(error) || failedOn(error)?.lifetime.closed) {
    throw error;
  }
  const left = Math.max(0, patience - lasted);
  const asked = error.retryAfterMs ?? 0;
  if (left === 0 || asked > left) {
    throw patience === 0 ? error : outOfPatience(error, lasted, patience, asked);
  }
  const waitMs = Math.min(Math.max(wait, asked), left, LONGEST_TIMER);
  const hub = failedOn(error)?.hub;
  if (hub?.heard) {
    const { route } = error;
    hub.announce({ type: 'waiting', route, reason: reasonOf(error), waitMs, leftMs: left });
  }
  return waitMs;
}

/**
 * Waits out the failures of a question that pass by themselves: subscribes to it again after `min` milliseconds, then
 * after half as long again each time, up to `max`, for as long as `patience` lasts from the first failure on. What does
 * not pass by itself is an error at once. All of it begins anew once the question completes.
 *
 * ```text
 * question:  #  #    a|       503, 503, then an answer
 * result:    --------a|
 * ```
 *
 * A wait ends with an error of the kind `shutdown` when the connection is closed that the question has failed on.
 */
export function withPatience<T>({
  min,
  max,
  patience,
  scheduler,
}: Omit<WatchTiming, 'timeout'>): MonoTypeOperatorFunction<T> {
  const now = steadyClock(scheduler);
  return (source) =>
    defer(() => {
      let since: number | undefined;
      let wait = min;
      const untilNext = (error: unknown): Observable<void> => {
        const failedAt = now();
        since ??= failedAt;
        const waitMs = waitAfter(error, { lasted: failedAt - since, patience, wait });
        wait = longerWait(wait, max);
        return new Observable((subscriber) => {
          if (error instanceof ApiError) {
            subscriber.add(
              failedOn(error)?.lifetime.atTheEnd(() =>
                subscriber.error(shutdownError(error.route ?? 'watching', false)),
              ),
            );
          }
          subscriber.add(scheduler.schedule(() => subscriber.next(), waitMs));
        });
      };
      return source.pipe(retry({ delay: untilNext }));
    });
}

/** The error, which says of itself how long it was waited for, and what to do. What prints it shows its stack. */
function outOfPatience(error: ApiError, lasted: number, patience: number, asked: number): ApiError {
  const { message, stack } = error;
  const waited = `It has not passed within ${Math.round(lasted)} ms (patience: ${patience})`;
  const why =
    asked > 0 && asked > patience - lasted
      ? `${waited}, and the server asks to wait ${asked} ms more`
      : waited;
  error.message =
    `${message}. ${why}. Nothing at the server ends with it: watch again once it answers, or give more ` +
    'patience';
  if (stack?.includes(message)) {
    error.stack = stack.replace(message, () => error.message);
  }
  return error;
}
