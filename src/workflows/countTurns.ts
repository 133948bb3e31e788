import { catchError, map, type Observable, of } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { withPatience } from '../http/patience.ts';
import { type WatchConfig, watchTiming } from '../http/watchTiming.ts';
import { getChatSession } from '../sources/chat.ts';
import type { Scope } from '../types/scope.ts';

/**
 * Emits how many messages the user has sent in a session so far, then completes. Failures that pass by themselves are
 * waited out; `undefined` comes where the history cannot be read for another reason, or for longer: what is wrong with the
 * session, the message will show that is to be sent.
 */
export function countTurns(
  connection: Connection,
  sessionId: string,
  config: WatchConfig,
  query: Scope,
): Observable<number | undefined> {
  return getChatSession(connection, sessionId, query).pipe(
    map(({ events }) => events.filter(({ type }) => type === 'user_input').length),
    withPatience(watchTiming('countTurns', config)),
    catchError(() => of(undefined)),
  );
}
