import { type SchedulerLike, Subscription } from 'rxjs';
import { bindContext } from '../context/contextSnapshot.ts';
import type { ActivityHub } from './activityHub.ts';
import { AdaptiveRate } from './adaptiveRate.ts';
import { Roster } from './roster.ts';

/**
 * Which queue a request stands in. Those are served in this order: `elsewhere` goes to another server, which no
 * throttling of ours concerns; `again` was sent before and has waited already; `first` is the usual one.
 */
export type Queue = 'elsewhere' | 'again' | 'first';

/** What {@link Line} accepts. Times in milliseconds. */
export interface LineConfig {
  /** How many hold a place at once. */
  readonly concurrency: number;
  /** The longest silence that a server can impose. */
  readonly maxPause: number;
  /** Whether to find out the server's rate once it refuses a request. */
  readonly adaptiveRate: boolean;
  readonly scheduler: SchedulerLike;
  readonly now: () => number;
  readonly hub: ActivityHub;
}

/**
 * The line that all requests of a connection wait in: for one of its places, for the end of a silence that the server
 * asked for, and for the rate that the server was found to bear. First come, first served, within each queue.
 *
 * Nobody is served before the current turn of microtasks is over: a socket that has just brought an answer can then
 * be used again, and many changes cost one look.
 */
export class Line {
  readonly #config: LineConfig;
  readonly #rate: AdaptiveRate | undefined;
  readonly #queues: Readonly<Record<Queue, Roster<() => void>>> = {
    elsewhere: new Roster(),
    again: new Roster(),
    first: new Roster(),
  };
  #active = 0;
  #pausedUntil = -Infinity;
  #paused = false;
  #looking = false;
  #timer = Subscription.EMPTY;
  #told = { queued: 0, active: 0 };

  constructor(config: LineConfig) {
    this.#config = config;
    this.#rate = config.adaptiveRate ? new AdaptiveRate() : undefined;
  }

  /**
   * Stands in the line; `start` is called later, when a place is free, in the async context of the caller, and must not
   * throw. The function that it returns leaves the line, or gives the place back. Harmless when called again.
   */
  enter(queue: Queue, start: () => void): () => void {
    let active = false;
    const begin = bindContext(start);
    const leave = this.#queues[queue].add(() => {
      active = true;
      begin();
    });
    this.#lookSoon();
    return () => {
      if (active) {
        active = false;
        this.#active -= 1;
        this.#lookSoon();
      } else if (leave()) {
        this.#lookSoon();
      }
    };
  }

  /** Takes note that the server has let a request through. */
  succeeded(): void {
    this.#rate?.succeeded(this.#config.now());
  }

  /**
   * Takes note that the server has refused a request that was sent at `sentAt`, and asked for silence for so long,
   * when it did. Gives the milliseconds that the line now stands still.
   */
  throttled(sentAt: number, retryAfterMs = 0): number {
    const { now: clock, maxPause, hub } = this.#config;
    const now = clock();
    this.#pausedUntil = Math.max(this.#pausedUntil, now + Math.min(retryAfterMs, maxPause));
    const before = this.#rate?.perSecond;
    this.#rate?.refused(now, sentAt, this.#pausedUntil);
    if (this.#rate && this.#rate.perSecond !== before && hub.heard) {
      hub.announce({ type: 'rate', perSecond: this.#rate.perSecond });
    }
    const wait = Math.max(0, this.#pausedUntil - now);
    this.#paused ||= wait > 0;
    this.#lookSoon();
    return wait;
  }

  #lookSoon(): void {
    if (!this.#looking) {
      this.#looking = true;
      queueMicrotask(this.#look);
    }
  }

  readonly #look = (): void => {
    this.#looking = false;
    this.#serve();
    this.#tell();
  };

  #serve(): void {
    const { concurrency, now: clock, hub } = this.#config;
    const { elsewhere, again, first } = this.#queues;
    this.#timer.unsubscribe();
    while (this.#active < concurrency && elsewhere.size > 0) {
      this.#startFrom(elsewhere);
    }
    while (this.#active < concurrency && again.size + first.size > 0) {
      const now = clock();
      const due = Math.max(this.#pausedUntil, this.#rate?.due(now) ?? now);
      if (due > now) {
        this.#wakeUpIn(due - now);
        return;
      }
      if (this.#paused) {
        this.#paused = false;
        if (hub.heard) {
          hub.announce({ type: 'resumed' });
        }
      }
      this.#rate?.take(now);
      this.#startFrom(again.size > 0 ? again : first);
    }
  }

  #startFrom(queue: Roster<() => void>): void {
    const start = queue.shift();
    if (start) {
      this.#active += 1;
      start();
    }
  }

  /** Set only while somebody waits, so that a silence alone does not keep the process alive. */
  #wakeUpIn(wait: number): void {
    this.#timer = this.#config.scheduler.schedule(() => this.#lookSoon(), Math.ceil(wait));
  }

  #tell(): void {
    const { hub } = this.#config;
    if (!hub.heard) {
      return;
    }
    const { elsewhere, again, first } = this.#queues;
    const queued = elsewhere.size + again.size + first.size;
    if (queued !== this.#told.queued || this.#active !== this.#told.active) {
      this.#told = { queued, active: this.#active };
      hub.announce({ type: 'line', ...this.#told });
    }
  }
}
