import { Observable } from 'rxjs';
import type { ActivityEvent } from './activityEvent.ts';
import { type Connection, wireOf } from './connection.ts';

/**
 * What happens on a connection, as it happens: requests, attempts, answers, retries and their waits, throttling, and
 * how long the line is. For logs and dashboards.
 *
 * The events are hot: what was before the subscription is not told. They never error, and complete once the connection
 * is closed. Nothing is sent for them, and while nobody listens none is made. They are told in the middle of the work,
 * so a listener should be quick, and it is called in the async context of the call that an event is about, so that a log
 * line can name its tenant or trace; for events of the line as a whole, in that of any call. No event holds an id, a query, a body or the API key.
 *
 * @example Log every attempt that took longer than a second
 * ```ts
 * activity(connection).subscribe((event) => {
 *   if (event.type === 'received' && event.ms > 1_000) {
 *     console.warn(`${event.route} took ${event.ms.toFixed()} ms`);
 *   }
 * });
 * ```
 */
export function activity(connection: Connection): Observable<ActivityEvent> {
  const { hub } = wireOf(connection);
  return new Observable((subscriber) => hub.listen(subscriber));
}
