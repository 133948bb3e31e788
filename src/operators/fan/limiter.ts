import { asyncScheduler, type SchedulerLike, Subscription } from 'rxjs';
import { bindContext } from '../../context/contextSnapshot.ts';
import { ApiError } from '../../errors.ts';
import { LONGEST_TIMER } from '../../types/longestTimer.ts';
import { AdaptiveConcurrency, type AdaptiveConfig } from './adaptiveConcurrency.ts';
import { type Pace, paceOf, type RateLimit } from './pace.ts';

/** What {@link Limiter} accepts. */
export interface LimiterConfig {
  /** How many may be under way at once; with `adaptive`, at most. @defaultValue `Infinity` */
  readonly concurrency?: number | undefined;
  /** How many may start in a stretch of time. @defaultValue no limit */
  readonly rateLimit?: RateLimit | undefined;
  /**
   * Begins with a few at once, allows one more after each round without a failure, and half as many after a 429,
   * a 503 or a timeout. @defaultValue `false`
   */
  readonly adaptive?: boolean | AdaptiveConfig | undefined;
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** How the work ended that a {@link Permit} was for. */
export type Outcome = 'done' | 'cancelled' | { readonly error: unknown };

/** Leave to start one piece of work. Must be given back once. */
export interface Permit {
  /** Gives the place free, and tells the limiter how it went. */
  readonly release: (outcome: Outcome) => void;
}

/**
 * Decides when work may start: how many at once, how many in a stretch of time, and not at all while a server asks
 * for silence. What waits is served first come, first served. Give one limiter to all fan-outs that load the same
 * server, and what one of them learns holds for all: the `Retry-After` of one answer pauses every one.
 *
 * @example Two fan-outs under one limit
 * ```ts
 * const limiter = new Limiter({ rateLimit: { count: 15, window: 1_000 }, adaptive: true });
 * const uploads = from(paths).pipe(
 *   fanOut((path) => uploadDirectoryFile(connection, directoryId, { upload_file: path }), { limiter }),
 * );
 * const answers = of('Why?', 'How?').pipe(
 *   fanOut((query) => retrieve(connection, { index_id: indexId, query }), { limiter }),
 * );
 * ```
 */
export class Limiter {
  readonly #scheduler: SchedulerLike;
  readonly #concurrency: number;
  readonly #pace: Pace | undefined;
  readonly #adaptive: AdaptiveConcurrency | undefined;
  // A set keeps the order in which they came, and lets one leave from the middle at once.
  readonly #waiting = new Set<(permit: Permit) => void>();
  #active = 0;
  #pausedUntil = -Infinity;
  #lastTime = -Infinity;
  #setBack = 0;
  #serving = false;
  #timer: Subscription = Subscription.EMPTY;

  /** @throws RangeError when a figure cannot be meant. */
  constructor(config: LimiterConfig = {}) {
    const { concurrency = Infinity, rateLimit, adaptive = false } = config;
    if (!(concurrency >= 1)) {
      throw new RangeError(`Limiter: concurrency must be at least 1, got ${concurrency}`);
    }
    this.#scheduler = config.scheduler ?? asyncScheduler;
    this.#concurrency = concurrency;
    this.#pace = rateLimit && paceOf(rateLimit);
    this.#adaptive = adaptive
      ? new AdaptiveConcurrency(adaptive === true ? {} : adaptive, concurrency)
      : undefined;
  }

  /** How many may be under way at once just now. */
  get concurrency(): number {
    return this.#adaptive?.bound ?? this.#concurrency;
  }

  /** How many are under way. */
  get active(): number {
    return this.#active;
  }

  /** How many fan-outs wait for their turn. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Milliseconds until time allows the next start: 0 unless the rate or a pause holds it back. */
  get heldFor(): number {
    return Math.max(0, this.#due());
  }

  /**
   * Lets nothing start for so many milliseconds. What is under way goes on. Never shortens a pause.
   *
   * @throws RangeError when that is no number.
   */
  pause(milliseconds: number): void {
    if (Number.isNaN(milliseconds)) {
      throw new RangeError('Limiter: a pause must be a number of milliseconds, got NaN');
    }
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#now() + milliseconds);
  }

  /** A permit, if work may start at once and nobody else is waiting. */
  tryAcquire(): Permit | undefined {
    return this.#waiting.size === 0 && this.#wait() <= 0 ? this.#permit() : undefined;
  }

  /**
   * Stands in line, after {@link Limiter.tryAcquire} gave nothing. `granted` is called once, never before this returns,
   * and in the async context of the caller, whoever's work has made room. Unsubscribing leaves the line.
   */
  acquire(granted: (permit: Permit) => void): Subscription {
    // Each place in the line is its own, also where one function stands in it twice.
    const place = bindContext(granted);
    this.#waiting.add(place);
    if (this.#waiting.size === 1) {
      this.#wakeUpIn(this.#wait());
    }
    return new Subscription(() => {
      this.#waiting.delete(place);
      if (this.#waiting.size === 0) {
        this.#timer.unsubscribe();
      }
    });
  }

  /** Milliseconds until time allows the next start; `Infinity` while all places are taken. */
  #wait(): number {
    return this.#active >= this.concurrency ? Infinity : this.#due();
  }

  /** Milliseconds until time allows the next start; less than 0 when it has for a while. */
  #due(): number {
    const due = Math.max(this.#pausedUntil, this.#pace?.due() ?? -Infinity);
    // Fractions add up with an error; a wait must not become a millisecond longer by it.
    return due === -Infinity ? 0 : Math.ceil(due - this.#now() - 1e-6);
  }

  /** The scheduler's time, had it never been set back: a pause of a second must not become one of an hour by that. */
  #now(): number {
    const time = this.#scheduler.now();
    this.#setBack += Math.max(0, this.#lastTime - time);
    this.#lastTime = time;
    return time + this.#setBack;
  }

  #permit(): Permit {
    this.#active += 1;
    this.#pace?.take(this.#now());
    const generation = this.#adaptive?.generation ?? 0;
    return { release: (outcome) => this.#release(outcome, generation) };
  }

  #release(outcome: Outcome, generation: number): void {
    if (outcome === 'done') {
      this.#adaptive?.succeeded(this.#active);
    } else if (outcome !== 'cancelled') {
      const { error } = outcome;
      this.#adaptive?.failed(error, generation);
      if (error instanceof ApiError && error.retryAfterMs !== undefined) {
        this.pause(error.retryAfterMs);
      }
    }
    this.#active -= 1;
    this.#serve();
  }

  /** Serves the line as far as it goes, then wakes up when time allows more. */
  #serve(): void {
    if (this.#serving) {
      return;
    }
    this.#serving = true;
    for (const granted of this.#waiting) {
      const wait = this.#wait();
      if (wait > 0) {
        this.#wakeUpIn(wait);
        break;
      }
      this.#waiting.delete(granted);
      granted(this.#permit());
    }
    this.#serving = false;
  }

  #wakeUpIn(wait: number): void {
    this.#timer.unsubscribe();
    if (wait < Infinity) {
      const delay = Math.min(Math.max(wait, 0), LONGEST_TIMER);
      this.#timer = this.#scheduler.schedule(() => this.#serve(), delay);
    }
  }
}
