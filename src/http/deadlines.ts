import { type SchedulerLike, Subscription } from 'rxjs';
import { bindContext } from '../context/contextSnapshot.ts';
import { Roster } from './roster.ts';

/** What is to be over at a time. */
interface Deadline {
  /** On the clock that {@link Deadlines} was given. */
  readonly due: number;
  readonly expire: () => void;
}

/**
 * Tells what is not over after a time that is the same for all. They fall due in the order in which they begin, so that one
 * timer does for all that are under way at once: a timer for each was 2 us of the 35 that a small request costs.
 */
export class Deadlines {
  readonly #ms: number;
  readonly #scheduler: SchedulerLike;
  readonly #now: () => number;
  readonly #roster = new Roster<Deadline>();
  #timer = Subscription.EMPTY;

  /** `ms`: how long each may take, in milliseconds; `Infinity` for as long as it likes. */
  constructor(ms: number, scheduler: SchedulerLike, now: () => number) {
    this.#ms = ms;
    this.#scheduler = scheduler;
    this.#now = now;
  }

  /**
   * Calls `expire` when the time is over, in the async context of the caller, unless the function that it returns is
   * called before.
   */
  begin(expire: () => void): () => void {
    if (this.#ms === Infinity) {
      return () => undefined;
    }
    const leave = this.#roster.add({ due: this.#now() + this.#ms, expire: bindContext(expire) });
    if (this.#roster.size === 1) {
      this.#wakeUpIn(this.#ms);
    }
    return () => {
      // A timer without need would keep the process alive.
      if (leave() && this.#roster.size === 0) {
        this.#timer.unsubscribe();
      }
    };
  }

  #wakeUpIn(ms: number): void {
    // What expires may begin something anew, and so have set it.
    this.#timer.unsubscribe();
    this.#timer = this.#scheduler.schedule(() => this.#look(), Math.ceil(ms));
  }

  #look(): void {
    for (let first = this.#roster.first; first; first = this.#roster.first) {
      const wait = first.due - this.#now();
      if (wait > 0) {
        this.#wakeUpIn(wait);
        return;
      }
      this.#roster.shift();
      first.expire();
    }
  }
}
