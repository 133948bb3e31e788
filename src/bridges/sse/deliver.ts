import { interval, merge, NEVER, Observable, type SchedulerLike } from 'rxjs';
import type { MessageLog } from './messageLog.ts';
import type { SseMessage } from './sseMessage.ts';

/** A client, as far as {@link deliver} needs to know it. */
export interface Outlet {
  /** What it named as `Last-Event-ID`. */
  readonly lastEventId: string | undefined;
  /** Whether it takes another message now. */
  readonly isReady: () => boolean;
  /** Emits whenever it may have become ready. */
  readonly ready: Observable<unknown>;
}

/** How {@link deliver} treats every client. Times in milliseconds. */
export interface DeliverConfig {
  /** Time between two comments. */
  readonly heartbeat: number;
  /** What the first message says of connecting again. */
  readonly retry: number | undefined;
  readonly scheduler: SchedulerLike;
}

/**
 * Emits the messages of a log that a client has not seen, each as soon as the client is ready for it, and completes
 * after the last one. Meanwhile emits a comment every `heartbeat` milliseconds, if the client is ready, under the id of the
 * message before.
 */
export function deliver(
  log: MessageLog,
  { lastEventId, isReady, ready }: Outlet,
  { heartbeat, retry, scheduler }: DeliverConfig,
): Observable<SseMessage> {
  return new Observable((subscriber) => {
    const known = log.numberOf(lastEventId);
    // To a client of another run, what is kept is no sequel of what it has seen.
    let next = known === undefined ? log.gap(null) : undefined;
    let number = known ?? log.gap(null).number;
    let greeting = retry === undefined ? undefined : { retry };

    const pump = (): void => {
      while (!subscriber.closed && isReady()) {
        next ??= log.after(number);
        if (next === undefined) {
          return;
        }
        const message = { ...next.message, ...greeting };
        greeting = undefined;
        // Noted first: what is done with the message may make the source emit the next one.
        ({ number } = next);
        next = undefined;
        subscriber.next(message);
        if (log.isEnd(number)) {
          subscriber.complete();
        }
      }
    };
    const beat = (): void => {
      if (isReady()) {
        // Nest 10 and 11 give what has no id one of their own, which would be the client's place.
        subscriber.next({ comment: '', id: log.idOf(number) });
      }
    };
    const error = (cause: unknown): void => subscriber.error(cause);
    const beats = heartbeat === Infinity ? NEVER : interval(heartbeat, scheduler);
    subscriber.add(merge(log.added, ready).subscribe({ next: pump, error }));
    subscriber.add(beats.subscribe({ next: beat, error }));
    pump();
  });
}
