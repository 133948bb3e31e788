import { from, Observable, type ObservableInput, type Subscriber, Subscription } from 'rxjs';
import { type ContextSnapshot, contextSnapshot } from '../../context/contextSnapshot.ts';
import type { Limiter, Outcome, Permit } from './limiter.ts';
import { Queue } from './queue.ts';

/** A value whose work failed, where failures are collected. */
export class FanOutFailure<T> {
  /** The value that `project` was given. */
  readonly item: T;
  /** Its place among the values, 0-based. */
  readonly index: number;
  readonly error: unknown;

  constructor(item: T, index: number, error: unknown) {
    this.item = item;
    this.index = index;
    this.error = error;
  }
}

/** How {@link fanSlots} works. */
export interface FanSlotsConfig<T, R> {
  readonly project: (value: T, index: number) => ObservableInput<R>;
  /** How many values are worked on at once, those that stand in the limiter's line included. */
  readonly concurrency: number;
  readonly limiter: Limiter | undefined;
  readonly collect: boolean;
  /** Called when a slot is free and no value is at hand. */
  readonly onRoom?: (() => void) | undefined;
}

/** A value that has to wait, and the async context that it came in. */
interface Waiting<T> {
  readonly value: T;
  readonly context: ContextSnapshot;
}

/** Where values go in. */
export interface FanSlots<T> {
  /** Starts the value's work, or keeps it until a slot is free. */
  readonly offer: (value: T) => void;
  /** No value will come any more: completes once all work is done. */
  readonly end: () => void;
  /** Whether a value would be started, or stand in the limiter's line, at once. */
  readonly hasRoom: () => boolean;
}

/**
 * Works on values, several at once, and passes what comes of it to `subscriber`: the machine under the fan-outs.
 * Starts, ends and stops are in the order of rxjs's `mergeMap`, but the values that wait cost nothing beyond their
 * memory, and however many of them end at once, they do so in a loop and not in a recursion. Each value is worked on in
 * the async context that it came in, however long it has waited.
 */
export function fanSlots<T, R>(
  subscriber: Subscriber<R | FanOutFailure<T>>,
  { project, concurrency, limiter, collect, onRoom }: FanSlotsConfig<T, R>,
): FanSlots<T> {
  const backlog = new Queue<Waiting<T>>();
  const permits = new Set<Permit>();
  let place = Subscription.EMPTY;
  let inLine = false;
  let active = 0;
  let index = 0;
  let ended = false;
  let filling = false;

  subscriber.add(() => {
    place.unsubscribe();
    for (const permit of permits) {
      permit.release('cancelled');
    }
  });

  const hasRoom = (): boolean =>
    !subscriber.closed && active < concurrency && !inLine && backlog.size === 0;

  const fill = (): void => {
    if (filling) {
      return;
    }
    filling = true;
    while (!subscriber.closed && active < concurrency && !inLine) {
      const next = backlog.shift();
      if (next.done) {
        break;
      }
      const { value, context } = next.value;
      context.run(begin, value);
    }
    filling = false;
    if (ended && active === 0 && backlog.size === 0 && !subscriber.closed) {
      subscriber.complete();
    } else if (onRoom && !ended && hasRoom()) {
      onRoom();
    }
  };

  const begin = (value: T): void => {
    active += 1;
    const permit = limiter?.tryAcquire();
    if (!limiter || permit) {
      start(value, permit);
      return;
    }
    // Only the first in the backlog stands in the line, so that a long backlog is not a long line.
    inLine = true;
    place = limiter.acquire((granted) => {
      inLine = false;
      start(value, granted);
      fill();
    });
  };

  const start = (value: T, permit: Permit | undefined): void => {
    const at = index++;
    let inner = Subscription.EMPTY;
    let outcome: Outcome = 'done';
    if (permit) {
      permits.add(permit);
    }

    const giveBack = (): void => {
      if (permit && permits.delete(permit)) {
        permit.release(outcome);
      }
    };
    const finish = (): void => {
      active -= 1;
      giveBack();
      fill();
    };

    new Observable<R>((work) => {
      // Linked before it is subscribed, so that a source that emits at once can be stopped midway.
      subscriber.add(work);
      inner = work;
      from(project(value, at)).subscribe(work);
    }).subscribe({
      next: (result) => subscriber.next(result),
      error(error: unknown) {
        outcome = { error };
        if (collect) {
          subscriber.next(new FanOutFailure(value, at, error));
          inner.add(finish);
        } else {
          giveBack();
          subscriber.error(error);
        }
      },
      // Added last, it runs last: what a work holds is let go of before the next one starts.
      complete: () => inner.add(finish),
    });
  };

  return {
    offer(value) {
      if (hasRoom()) {
        begin(value);
      } else {
        backlog.push({ value, context: contextSnapshot() });
      }
    },
    end() {
      ended = true;
      fill();
    },
    hasRoom,
  };
}
