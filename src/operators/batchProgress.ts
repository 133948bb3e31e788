import { asyncScheduler, defer, map, type OperatorFunction, type SchedulerLike } from 'rxjs';
import type { BatchJobProgress, BatchJobStatus } from '../types/batchJobs.ts';

/** What {@link batchProgress} accepts. */
export interface BatchProgressConfig {
  /**
   * How long a change of pace takes to show in `itemsPerSecond`, in milliseconds: the time constant of an exponential
   * moving average. @defaultValue `5_000`
   */
  readonly smoothing?: number | undefined;
  /** Tells the time. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A batch job in the figures that a progress bar shows. */
export interface BatchProgress {
  /** The status of the job. */
  readonly phase: BatchJobStatus;
  /** Share of the items that are finished, 0 to 100. Never goes back. */
  readonly percent: number;
  /** Items of the job. */
  readonly total: number;
  /** Items that were worked on and went well. */
  readonly done: number;
  readonly failed: number;
  readonly skipped: number;
  /** Items finished a second of late; 0 before the second answer. */
  readonly itemsPerSecond: number;
  /** Milliseconds to go at that pace; `undefined` while there is no telling, 0 at the end. */
  readonly remainingMs: number | undefined;
}

/**
 * Turns the states of a batch job into figures for people: a percentage that only rises, counts, pace and the time
 * left. Emits once for each state.
 *
 * ```text
 * source:  a 999ms b|       a: 0 of 4 done, b: 2 of 4 done
 * result:  x 999ms y|       y: 50 percent
 * ```
 *
 * @example
 * ```ts
 * watchBatchJob(connection, jobId).pipe(batchProgress());
 * ```
 *
 * @throws RangeError when called with a `smoothing` that is not positive.
 */
export function batchProgress(
  config: BatchProgressConfig = {},
): OperatorFunction<BatchJobProgress, BatchProgress> {
  const { smoothing = 5_000, scheduler = asyncScheduler } = config;
  if (!(smoothing > 0)) {
    throw new RangeError(`batchProgress: smoothing must be positive, got ${smoothing}`);
  }
  return (source) =>
    defer(() => {
      let percent = 0;
      let itemsPerSecond = 0;
      let last: { at: number; finished: number } | undefined;

      return source.pipe(
        map(({ job, progress_percentage }) => {
          const total = Math.max(0, job.total_items);
          const failed = job.failed_items ?? 0;
          const skipped = job.skipped_items ?? 0;
          const done = job.processed_items ?? 0;
          const finished = Math.min(total, done + failed + skipped);
          const ended = /^(completed|failed|cancelled)$/.test(job.status);

          const now = scheduler.now();
          if (last && now > last.at) {
            const pace = (Math.max(0, finished - last.finished) * 1000) / (now - last.at);
            // An exponential moving average over samples at uneven distances.
            const weight = 1 - Math.exp((last.at - now) / smoothing);
            itemsPerSecond += weight * (pace - itemsPerSecond);
          }
          last = { at: now, finished };

          // The server may count in another order than it reports; a bar that goes back helps nobody.
          percent = Math.max(percent, Math.min(100, progress_percentage || 0));
          const left = total - finished;
          return {
            phase: job.status,
            percent,
            total,
            done,
            failed,
            skipped,
            itemsPerSecond,
            remainingMs: ended
              ? 0
              : itemsPerSecond > 0
                ? Math.round((left * 1000) / itemsPerSecond)
                : undefined,
          };
        }),
      );
    });
}
