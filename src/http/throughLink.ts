import { catchError, defer, type Observable } from 'rxjs';
import { HttpError, type LinkError } from '../errors.ts';
import type { PresignedUrl } from '../types/presignedUrl.ts';
import { type Connection, type Wire, wireOf } from './connection.ts';
import { linkError, presignedAddress, type PresignedAddress } from './presignedAddress.ts';

/** So far, in milliseconds, may the clocks of two machines be apart. */
const CLOCK_SKEW = 300_000;
/** How storage refuses a link whose time is over; with temporary credentials some say 400. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403]);

/**
 * Fetches over a link, which is checked on each subscription: errors with `LinkError` and sends nothing when the link
 * is not one to follow, or expired five minutes ago by the clock of this machine. One that expired since, and that
 * storage refuses, is a `LinkError` of the kind `expired`, too.
 *
 * @param fetch - Gets the address, and a wire that also takes what is secret in the link out of texts.
 */
export function throughLink<T>(
  connection: Connection,
  link: PresignedUrl,
  fetch: (address: PresignedAddress, wire: Wire) => Observable<T>,
): Observable<T> {
  const wire = wireOf(connection);
  return defer(() => {
    const address = presignedAddress(link, wire.links);
    const { host, secrets, expires } = address;
    const overFor = (): number => wire.scheduler.now() - expires;
    const redact = (text: string): string =>
      secrets.reduce((kept, secret) => kept.replaceAll(secret, '[redacted]'), wire.redact(text));
    const expired = (cause?: HttpError): LinkError => {
      const when = new Date(expires).toISOString();
      const error = linkError(
        'expired',
        `the link to ${host} expired at ${when}. Ask again for what it came with, and use the new one`,
        cause,
      );
      error.attempts = cause?.attempts ?? 0;
      error.totalDelayMs = cause?.totalDelayMs ?? 0;
      return error;
    };

    if (overFor() > CLOCK_SKEW) {
      throw expired();
    }
    return fetch(address, { ...wire, redact }).pipe(
      catchError((error: unknown) => {
        throw error instanceof HttpError && refusals.has(error.status) && overFor() > 0
          ? expired(error)
          : error;
      }),
    );
  });
}
