import { Observable } from 'rxjs';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import type { Attempt } from './activityEvent.ts';
import { Answer } from './answer.ts';
import { type Connection, wireOf } from './connection.ts';
import { exchange } from './exchange.ts';
import { presignedAddress } from './presignedAddress.ts';
import { retryTransient } from './retryTransient.ts';

/** Names the operation in errors in the URL's place: its query is as good as a password. */
const ROUTE = 'GET presigned URL';

/**
 * Fetches what a presigned URL points to: emits the bytes as they arrive, then completes. Nothing of the
 * connection's credentials goes along, and a redirect is an error rather than followed. Unsubscribing closes
 * the socket.
 *
 * Errors with `HttpError` when the URL has expired or is refused, and like `request` otherwise. Not sent again
 * by itself: what was emitted cannot be taken back.
 *
 * @throws TypeError when the URL is neither https nor on this machine.
 */
export function download(connection: Connection, presigned: PresignedUrl): Observable<Uint8Array> {
  const wire = wireOf(connection);
  const { origin, path } = presignedAddress(presigned);
  return retryTransient(wire, send, { route: ROUTE, retryClass: 'safe', repeatable: false });

  function send(attempt: Attempt): Observable<Uint8Array> {
    return new Observable((subscriber) => {
      const answer = new Answer(wire, ROUTE);
      const spec = {
        attempt,
        origin,
        method: 'GET',
        path,
        // Decoding would hide how many bytes there are; what is stored is what is wanted.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'rx-llamacloud' },
      };
      return exchange(wire, spec, {
        onHeaders: (status, headers) => answer.onHeaders(status, headers),
        onData(chunk) {
          if (answer.ok) {
            subscriber.next(chunk);
            return;
          }
          try {
            answer.onData(chunk);
          } catch (error) {
            subscriber.error(error);
          }
        },
        onEnd() {
          try {
            answer.read('nothing');
          } catch (error) {
            subscriber.error(error);
            return;
          }
          subscriber.complete();
        },
        onError: (error) => subscriber.error(error),
      });
    });
  }
}
