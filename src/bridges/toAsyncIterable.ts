import { type Observable, Subject, takeUntil } from 'rxjs';
import { Queue } from '../operators/fan/queue.ts';
import { type OverflowConfig, OverflowError, overflowPlan } from './overflow.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link toAsyncIterable} accepts. */
export interface ToAsyncIterableConfig extends OverflowConfig {
  /** Ends every loop: what is kept is dropped, and the loop throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A stream for `for await`. Each loop subscribes anew, when it asks for its first value. Leaving the loop and aborting
 * unsubscribe at once, also while the loop waits.
 *
 * ```text
 * source:  -ab----c--|
 * asked:   x---x-x--x         a call of next()
 * given:   -a--b--c--|        b was kept until it was asked for
 * ```
 *
 * A stream pushes, so values that come while the loop is busy are kept: all of them, unless `strategy` and `capacity`
 * say otherwise. A value that somebody waits for is not kept and does not count. An error of the source comes after
 * the values that were kept before it. Calls of `next()` that overlap are answered in the order of the calls.
 *
 * A list of this package can be looped over as it is, and then fetches its pages only as they are needed.
 *
 * @example The newest state of a job, however long the work on one takes
 * ```ts
 * const states = toAsyncIterable(watchSheetsJob(connection, jobId), { strategy: 'latest' });
 * for await (const { status } of states) {
 *   console.log(status);
 * }
 * ```
 *
 * @throws TypeError or RangeError when called with a `strategy` or `capacity` that cannot be meant.
 */
export function toAsyncIterable<T>(
  source: Observable<T>,
  config: ToAsyncIterableConfig = {},
): AsyncIterable<T, undefined> {
  checkKind('toAsyncIterable: source', source, 'observable');
  const plan = overflowPlan('toAsyncIterable', config);
  const { signal } = config;
  return { [Symbol.asyncIterator]: () => loop(source, plan, signal) };
}

/** A call of `next()` that waits for its answer. */
type Waiting<T> = PromiseWithResolvers<IteratorResult<T, undefined>>;

function loop<T>(
  source: Observable<T>,
  { strategy, capacity }: ReturnType<typeof overflowPlan>,
  signal: AbortSignal | undefined,
): AsyncIterator<T, undefined> {
  const stopped = new Subject<void>();
  const kept = new Queue<T>();
  const waiting = new Queue<Waiting<T>>();
  let started = false;
  let ended = false;
  // An error waits here until the values before it are taken, and is thrown once.
  let failure: { readonly error: unknown } | undefined;

  /** No more will come: the calls that wait are answered, the first with the error if there is one. */
  const end = (failed?: { readonly error: unknown }): void => {
    if (ended) {
      return;
    }
    ended = true;
    failure = failed;
    stopped.next();
    for (let call = waiting.shift(); !call.done; call = waiting.shift()) {
      answer(call.value);
    }
  };
  const drop = (failed?: { readonly error: unknown }): void => {
    while (kept.size > 0) {
      kept.shift();
    }
    failure = failed;
    end(failed);
    signal?.removeEventListener('abort', abort);
  };
  const abort = (): void => drop({ error: signal?.reason });

  const take = (value: T): void => {
    const call = waiting.shift();
    if (!call.done) {
      call.value.resolve({ done: false, value });
    } else if (kept.size < capacity) {
      kept.push(value);
    } else if (strategy === 'latest') {
      kept.shift();
      kept.push(value);
    } else if (strategy === 'error') {
      drop({ error: new OverflowError(capacity) });
    } else if (strategy === 'buffer') {
      end({ error: new OverflowError(capacity) });
    }
  };

  /** Answers from what is kept, then with the error, then with the end. */
  const answer = ({ resolve, reject }: Waiting<T>): void => {
    const next = kept.shift();
    if (!next.done) {
      resolve(next);
      return;
    }
    signal?.removeEventListener('abort', abort);
    if (failure) {
      const { error } = failure;
      failure = undefined;
      // Whoever reads the loop gets what the source threw, and that need not be an Error.
      reject(error);
    } else {
      resolve({ done: true, value: undefined });
    }
  };

  const start = (): void => {
    started = true;
    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    source.pipe(takeUntil(stopped)).subscribe({
      next: take,
      error: (error: unknown) => end({ error }),
      complete: () => end(),
    });
  };

  return {
    next() {
      const call: Waiting<T> = Promise.withResolvers();
      if (ended || kept.size > 0) {
        answer(call);
      } else {
        waiting.push(call);
        if (!started) {
          start();
        }
      }
      return call.promise;
    },
    return() {
      started = true;
      drop();
      return Promise.resolve({ done: true, value: undefined });
    },
  };
}
