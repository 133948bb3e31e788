import {
  asyncScheduler,
  catchError,
  concat,
  defer,
  EMPTY,
  exhaustMap,
  filter,
  ignoreElements,
  map,
  merge,
  type Observable,
  of,
  repeat,
  type SchedulerLike,
  Subject,
  take,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import { inSubscriberContext } from '../context/inSubscriberContext.ts';
import { ResponseError } from '../errors.ts';
import { withPatience } from '../http/patience.ts';
import { patienceOf } from '../http/watchTiming.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import type { WatchedJob } from '../operators/throwIfFailed.ts';
import type { BatchJobProgress } from '../types/batchJobs.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import { toJson } from '../types/toJson.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link pushOrPoll} accepts. Times in milliseconds, 24 days at most. */
export interface PushOrPollConfig {
  /**
   * The wait between an answer and the next question, as for the watchers: `min` after a change or a push, then half as
   * long again each time nothing changed, up to `max`; up to `pushed` once pushes come.
   * @defaultValue `{ min: 1_000, max: 5_000, pushed: 60_000 }`
   */
  readonly interval?:
    | {
        readonly min?: number | undefined;
        readonly max?: number | undefined;
        readonly pushed?: number | undefined;
      }
    | undefined;
  /** The least time between an answer and the next question, however many pushes come. @defaultValue `250` */
  readonly gap?: number | undefined;
  /**
   * How long failures of `once` that pass by themselves are waited out, in milliseconds from 0 to `Infinity`, as for the
   * watchers. @defaultValue `300_000`
   */
  readonly patience?: number | undefined;
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

const GROWTH = 1.5;

/**
 * Watches a job by looking at it whenever something is pushed, and now and then anyway. Emits the job as it is now and
 * after each change, and completes after the one that ends it. A job that failed or was cancelled is a value like any
 * other.
 *
 * ```text
 * pushed:  -----p-------
 * job:     a----b-----c        what `once` would emit
 * result:  a----b-------(c|)   { interval: { min: 4, max: 4, pushed: 4 } }
 * ```
 *
 * What is pushed says only that it is time to look: a push that is forged, late, doubled or about another job costs a
 * question and changes nothing. Pushes that come while a question is under way lead to one more question after it.
 *
 * While pushes come the questions get rarer, and each push makes them frequent again for a while: a job may end a
 * moment after its last event. A change that was found only after a long wait shows that pushes were lost, and the
 * waits are short until the next push; so they are when `pushed` has ended, and its error is taken for its end.
 *
 * Errors of `once` that pass by themselves are waited out for as long as `patience` lasts, with waits from `min` to `max`;
 * others are passed on, and an answer that is no job is a `ResponseError`. Questions are asked, and jobs emitted, in the
 * async context of the subscriber, whoever pushes.
 *
 * @example
 * ```ts
 * const hook = fromWebhooks({ signingSecret: 'the webhook_signing_secret of the job' });
 * const pushed = hook.events.pipe(filter(({ data }) => data.batch_job_id === jobId));
 * pushOrPoll(pushed, getBatchJob(connection, jobId));
 * ```
 *
 * @throws RangeError when called with an interval or gap that is negative or too long, or a `max` below its `min`,
 *   or a negative patience.
 */
export function pushOrPoll<T extends WatchedJob>(
  pushed: Observable<unknown>,
  once: Observable<T>,
  config: PushOrPollConfig = {},
): Observable<T> {
  checkKind('pushOrPoll: pushed', pushed, 'observable');
  checkKind('pushOrPoll: once', once, 'observable');
  checkKind('pushOrPoll: config', config, 'object');
  const { interval = {}, gap = 250, scheduler = asyncScheduler } = config;
  const { min = 1_000 } = interval;
  const { max = Math.max(5_000, min) } = interval;
  const { pushed: rare = Math.max(60_000, max) } = interval;
  const bounded = min > 0 && max >= min && rare >= max && rare <= LONGEST_TIMER;
  if (!(bounded && gap >= 0 && gap <= LONGEST_TIMER)) {
    throw new RangeError(
      `pushOrPoll: interval must be positive with min at most max, max at most pushed and pushed at most ` +
        `${LONGEST_TIMER}, and gap not negative, got { min: ${min}, max: ${max}, pushed: ${rare}, gap: ${gap} }`,
    );
  }

  const patience = patienceOf('pushOrPoll', config.patience);

  return defer(() => {
    const pushes = new Subject<void>();
    /** Whether a push came that no question was begun after. */
    let due = false;
    /** Whether a push has led to the question under way. */
    let caused = false;
    /** Whether pushes come. */
    let reliable = false;
    let wait = min;
    let lastKey: string | undefined;

    const noted = concat(
      pushed.pipe(
        inSubscriberContext(),
        map(() => true),
        catchError(() => EMPTY),
      ),
      of(false),
    ).pipe(
      tap((goesOn) => {
        reliable = goesOn;
        due = true;
        pushes.next();
      }),
      ignoreElements(),
    );

    const question = defer(() => {
      caused = due;
      due = false;
      return once.pipe(take(1), map(look), withPatience({ min, max, patience, scheduler }));
    });
    const untilNext = (): Observable<unknown> => {
      const answeredAt = scheduler.now();
      const pushedNow: Observable<unknown> = due ? of(undefined) : pushes;
      const gapIsOver = pushedNow.pipe(
        exhaustMap(() => timer(Math.max(0, answeredAt + gap - scheduler.now()), scheduler)),
      );
      return merge(timer(wait, scheduler), gapIsOver).pipe(take(1));
    };
    const changes = question.pipe(
      repeat({ delay: untilNext }),
      filter(({ key }) => {
        const changed = key !== lastKey;
        if (changed && !caused && wait > max) {
          reliable = false;
        }
        wait = changed || caused ? min : Math.min(reliable ? rare : max, wait * GROWTH);
        lastKey = key;
        return changed;
      }),
    );
    return merge(noted, changes).pipe(
      takeWhile(({ ended }) => !ended, true),
      map(({ job }) => job),
    );
  });
}

function look<T extends WatchedJob>(job: T): { job: T; key: string; ended: boolean } {
  try {
    return { job, key: toJson(job), ended: hasEnded(job) };
  } catch (cause) {
    throw new ResponseError('pushOrPoll: the answer is not a job', { kind: 'parse', cause });
  }
}

function hasEnded(watched: WatchedJob): boolean {
  const status: unknown = 'job' in watched ? watched.job.status : statusOf(watched);
  if (typeof status !== 'string') {
    throw new TypeError('it has no status');
  }
  return isFinalStatus(status);
}

function statusOf(job: Exclude<WatchedJob, BatchJobProgress>): string {
  return 'export_config_id' in job ? (job.metadata?.status ?? '') : job.status;
}
