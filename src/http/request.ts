import { randomUUID } from 'node:crypto';
import { Observable } from 'rxjs';
import { checkKind } from '../checks/checkKind.ts';
import type { Attempt } from './activityEvent.ts';
import { acceptEncoding, Answer, type AnswerKind } from './answer.ts';
import { type Connection, wireOf } from './connection.ts';
import { exchange } from './exchange.ts';
import { requestHead } from './requestHead.ts';
import { retryClass } from './retryClass.ts';
import { type AttemptState, type LookUp, retryTransient } from './retryTransient.ts';
import type { Route, RouteParams } from './route.ts';
import { toJson } from '../types/toJson.ts';

/** What one operation sends. */
export type RequestSpec<R extends Route, T = unknown> = RouteParams<R> & {
  /** Names and values of the query; `null` and `undefined` are left out, arrays repeat the name. */
  readonly query?: object | undefined;
  /** Sent as JSON; a `bigint` as a number with all its digits. */
  readonly body?: unknown;
  /** Further headers; `null` and `undefined` are left out. */
  readonly headers?: Readonly<Record<string, string | null | undefined>> | undefined;
  /** @defaultValue `json` */
  readonly answer?: AnswerKind | undefined;
  /** See `retryTransient`. */
  readonly reconcile?: LookUp<T> | undefined;
};

/**
 * One API call: emits its answer, then completes. The one place where JSON from the wire gets its type.
 *
 * Every subscription sends its own request, and nothing before it. Unsubscribing takes the request out of
 * the line or closes its socket. Errors with `HttpError`, `NetworkError` or `ResponseError`.
 */
export function request<T, R extends Route>(
  connection: Connection,
  route: R,
  spec: RequestSpec<R, T>,
): Observable<T> {
  const wire = wireOf(connection);
  const head = requestHead(connection, route, spec);
  const kind = retryClass(route);
  if ('body' in spec) {
    checkKind(`${route}: the body`, spec.body, 'object');
  }
  const body = spec.body === undefined ? undefined : Buffer.from(toJson(spec.body));

  return new Observable((caller) => {
    const headers = {
      ...head.headers,
      'accept-encoding': acceptEncoding,
      ...(body && { 'content-type': 'application/json' }),
      // Nothing promises that the service heeds it, so nothing here relies on it.
      ...(kind === 'unsafe' && { 'idempotency-key': randomUUID() }),
    };
    const { reconcile } = spec;
    return retryTransient<T>(wire, send, {
      route,
      retryClass: kind,
      reconcile,
      hasDeadline: true,
    }).subscribe(caller);

    function send(attempt: Attempt, { mayBeDone, onSent }: AttemptState): Observable<T> {
      return new Observable((subscriber) => {
        const answer = new Answer(wire, route);
        // What our own lost request has deleted already is not missing.
        const isDeleted = (): boolean =>
          head.method === 'DELETE' && answer.status === 404 && mayBeDone;
        const finish = (): void => {
          try {
            subscriber.next((isDeleted() ? undefined : answer.read(spec.answer ?? 'json')) as T);
          } catch (error) {
            subscriber.error(error);
          }
          subscriber.complete();
        };
        return exchange(
          wire,
          { attempt, ...head, headers, body },
          {
            onSent,
            onHeaders: (status, answered) => answer.onHeaders(status, answered),
            onData(chunk) {
              try {
                answer.onData(chunk);
              } catch (error) {
                subscriber.error(error);
              }
            },
            onEnd: () => answer.whole(finish, (error) => subscriber.error(error)),
            onError(error) {
              if (isDeleted()) {
                finish();
              } else {
                subscriber.error(answer.brokenOff(error));
              }
            },
          },
        );
      });
    }
  });
}
