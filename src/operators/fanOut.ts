import {
  Observable,
  type ObservableInput,
  type ObservedValueOf,
  type OperatorFunction,
} from 'rxjs';
import { type FanOutConfig, limiterSource } from './fan/fanOutConfig.ts';
import { type FanOutFailure, fanSlots } from './fan/fanSlots.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Works on each value with `project`, several at once, and emits what comes of it as it comes. Completes when the
 * source has and all work is done. With `concurrency` alone it is rxjs's `mergeMap(project, concurrency)`, without
 * the price that grows with the backlog; the other options hold back what would overrun a server.
 *
 * ```text
 * source:      (abc|)
 * project(a):  --x|
 * project(b):  -----#
 * project(c):     ---z|
 * result:      --x--fz|                { concurrency: 2, onError: 'collect' }, f: what failed
 * ```
 *
 * `project` is called in the async context in which its value came, and so is what it returns subscribed to.
 *
 * Values that wait are kept in memory; for a source that can be asked for its next value there is `fanOutFrom`. An
 * error of the source is passed on at once. Unsubscribing stops all work and leaves the limiter's line.
 *
 * An answer with `Retry-After` holds back everything that shares the limiter until the time has passed. A work that
 * failed is not done again.
 *
 * @example No more than 15 starts a second, as many at once as the server bears, and nothing stops the run
 * ```ts
 * of('Why?', 'How?', 'When?').pipe(
 *   fanOut((query) => retrieve(connection, { index_id: indexId, query }), {
 *     concurrency: 16,
 *     rateLimit: { count: 15, window: 1_000 },
 *     adaptive: true,
 *     onError: 'collect',
 *   }),
 * );
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function fanOut<T, O extends ObservableInput<unknown>>(
  project: (value: T, index: number) => O,
  config: FanOutConfig & { readonly onError: 'collect' },
): OperatorFunction<T, ObservedValueOf<O> | FanOutFailure<T>>;
export function fanOut<T, O extends ObservableInput<unknown>>(
  project: (value: T, index: number) => O,
  config?: FanOutConfig & { readonly onError?: 'throw' | undefined },
): OperatorFunction<T, ObservedValueOf<O>>;
export function fanOut<T, R>(
  project: (value: T, index: number) => ObservableInput<R>,
  config: FanOutConfig = {},
): OperatorFunction<T, R | FanOutFailure<T>> {
  checkKind('fanOut: project', project, 'function');
  checkKind('fanOut: config', config, 'object');
  const { concurrency = Infinity, onError } = config;
  const limiterOf = limiterSource('fanOut', config);
  return (source) =>
    new Observable((subscriber) => {
      const slots = fanSlots<T, R>(subscriber, {
        project,
        concurrency,
        limiter: limiterOf(),
        collect: onError === 'collect',
      });
      new Observable<T>((values) => {
        // Linked before it is subscribed, so that a source that emits at once can be stopped midway.
        subscriber.add(values);
        source.subscribe(values);
      }).subscribe({
        next: slots.offer,
        error: (error: unknown) => subscriber.error(error),
        complete: slots.end,
      });
    });
}
