import { asyncScheduler, Observable, type SchedulerLike, Subscription } from 'rxjs';
import { JobError } from '../errors.ts';

/** How a job is watched. Times in milliseconds. */
export interface WatchConfig {
  /**
   * The wait between an answer and the next question: `min` after a change, then half as long again each time
   * nothing changed, up to `max`. @defaultValue `{ min: 1_000, max: 5_000 }`
   */
  readonly interval?:
    { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  /** When to give up on a job that has not ended. @defaultValue `Infinity` */
  readonly timeout?: number | undefined;
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** What {@link poll} needs to know of a kind of job. */
export interface PollSpec<T> {
  /** Names the operation in errors. */
  readonly route: string;
  /** Whether the job has ended, well or badly. */
  readonly isDone: (job: T) => boolean;
  /** What makes two answers the same: they are when the keys are. */
  readonly changeKey: (job: T) => string;
}

const GROWTH = 1.5;

/**
 * Asks for a job until it has ended: emits the first answer and every changed one, the last one included,
 * then completes. A job that failed or was cancelled is a value like any other.
 *
 * ```text
 * once:    a|  a|  b|  c|        c: ended
 * result:  a-------b---(c|)      not to scale
 * ```
 *
 * The first question is asked on subscription, each next one a while after the answer before it. Unsubscribing
 * ends the question or the wait. Errors of `once` are passed on; when the time is over, `JobError` of the kind
 * `timeout` with the last answer.
 *
 * @throws RangeError when called with an interval or timeout that is not positive.
 */
export function poll<T>(
  once: Observable<T>,
  { route, isDone, changeKey }: PollSpec<T>,
  config: WatchConfig = {},
): Observable<T> {
  const { timeout: limit = Infinity, scheduler = asyncScheduler } = config;
  const min = config.interval?.min ?? 1_000;
  const max = config.interval?.max ?? Math.max(5_000, min);
  if (!(min > 0 && max >= min && limit > 0)) {
    throw new RangeError(
      `${route}: interval and timeout must be positive and min at most max, got ` +
        `{ min: ${min}, max: ${max}, timeout: ${limit} }`,
    );
  }

  return new Observable((subscriber) => {
    let last: { job: T; key: string } | undefined;
    let wait = min;
    // What is under way, a question or a wait. One at a time, so that a watch of weeks holds nothing more.
    let step = Subscription.EMPTY;
    subscriber.add(() => step.unsubscribe());

    const ask = (): void => {
      step = once.subscribe({
        next(job) {
          const key = changeKey(job);
          wait = last?.key === key ? Math.min(max, wait * GROWTH) : min;
          const changed = last?.key !== key;
          last = { job, key };
          if (changed) {
            subscriber.next(job);
          }
        },
        error: (error: unknown) => subscriber.error(error),
        complete() {
          if (last && isDone(last.job)) {
            subscriber.complete();
          } else if (!subscriber.closed) {
            step = scheduler.schedule(ask, wait);
          }
        },
      });
    };

    const deadline =
      limit === Infinity
        ? undefined
        : scheduler.schedule(() => {
            subscriber.error(
              new JobError(`${route}: the job has not ended within ${limit} ms`, {
                route,
                kind: 'timeout',
                job: last?.job,
              }),
            );
          }, limit);
    subscriber.add(deadline);
    ask();
  });
}
