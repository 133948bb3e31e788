import {
  catchError,
  defer,
  EMPTY,
  filter,
  map,
  NEVER,
  type Observable,
  repeat,
  takeUntil,
  takeWhile,
  timer,
} from 'rxjs';
import { HttpError, JobError, ResponseError } from '../errors.ts';
import { withPatience } from './patience.ts';
import { longerWait, type WatchConfig, watchTiming } from './watchTiming.ts';

/** What {@link poll} needs to know of a kind of job. */
export interface PollSpec<T> {
  /** Names the operation in errors. */
  readonly route: string;
  /**
   * The job's id, where its kind has one. An answer without it is no job, and would be asked for until the end of days;
   * and a 404 means that the job is not there.
   */
  readonly id?: ((job: T) => string) | undefined;
  /** Whether the job has ended, well or badly. */
  readonly isDone: (job: T) => boolean;
  /** What makes two answers the same: they are when the keys are. */
  readonly changeKey: (job: T) => string;
}

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
 * ends the question or the wait. Errors of `once` that pass by themselves are waited out for as long as `patience` lasts,
 * others are passed on; an answer that is no job is a `ResponseError`; when
 * the time is over, `JobError` of the kind `timeout` with the last answer. A 404 is `JobError` of the kind `gone`: at
 * once for a job that was seen, and the second time in a row for one that was not, as a job that was made a moment ago
 * may not have come to every part of the server yet.
 *
 * @throws RangeError when called with an interval or timeout that is not positive, or longer than a timer can wait.
 */
export function poll<T>(
  once: Observable<T>,
  { route, id, isDone, changeKey }: PollSpec<T>,
  config: WatchConfig = {},
): Observable<T> {
  const timing = watchTiming(route, config);
  const { min, max, timeout, scheduler } = timing;

  const look = (job: T): { job: T; key: string; done: boolean } => {
    try {
      if (id && typeof id(job) !== 'string') {
        throw new TypeError('The answer has no id.');
      }
      return { job, key: changeKey(job), done: isDone(job) };
    } catch (cause) {
      throw new ResponseError(`${route} answered with something that is not the job`, {
        route,
        kind: 'parse',
        cause,
      });
    }
  };

  return defer(() => {
    let last: T | undefined;
    let lastKey: string | undefined;
    let missed = false;
    let wait = min;

    const unlessGone = (error: unknown): Observable<never> => {
      if (!(id && error instanceof HttpError && error.status === 404)) {
        throw error;
      }
      if (last === undefined && !missed) {
        missed = true;
        return EMPTY;
      }
      const what = last === undefined ? 'there is no such job' : 'the job is gone';
      throw new JobError(`${route}: ${what}`, {
        route,
        kind: 'gone',
        job: last,
        requestId: error.requestId,
        cause: error,
      });
    };
    const expiry =
      timeout === Infinity
        ? NEVER
        : timer(timeout, scheduler).pipe(
            map(() => {
              throw new JobError(`${route}: the job has not ended within ${timeout} ms`, {
                route,
                kind: 'timeout',
                job: last,
              });
            }),
          );

    return once.pipe(
      map(look),
      catchError(unlessGone),
      withPatience(timing),
      repeat({ delay: () => timer(wait, scheduler) }),
      takeWhile(({ done }) => !done, true),
      filter(({ job, key }) => {
        const changed = key !== lastKey;
        wait = changed ? min : longerWait(wait, max);
        last = job;
        lastKey = key;
        return changed;
      }),
      map(({ job }) => job),
      takeUntil(expiry),
    );
  });
}
