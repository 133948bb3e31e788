import { lastValueFrom, type Observable } from 'rxjs';
import { expect } from 'vitest';

/** The error of a source; that it completes fails the test. */
export async function errorOf(source: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(source).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );
}
