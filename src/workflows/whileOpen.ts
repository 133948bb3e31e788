import { concat, defer, EMPTY, type Observable, tap, throwError } from 'rxjs';
import { NetworkError } from '../errors.ts';

/**
 * Work on many items over one connection, whose failures are values: once the connection is closed no further item is
 * asked for, since it would only fail, too. What is under way ends as it can; then the result errors as those items did.
 *
 * @param work - What is to be done with the items.
 * @param failureOf - The error in what `work` emits, if there is one.
 */
export function whileOpen<T, E>(
  items: Iterable<T> | AsyncIterable<T>,
  work: (items: AsyncIterable<T>) => Observable<E>,
  failureOf: (event: E) => unknown,
): Observable<E> {
  return defer(() => {
    let closed: NetworkError | undefined;
    return concat(
      work(until(() => closed !== undefined, items)).pipe(
        tap((event) => {
          const error = failureOf(event);
          if (error instanceof NetworkError && error.kind === 'shutdown') {
            closed = error;
          }
        }),
      ),
      defer(() => (closed ? throwError(() => closed) : EMPTY)),
    );
  });
}

/** The items until `isOver`. Not a generator, which would let nobody leave while it waits for an item. */
function until<T>(isOver: () => boolean, items: Iterable<T> | AsyncIterable<T>): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const walk =
        Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
      const leave = async (): Promise<IteratorResult<T>> => {
        await walk.return?.();
        return { done: true, value: undefined };
      };
      return { next: async () => (isOver() ? leave() : walk.next()), return: leave };
    },
  };
}
