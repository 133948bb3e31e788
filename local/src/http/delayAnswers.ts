import { setTimeout as wait } from 'node:timers/promises';
import type { MiddlewareHandler } from 'hono';

/**
 * Lets every request wait before it is carried out, as if the cloud were far away. The time is in
 * milliseconds.
 *
 * @throws RangeError when it is negative or longer than a timer can run (2^31 - 1).
 */
export function delayAnswers(latency: number): MiddlewareHandler {
  if (!(latency >= 0 && latency < 2 ** 31)) {
    throw new RangeError(`latency takes milliseconds from 0 to 2147483647, not ${latency}`);
  }
  return async function delay(_, next) {
    // A process that is about to end does not wait for it.
    await wait(latency, undefined, { ref: false });
    await next();
  };
}
