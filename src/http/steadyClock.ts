import { asyncScheduler, type SchedulerLike } from 'rxjs';

/**
 * The time in milliseconds to tell waits by. `asyncScheduler` tells the time of day, which can be set ahead or back in
 * the middle of a wait; in its place stands a clock that only runs. Any other scheduler is taken at its word.
 */
export function steadyClock(scheduler: SchedulerLike): () => number {
  return scheduler === asyncScheduler ? () => performance.now() : () => scheduler.now();
}
