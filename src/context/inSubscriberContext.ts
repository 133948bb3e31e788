import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { contextSnapshot } from './contextSnapshot.ts';

/**
 * Emits the same in the async context in which it was subscribed to, for what comes out of a source that others share or
 * make emit.
 */
export function inSubscriberContext<T>(): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      const context = contextSnapshot();
      new Observable<T>((values) => {
        // Linked before it is subscribed, so that a source that emits at once can be stopped midway.
        subscriber.add(values);
        source.subscribe(values);
      }).subscribe({
        next: (value) => context.run(() => subscriber.next(value)),
        error: (error: unknown) => context.run(() => subscriber.error(error)),
        complete: () => context.run(() => subscriber.complete()),
      });
    });
}
