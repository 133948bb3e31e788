import { catchError, from, map, type Observable, of } from 'rxjs';
import { HttpError } from '../errors.ts';
import { isPassing } from '../http/patience.ts';
import type { Limiter } from '../operators/fan/limiter.ts';
import { fanOut } from '../operators/fanOut.ts';
import type { Look, Sighting } from './jobRounds.ts';

/** Looks at each job with a request of its own. One that fails in a way that passes does not end the others. */
export function lookOneByOne<T>(limiter: Limiter, get: (id: string) => Observable<T>): Look<T> {
  const look = (id: string): Observable<Sighting<T>> =>
    get(id).pipe(
      map((job) => ({ id, job })),
      catchError((error: unknown) => {
        if (error instanceof HttpError && error.status === 404) {
          return of({ id, missing: error });
        }
        if (isPassing(error)) {
          return of({ ids: [id], failed: error });
        }
        throw error;
      }),
    );
  return (ids) => from(ids).pipe(fanOut(look, { limiter }));
}
