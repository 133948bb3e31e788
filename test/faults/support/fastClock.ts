import { asyncScheduler, type SchedulerAction, type SchedulerLike } from 'rxjs';

/**
 * A scheduler on which time passes `factor` times as fast: waits of seconds are over in milliseconds, and keep their
 * proportions. Sockets know nothing of it.
 */
export function fastClock(factor: number): SchedulerLike {
  return {
    now: () => performance.now() * factor,
    schedule<T>(work: (this: SchedulerAction<T>, state?: T) => void, delay = 0, state?: T) {
      return asyncScheduler.schedule(work, delay / factor, state);
    },
  };
}
