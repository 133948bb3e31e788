import { Observable } from 'rxjs';
import type { Limiter, Outcome, Permit } from './limiter.ts';

/**
 * Does a work when the limiter allows it, and tells the limiter how it went: one request under a limit, where a
 * fan-out's task is several. Unsubscribing leaves the line or stops the work.
 */
export function withPermit<T>(limiter: Limiter, work: Observable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const start = (permit: Permit): void => {
      let held = true;
      const giveBack = (outcome: Outcome): void => {
        if (held) {
          held = false;
          permit.release(outcome);
        }
      };
      subscriber.add(() => giveBack('cancelled'));
      subscriber.add(
        work.subscribe({
          next: (value) => subscriber.next(value),
          // Given back first: what follows may want a permit itself.
          error(error: unknown) {
            giveBack({ error });
            subscriber.error(error);
          },
          complete() {
            giveBack('done');
            subscriber.complete();
          },
        }),
      );
    };
    const permit = limiter.tryAcquire();
    if (permit) {
      start(permit);
    } else {
      subscriber.add(limiter.acquire(start));
    }
  });
}
