import { Readable } from 'node:stream';
import { Observable } from 'rxjs';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits what an asynchronous iterable gives, one value after the other: the next is asked for when the one before is
 * delivered. Nothing is asked before there is a subscription, and each subscription starts an iteration of its own.
 *
 * ```text
 * next():  --a  --b  --|        each is asked for when the one before is there
 * result:  --a----b----|
 * ```
 *
 * Unsubscribing ends the iteration at once, also while a value is awaited; rxjs's own `from` does so only when the next
 * value is there. A web stream is cancelled, a Node stream destroyed, and of everything else the iterator's `return()`
 * called, which aborts what a list of this package has under way. JavaScript lets an async generator finish the step
 * it is in before it heeds `return()`: pass a function instead, which is called for each subscription with a signal
 * that is aborted on unsubscribing.
 *
 * What `next()` throws or rejects with is the stream's error. What fails after unsubscribing is passed over, as nobody
 * is left who could be told.
 *
 * @example The changes in a folder, for as long as somebody subscribes
 * ```ts
 * import { watch } from 'node:fs/promises';
 *
 * fromAsyncIterable((signal) => watch('handbook', { signal }));
 * ```
 */
export function fromAsyncIterable<T>(
  source: AsyncIterable<T> | ((signal: AbortSignal) => AsyncIterable<T>),
): Observable<T> {
  if (typeof source !== 'function') {
    checkKind('fromAsyncIterable: source', source, 'iterable');
  }
  return new Observable((subscriber) => {
    const controller = new AbortController();
    const iterable = typeof source === 'function' ? source(controller.signal) : source;
    const iterator =
      iterable instanceof ReadableStream ? readerOf<T>(iterable) : iterable[Symbol.asyncIterator]();
    let over = false;
    subscriber.add(() => {
      if (!over) {
        over = true;
        controller.abort();
        if (iterable instanceof Readable) {
          iterable.destroy();
        }
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

/** A web stream's own iterator would cancel it only after the read that is under way. In the end the stream is let go. */
function readerOf<T>(stream: ReadableStream<T>): AsyncIterator<T> {
  const reader = stream.getReader();
  return {
    async next() {
      try {
        const result = await reader.read();
        if (result.done) {
          reader.releaseLock();
        }
        return result;
      } catch (error) {
        reader.releaseLock();
        throw error;
      }
    },
    async return() {
      try {
        await reader.cancel();
      } finally {
        reader.releaseLock();
      }
      return { done: true, value: undefined };
    },
  };
}

function close(iterator: AsyncIterator<unknown>): void {
  const closing = async (): Promise<unknown> => iterator.return?.();
  closing().catch(() => undefined);
}
