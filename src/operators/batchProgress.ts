import {
  asyncScheduler,
  concat,
  defer,
  dematerialize,
  map,
  materialize,
  of,
  type OperatorFunction,
  type SchedulerLike,
  switchMap,
  timer,
} from 'rxjs';
import type { BatchJob, BatchJobProgress, BatchJobStatus } from '../types/batchJobs.ts';
import { countOf } from '../types/countOf.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { textOf } from '../types/textOf.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link batchProgress} accepts. Times in milliseconds. */
export interface BatchProgressConfig {
  /**
   * How long a change of pace takes to show in `itemsPerSecond`: the time constant of an exponential moving average.
   * @defaultValue `5_000`
   */
  readonly smoothing?: number | undefined;
  /** How long nothing may change before `stalled` is set; 24 days at most. @defaultValue `Infinity`, never */
  readonly stalledAfter?: number | undefined;
  /** Tells the time and times `stalledAfter`. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A batch job in the figures that a progress bar shows. */
export interface BatchProgress {
  /** The status of the job. */
  readonly phase: BatchJobStatus;
  /** Share of the items that are finished, 0 to 100. Never goes back, and is 100 once the job is `completed`. */
  readonly percent: number;
  /** Items of the job; those that are finished while it does not say, or says less than that. */
  readonly total: number;
  /** Items that were worked on and went well. */
  readonly done: number;
  /** Items that were worked on in vain. */
  readonly failed: number;
  /** Items left out because they were done before, or are too large. */
  readonly skipped: number;
  /** Items finished a second of late, whatever became of them; 0 before the second state. */
  readonly itemsPerSecond: number;
  /** Milliseconds to go at that pace; `undefined` while there is no telling, 0 at the end. */
  readonly remainingMs: number | undefined;
  /** Whether none of these figures has changed for `stalledAfter`, and the job has not ended. */
  readonly stalled: boolean;
  /** The job as the server describes it, with its figures as they came. */
  readonly job: BatchJob;
}

/**
 * Turns the states of a batch job into figures for people: a percentage that only rises, counts, pace and the time
 * left. Emits once for each state, and once more when nothing has changed for `stalledAfter`; `stalled` is taken back
 * with the next change.
 *
 * ```text
 * source:  a 999ms b 3999ms c|       a: 0 of 4 done, b: 2 of 4 done, c: 3 of 4 done
 * result:  x 999ms y 2999ms s 999ms z|       { stalledAfter: 3_000 }, s: y, stalled
 * ```
 *
 * The pace is an exponential moving average over intervals of uneven length (Eckner, "Algorithms for Unevenly Spaced
 * Time Series: Moving Averages and Other Rolling Operators", 2012), divided by the weight that the time since the
 * first state has, so that it does not begin too low (Kingma and Ba, "Adam", 2015, section 3).
 *
 * @example
 * ```ts
 * watchBatchJob(connection, jobId).pipe(batchProgress({ stalledAfter: 120_000 }));
 * ```
 *
 * @throws RangeError when called with a `smoothing` or `stalledAfter` that is not positive, or a `stalledAfter` that
 * is longer than a timer can wait.
 */
export function batchProgress(
  config: BatchProgressConfig = {},
): OperatorFunction<BatchJobProgress, BatchProgress> {
  checkKind('batchProgress: config', config, 'object');
  const { smoothing = 5_000, stalledAfter = Infinity, scheduler = asyncScheduler } = config;
  if (!(smoothing > 0)) {
    throw new RangeError(`batchProgress: smoothing must be positive, got ${smoothing}`);
  }
  if (!(stalledAfter > 0 && (stalledAfter <= LONGEST_TIMER || stalledAfter === Infinity))) {
    throw new RangeError(
      `batchProgress: stalledAfter must be positive and at most ${LONGEST_TIMER}, or Infinity, got ${stalledAfter}`,
    );
  }

  return (source) =>
    defer(() => {
      const pace = new AveragePace(smoothing);
      let percent = 0;
      let seen = '';
      let changedAt = 0;

      const measure = ({ job, progress_percentage }: BatchJobProgress): BatchProgress => {
        const [done, failed, skipped] = [
          countOf(job.processed_items) ?? 0,
          countOf(job.failed_items) ?? 0,
          countOf(job.skipped_items) ?? 0,
        ];
        const finished = done + failed + skipped;
        // A total below what is finished is none.
        const told = countOf(job.total_items) ?? 0;
        const isTotal = told > 0 && told >= finished;
        const total = isTotal ? told : finished;
        const itemsPerSecond = pace.at(scheduler.now(), finished);
        // The server may count in another order than it reports; a bar that goes back helps nobody.
        const share = countOf(progress_percentage) ?? (isTotal ? (finished * 100) / total : 0);
        const reported = /^completed$/i.test(textOf(job.status)) ? 100 : share;
        percent = Math.max(percent, Math.min(100, reported));
        return {
          phase: job.status,
          percent,
          total,
          done,
          failed,
          skipped,
          itemsPerSecond,
          remainingMs: isFinalStatus(job.status)
            ? 0
            : itemsPerSecond > 0 && isTotal
              ? Math.round(((total - finished) * 1000) / itemsPerSecond)
              : undefined,
          stalled: false,
          job,
        };
      };
      const stall = (state: BatchJobProgress): BatchProgress => ({
        ...measure(state),
        remainingMs: undefined,
        stalled: true,
      });

      return source.pipe(
        // As values, so that the end of the source ends the wait for a silence too.
        materialize(),
        switchMap((event) => {
          if (event.kind !== 'N') {
            return of(event);
          }
          const figures = measure(event.value);
          const { phase, total, done, failed, skipped } = figures;
          const state = [phase, figures.percent, total, done, failed, skipped].join();
          if (state !== seen) {
            seen = state;
            changedAt = scheduler.now();
          }
          if (stalledAfter === Infinity || isFinalStatus(event.value.job.status)) {
            return of({ kind: 'N', value: figures } as const);
          }
          const wait = changedAt + stalledAfter - scheduler.now();
          const emissions =
            wait > 0
              ? concat(of(figures), timer(wait, scheduler).pipe(map(() => stall(event.value))))
              : of(stall(event.value));
          return emissions.pipe(map((value) => ({ kind: 'N', value }) as const));
        }),
        dematerialize(),
      );
    });
}

/** The average pace of something that is counted. */
class AveragePace {
  readonly #smoothing: number;
  #average = 0;
  #elapsed = 0;
  #last: { readonly at: number; readonly finished: number } | undefined;

  constructor(smoothing: number) {
    this.#smoothing = smoothing;
  }

  /** Items a second, now that so many are finished. `now` in milliseconds. */
  at(now: number, finished: number): number {
    const last = this.#last ?? { at: now, finished };
    // Clocks are set back now and then.
    const elapsed = Math.max(0, now - last.at);
    if (elapsed > 0) {
      const weight = this.#weightOf(elapsed);
      const pace = (Math.max(0, finished - last.finished) * 1000) / elapsed;
      this.#average += weight * (pace - this.#average);
      this.#elapsed += elapsed;
    }
    // What came within the same millisecond counts for the next interval.
    if (elapsed > 0 || now < last.at || !this.#last) {
      this.#last = { at: now, finished };
    }
    return this.#elapsed > 0 ? this.#average / this.#weightOf(this.#elapsed) : 0;
  }

  #weightOf(elapsed: number): number {
    return 1 - Math.exp(-elapsed / this.#smoothing);
  }
}
