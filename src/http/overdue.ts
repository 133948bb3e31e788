import { NetworkError } from '../errors.ts';

/**
 * What a call that is not done within `timeouts.total` milliseconds ends with.
 *
 * @param ambiguous - Whether an attempt may have been acted on.
 * @param cause - What the last attempt failed with, if one has.
 */
export function overdue(
  route: string,
  total: number,
  ambiguous: boolean,
  cause?: Error,
): NetworkError {
  return new NetworkError(`${route}: not done within ${total} ms (timeouts.total)`, {
    route,
    kind: 'timeout',
    ambiguous,
    retryable: true,
    cause,
  });
}
