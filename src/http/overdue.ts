import { NetworkError } from '../errors.ts';

/** What a call that is not done within `timeouts.total` milliseconds ends with. */
export function overdue(route: string, total: number): NetworkError {
  return new NetworkError(`${route}: not done within ${total} ms (timeouts.total)`, {
    route,
    kind: 'timeout',
    ambiguous: true,
  });
}
