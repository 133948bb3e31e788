import { Observable } from 'rxjs';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import type { Attempt } from './activityEvent.ts';
import { Answer, linkHints } from './answer.ts';
import type { Connection, Wire } from './connection.ts';
import { exchange } from './exchange.ts';
import { LINK_ROUTE, type PresignedAddress } from './presignedAddress.ts';
import { retryTransient } from './retryTransient.ts';
import { throughLink } from './throughLink.ts';

/**
 * Fetches what a presigned URL points to: emits the bytes as they arrive, then completes. Nothing of the
 * connection's credentials goes along, and a redirect is an error rather than followed. Unsubscribing closes
 * the socket.
 *
 * Errors with `LinkError` when the link has expired or is not one to follow, and like `request` otherwise. Not sent again
 * by itself: what was emitted cannot be taken back.
 */
export function download(connection: Connection, presigned: PresignedUrl): Observable<Uint8Array> {
  return throughLink(connection, presigned, fetch);
}

function fetch({ origin, path }: PresignedAddress, wire: Wire): Observable<Uint8Array> {
  return retryTransient(wire, send, {
    route: LINK_ROUTE,
    origin,
    retryClass: 'safe',
    repeatable: false,
  });

  function send(attempt: Attempt): Observable<Uint8Array> {
    return new Observable((subscriber) => {
      const answer = new Answer(wire, LINK_ROUTE, linkHints);
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
        onError: (error) => subscriber.error(answer.brokenOff(error)),
      });
    });
  }
}
