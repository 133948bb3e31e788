import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type Connection, wireOf } from './connection.ts';
import { shutdownError } from './lifetime.ts';

/**
 * Ends what waits between its requests when the connection is closed: errors with a `NetworkError` of the kind `shutdown`
 * once `close()` was subscribed to and no request is under way any more, in place of waiting for the next one, which
 * would not be sent.
 *
 * ```text
 * source:  --a-----b--
 * close:   ----x           nothing is under way
 * result:  --a-#
 * ```
 *
 * @param route - Names the operation in the error.
 */
export function endAtClose<T>(connection: Connection, route: string): MonoTypeOperatorFunction<T> {
  const { lifetime } = wireOf(connection);
  return (source) =>
    new Observable((subscriber) => {
      const end = (): void => subscriber.error(shutdownError(route, false));
      subscriber.add(lifetime.atTheEnd(end));
      source.subscribe(subscriber);
    });
}
