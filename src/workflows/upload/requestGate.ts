import { concat, defer, EMPTY, type Observable, of, type SchedulerLike } from 'rxjs';
import type { Limiter } from '../../operators/fan/limiter.ts';
import { withPermit } from '../../operators/fan/withPermit.ts';
import type { ThrottledEvent } from '../fanOutUploadEvent.ts';

/** Lets the requests of one run through as its limiter allows, and tells when it holds them back. */
export interface RequestGate {
  /** Does a request when it may start; says before how long that takes. */
  readonly pass: <T>(request: Observable<T>) => Observable<T | ThrottledEvent>;
  /** Emits until when requests are held back, unless they are not or it was said already. Completes. */
  readonly held: () => Observable<ThrottledEvent>;
}

/** The gate of one run. */
export function requestGate(limiter: Limiter, scheduler: SchedulerLike): RequestGate {
  let announced = -Infinity;
  const held = (): Observable<ThrottledEvent> =>
    defer(() => {
      const ms = limiter.heldFor;
      const until = scheduler.now() + ms;
      // A millisecond's fraction more or less is the clock, and not another wait.
      if (ms === 0 || until < announced + 1) {
        return EMPTY;
      }
      announced = until;
      return of({ type: 'throttled', ms, until } as const);
    });
  // Those behind in the line wait for time, too, once this one has taken its turn.
  const heldBehind = defer(() => (limiter.waiting > 0 ? held() : EMPTY));
  return {
    held,
    pass: (request) => concat(held(), withPermit(limiter, concat(heldBehind, request))),
  };
}
