import type { MiddlewareHandler } from 'hono';
import type { Clock } from '../clock.ts';

/** How many requests a key may send. */
export interface RateLimit {
  /** Requests a second that can be kept up. */
  readonly perSecond: number;
  /** Requests that may come at once after a pause. @defaultValue `perSecond`, at least 1 */
  readonly burst?: number | undefined;
  /** How a refusal tells when to come back. @defaultValue `'seconds'` */
  readonly retryAfter?: 'seconds' | 'date' | 'none' | undefined;
}

/**
 * Lets through as many requests as a token bucket has room for, and answers 429 to the others. To be
 * used behind the check of the key: there is one key, and so one bucket.
 *
 * @throws RangeError when the limit is not above 0, or the burst is below 1.
 */
export function limitRate(limit: RateLimit, clock: Clock): MiddlewareHandler {
  const { perSecond, burst = Math.max(1, perSecond), retryAfter = 'seconds' } = limit;
  if (!(perSecond > 0) || !(burst >= 1)) {
    throw new RangeError(
      `rateLimit takes perSecond above 0 and burst of at least 1, not ${perSecond} and ${burst}`,
    );
  }
  let room = burst;
  let seen = clock.now();

  return async function checkRate(c, next) {
    const now = clock.now();
    room = Math.min(burst, room + ((now - seen) / 1_000) * perSecond);
    seen = now;
    if (room >= 1) {
      room -= 1;
      await next();
      return;
    }
    // Whole seconds, for a header can say no less.
    const seconds = Math.ceil((1 - room) / perSecond);
    if (retryAfter === 'seconds') {
      c.header('retry-after', String(seconds));
    } else if (retryAfter === 'date') {
      // By the machine's clock, which is the client's too; a date has no fractions of a second.
      const then = Math.ceil(Date.now() / 1_000 + seconds) * 1_000;
      c.header('retry-after', new Date(then).toUTCString());
    }
    return c.json({ detail: `Rate limit of ${perSecond} requests a second exceeded` }, 429);
  };
}
