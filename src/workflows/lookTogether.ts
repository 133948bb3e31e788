import { catchError, concat, defer, from, map, type Observable, of } from 'rxjs';
import { isPassing } from '../http/patience.ts';
import type { Limiter } from '../operators/fan/limiter.ts';
import { fanOut } from '../operators/fanOut.ts';
import type { Look, Sighting } from './jobRounds.ts';
import { lookOneByOne } from './lookOneByOne.ts';

/** Jobs that are asked about with one request: more ids make a longer query than servers take. */
const TOGETHER = 100;

/**
 * Looks at a hundred jobs with each request. A list may forget a job for a moment, so each one that is not in the
 * answers is looked at alone: only its own address can say that it is not there.
 *
 * @param list - Emits the jobs with these ids, in any order.
 */
export function lookTogether<T extends { readonly id: string }>(
  limiter: Limiter,
  list: (ids: readonly string[]) => Observable<T>,
  get: (id: string) => Observable<T>,
): Look<T> {
  const alone = lookOneByOne(limiter, get);
  return (ids) =>
    defer(() => {
      const missing = new Set(ids);
      const lookAt = (some: readonly string[]): Observable<Sighting<T>> =>
        list(some).pipe(
          map((job) => {
            missing.delete(job.id);
            return { id: job.id, job };
          }),
          catchError((error: unknown) => {
            if (!isPassing(error)) {
              throw error;
            }
            const failed = some.filter((id) => missing.delete(id));
            return of({ ids: failed, failed: error });
          }),
        );
      return concat(
        from(hundreds(ids)).pipe(fanOut(lookAt, { limiter })),
        defer(() => alone([...missing])),
      );
    });
}

function* hundreds(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += TOGETHER) {
    yield ids.slice(start, start + TOGETHER);
  }
}
