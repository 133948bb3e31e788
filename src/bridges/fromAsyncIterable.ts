import { Observable } from 'rxjs';

/**
 * Emits what an asynchronous iterable gives, one value after the other: the next is asked for when the one before is
 * delivered. Nothing is asked before there is a subscription, and each subscription starts an iteration of its own.
 *
 * ```text
 * next():  --a  --b  --|        each is asked for when the one before is there
 * result:  --a----b----|
 * ```
 *
 * Unsubscribing calls the iterator's `return()` at once, also while a value is awaited; rxjs's own `from` does so only
 * when the next value is there. What `return()` does then is up to the iterator: streams and the lists of this package
 * cancel what is under way, while an async generator finishes the step it is in before it runs its `finally`. Nobody
 * is left who could be told that `return()` failed, so that is passed over.
 *
 * What `next()` throws or rejects with is the stream's error; `return()` is not called after it, nor after the end.
 *
 * @example Stops reading once ten lines are there
 * ```ts
 * import { createInterface } from 'node:readline';
 *
 * fromAsyncIterable(createInterface({ input: process.stdin })).pipe(take(10));
 * ```
 */
export function fromAsyncIterable<T>(iterable: AsyncIterable<T>): Observable<T> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    let over = false;
    subscriber.add(() => {
      if (!over) {
        over = true;
        close(iterator);
      }
    });

    const ask = async (): Promise<IteratorResult<T>> => iterator.next();
    const pull = (): void => {
      if (!subscriber.closed) {
        ask().then(take, fail);
      }
    };
    const take = (next: IteratorResult<T>): void => {
      if (next.done) {
        over = true;
        subscriber.complete();
      } else {
        subscriber.next(next.value);
        pull();
      }
    };
    const fail = (error: unknown): void => {
      over = true;
      subscriber.error(error);
    };
    pull();
  });
}

function close(iterator: AsyncIterator<unknown>): void {
  const closing = async (): Promise<unknown> => iterator.return?.();
  closing().catch(() => undefined);
}
