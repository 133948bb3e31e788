import { config, type Observable, type Subscription } from 'rxjs';
import { expect } from 'vitest';

/** A subscription and what came of it. */
export interface Watched<T> {
  readonly values: readonly T[];
  /** What it ended with, if it was an error. */
  readonly error: unknown;
  readonly completed: boolean;
  readonly subscription: Subscription;
  /** Whether a last notification came, or it was unsubscribed. */
  readonly ended: () => boolean;
  unsubscribe(): void;
  /** Fails unless it had one last notification, or none and nothing else after it was unsubscribed. */
  check(): void;
}

/** Subscribes to a source and keeps what it emits. */
export function watch<T>(source: Observable<T>): Watched<T> {
  const values: T[] = [];
  let error: unknown;
  let terminals = 0;
  let completed = false;
  let left = false;
  let afterLeaving = 0;
  const subscription = source.subscribe({
    next(value) {
      values.push(value);
      afterLeaving += left ? 1 : 0;
    },
    error(cause: unknown) {
      error = cause;
      terminals += 1;
    },
    complete() {
      completed = true;
      terminals += 1;
    },
  });
  return {
    values,
    subscription,
    get error() {
      return error;
    },
    get completed() {
      return completed;
    },
    ended: () => left || terminals > 0,
    unsubscribe() {
      left = terminals === 0;
      subscription.unsubscribe();
    },
    check() {
      expect(terminals, 'last notifications').toBe(left ? 0 : 1);
      expect(afterLeaving, 'values after the unsubscribe').toBe(0);
    },
  };
}

/** The notifications that came too late. */
export interface LateNotifications extends Disposable {
  /** Those that came to one of these after its last one. */
  readonly of: (watched: readonly Watched<unknown>[]) => string[];
}

/**
 * Notes notifications that rxjs held back because their subscriber had had its last one. Without this, a source
 * that errors twice looks like one that errors once.
 */
export function noteLateNotifications(): LateNotifications {
  const noted: { readonly kind: string; readonly subscription: Subscription }[] = [];
  const before = config.onStoppedNotification;
  config.onStoppedNotification = ({ kind }, subscription) => {
    noted.push({ kind, subscription });
  };
  return {
    of: (watched) =>
      noted
        .filter(({ subscription }) => watched.some((one) => one.subscription === subscription))
        .map(({ kind }) => kind),
    [Symbol.dispose]: () => {
      config.onStoppedNotification = before;
    },
  };
}
