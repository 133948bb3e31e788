import { Observable, type ObservableInput, type ObservedValueOf } from 'rxjs';
import { contextSnapshot } from '../context/contextSnapshot.ts';
import { type FanOutConfig, limiterSource } from './fan/fanOutConfig.ts';
import { type FanOutFailure, fanSlots } from './fan/fanSlots.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * `fanOut` over a source that is asked for its next value only when a slot is free: an array, a generator, a list of
 * this package, a folder's files. However long the source is, no more than `concurrency` of its values are in memory.
 *
 * ```text
 * source:      abc
 * project(a):  --x|
 * project(b):  -----y|
 * project(c):     ---z|
 * result:      --x--yz|                { concurrency: 2 }, c is asked for when a is done
 * ```
 *
 * Each subscription walks the source from its start. The walk is closed (`return()`) when it is not finished: on
 * unsubscribing and on an error. A source that fails is an error. The source is asked, and `project` called, in the
 * async context of the subscriber.
 *
 * @example Every file of a directory, however many there are
 * ```ts
 * fanOutFrom(listDirectoryFiles(connection, directoryId), ({ id }) =>
 *   updateDirectoryFile(connection, directoryId, id, { metadata: { checked: true } }),
 * );
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function fanOutFrom<T, O extends ObservableInput<unknown>>(
  source: Iterable<T> | AsyncIterable<T>,
  project: (value: T, index: number) => O,
  config: FanOutConfig & { readonly onError: 'collect' },
): Observable<ObservedValueOf<O> | FanOutFailure<T>>;
export function fanOutFrom<T, O extends ObservableInput<unknown>>(
  source: Iterable<T> | AsyncIterable<T>,
  project: (value: T, index: number) => O,
  config?: FanOutConfig & { readonly onError?: 'throw' | undefined },
): Observable<ObservedValueOf<O>>;
export function fanOutFrom<T, R>(
  source: Iterable<T> | AsyncIterable<T>,
  project: (value: T, index: number) => ObservableInput<R>,
  config: FanOutConfig = {},
): Observable<R | FanOutFailure<T>> {
  checkKind('fanOutFrom: source', source, 'iterable');
  checkKind('fanOutFrom: project', project, 'function');
  checkKind('fanOutFrom: config', config, 'object');
  const { concurrency = 16, onError } = config;
  const limiterOf = limiterSource('fanOutFrom', config);
  return new Observable((subscriber) => {
    const walk = isAsync(source) ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    const context = contextSnapshot();
    let asking = false;
    let over = false;

    const fail = (error: unknown): void => {
      over = true;
      subscriber.error(error);
    };
    const take = (next: IteratorResult<T>): void => {
      if (next.done) {
        over = true;
        slots.end();
      } else {
        slots.offer(next.value);
      }
    };
    const pull = (): void => {
      if (asking) {
        return;
      }
      asking = true;
      while (!over && slots.hasRoom()) {
        let next: IteratorResult<T> | Promise<IteratorResult<T>>;
        try {
          next = walk.next();
        } catch (error) {
          // Slots ask for more from within teardowns, where rxjs would not take it for the stream's error.
          fail(error);
          return;
        }
        if ('then' in next) {
          next.then((value) => {
            asking = false;
            if (!over) {
              take(value);
              pull();
            }
          }, fail);
          return;
        }
        take(next);
      }
      asking = false;
    };

    const slots = fanSlots<T, R>(subscriber, {
      project,
      concurrency,
      limiter: limiterOf(),
      collect: onError === 'collect',
      // A work may end in any context; the next value is asked for in the subscriber's.
      onRoom: () => context.run(pull),
    });
    subscriber.add(() => {
      if (!over) {
        over = true;
        close(walk);
      }
    });
    pull();
  });
}

function isAsync<T>(source: Iterable<T> | AsyncIterable<T>): source is AsyncIterable<T> {
  return typeof source !== 'string' && Symbol.asyncIterator in source;
}

function close(walk: Iterator<unknown> | AsyncIterator<unknown>): void {
  const closing = walk.return?.();
  if (closing && 'then' in closing) {
    // Nobody is left who could be told that closing failed.
    closing.then(undefined, () => undefined);
  }
}
