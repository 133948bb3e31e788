import {
  concatMap,
  defer,
  ignoreElements,
  merge,
  NEVER,
  Observable,
  of,
  take,
  tap,
  timer,
} from 'rxjs';
import { type Connection, wireOf } from './connection.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link close} accepts. */
export interface CloseConfig {
  /**
   * How long what is under way may take to finish, in milliseconds: 24 days at most, or `Infinity` for as long as it
   * takes. @defaultValue `0`
   */
  readonly graceMs?: number | undefined;
}

/**
 * Closes a connection on subscription: emits `undefined` once nothing is under way and the sockets are closed, then
 * completes. Nothing new is sent from then on: calls error with a `NetworkError` of the kind `shutdown`, and so do at
 * once those that wait in line. A call that waits to be tried again errors with its last failure. What
 * watches and waits for its next question errors with `shutdown` as soon as nothing is on the wire any more. What is on the
 * wire may finish within `graceMs`; then it is aborted, and errors with `shutdown` and `ambiguous`.
 *
 * A dispatcher that was given to `connect` is not closed. Closing again is harmless: the shorter grace holds.
 * Unsubscribing before the end lets what is under way finish; the connection stays closed.
 *
 * Not needed for a program to end: an idle connection does not keep the process alive.
 *
 * @example Finish within five seconds when the process is told to stop
 * ```ts
 * process.once('SIGTERM', () => close(connection, { graceMs: 5_000 }).subscribe());
 * ```
 *
 * @throws RangeError when called with a `graceMs` that a timer cannot wait.
 */
export function close(connection: Connection, config: CloseConfig = {}): Observable<undefined> {
  checkKind('close: config', config, 'object');
  const { graceMs = 0 } = config;
  if (!(graceMs >= 0 && (graceMs <= LONGEST_TIMER || graceMs === Infinity))) {
    throw new RangeError(
      `close: graceMs must be from 0 to ${LONGEST_TIMER} or Infinity, got ${graceMs}`,
    );
  }
  const { lifetime, hub, scheduler, closeSockets } = wireOf(connection);
  return defer(() => {
    lifetime.close();
    const drained = new Observable<undefined>((subscriber) =>
      lifetime.whenDrained(() => subscriber.next(undefined)),
    );
    const patience = graceMs === Infinity ? NEVER : graceMs > 0 ? timer(graceMs, scheduler) : of(0);
    const cut = patience.pipe(
      tap(() => lifetime.cutAll()),
      ignoreElements(),
    );
    return merge(drained, cut).pipe(
      take(1),
      concatMap(closeSockets),
      tap(() => hub.end()),
    );
  });
}
