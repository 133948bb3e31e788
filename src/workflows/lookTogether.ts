import { concat, defer, from, map, type Observable, tap } from 'rxjs';
import type { Limiter } from '../operators/fan/limiter.ts';
import { fanOut } from '../operators/fanOut.ts';
import type { Look } from './jobRounds.ts';
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
      return concat(
        from(hundreds(ids)).pipe(
          fanOut(list, { limiter }),
          tap(({ id }) => missing.delete(id)),
          map((job) => ({ id: job.id, job })),
        ),
        defer(() => alone([...missing])),
      );
    });
}

function* hundreds(ids: readonly string[]): Generator<readonly string[]> {
  for (let start = 0; start < ids.length; start += TOGETHER) {
    yield ids.slice(start, start + TOGETHER);
  }
}
