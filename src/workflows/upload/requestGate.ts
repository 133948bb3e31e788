import {
  asyncScheduler,
  concat,
  concatMap,
  defer,
  EMPTY,
  type Observable,
  type SchedulerLike,
} from 'rxjs';
import { activity } from '../../http/activity.ts';
import type { Connection } from '../../http/connection.ts';
import { type FanOutConfig, limiterSource } from '../../operators/fan/fanOutConfig.ts';
import { Limiter } from '../../operators/fan/limiter.ts';
import { withPermit } from '../../operators/fan/withPermit.ts';
import type { ThrottledEvent } from '../fanOutUploadEvent.ts';

/** Lets the requests of one run through as its limiter allows, and tells when it holds them back. */
export interface RequestGate {
  /** Does a request when it may start; says before how long that takes. */
  readonly pass: <T>(request: Observable<T>) => Observable<T | ThrottledEvent>;
  /** Emits until when requests are held back, unless they are not or it was said already. Completes. */
  readonly held: Observable<ThrottledEvent>;
  /** Emits whenever the server makes the connection pause, also where a request is repeated in the end. Never ends. */
  readonly paused: (connection: Connection) => Observable<ThrottledEvent>;
}

/** Waits that end within so many milliseconds of each other are one wait, told once. */
const SAME_WAIT = 10;

/**
 * Checks a configuration and says where each subscription gets its gate from. Where no limiter is shared, it has one of
 * its own, so that a server's wish for a pause concerns the whole run.
 *
 * @throws RangeError for a figure that cannot be meant, TypeError for options that exclude each other.
 */
export function gateSource(caller: string, config: FanOutConfig): () => RequestGate {
  const { concurrency, rateLimit, adaptive, scheduler = asyncScheduler } = config;
  limiterSource(caller, config);
  return () =>
    gateOf(
      config.limiter ?? new Limiter({ concurrency, rateLimit, adaptive, scheduler }),
      scheduler,
    );
}

function gateOf(limiter: Limiter, scheduler: SchedulerLike): RequestGate {
  let announced = -Infinity;
  const announce = (ms: number): readonly ThrottledEvent[] => {
    const until = scheduler.now() + ms;
    if (ms === 0 || until < announced + SAME_WAIT) {
      return [];
    }
    announced = until;
    return [{ type: 'throttled', ms, until }];
  };
  const held = defer(() => announce(limiter.heldFor));
  // Those behind in the line wait for time, too, once this one has taken its turn.
  const heldBehind = defer(() => (limiter.waiting > 0 ? held : EMPTY));
  return {
    held,
    paused: (connection) =>
      activity(connection).pipe(
        concatMap((event) => (event.type === 'throttled' ? announce(event.waitMs) : [])),
      ),
    pass: (request) => concat(held, withPermit(limiter, concat(heldBehind, request))),
  };
}
