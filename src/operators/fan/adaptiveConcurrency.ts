import { TimeoutError } from 'rxjs';
import { HttpError, NetworkError } from '../../errors.ts';

/** Where a concurrency that adapts itself begins, and how far it goes down. */
export interface AdaptiveConfig {
  /** How many are under way at once in the beginning. @defaultValue `4`, or `concurrency` if that is less */
  readonly initial?: number | undefined;
  /** It never goes below. @defaultValue `1` */
  readonly min?: number | undefined;
}

/**
 * A bound that feels its way: one more for each round that went well, half as many when the server is overrun
 * ("additive increase, multiplicative decrease"; Chiu and Jain, 1989).
 */
export class AdaptiveConcurrency {
  readonly #min: number;
  readonly #max: number;
  #bound: number;
  /** How often the bound was halved. Work that began before the last time knew nothing of it. */
  #generation = 0;

  /** @throws RangeError unless 1 <= `min` <= `initial` <= `max`. */
  constructor({ min = 1, initial }: AdaptiveConfig, max: number) {
    this.#min = min;
    this.#max = max;
    this.#bound = initial ?? Math.max(min, Math.min(4, max));
    if (!(min >= 1 && this.#bound >= min && this.#bound <= max)) {
      throw new RangeError(
        'adaptive: 1 <= min <= initial <= concurrency must hold, ' +
          `got min ${min}, initial ${this.#bound}, concurrency ${max}`,
      );
    }
  }

  /** How many may be under way at once: a whole number. */
  get bound(): number {
    return Math.floor(this.#bound);
  }

  get generation(): number {
    return this.#generation;
  }

  /** Takes note of work that went well while so many were under way. */
  succeeded(active: number): void {
    // A bound that was not reached has not been tried, so nothing speaks for a higher one.
    if (active >= this.bound) {
      this.#bound = Math.min(this.#max, this.#bound + 1 / this.bound);
    }
  }

  /**
   * Takes note of work that failed. Of all that is under way when a server is overrun, only the first failure
   * halves the bound; the others tell of the same event.
   */
  failed(error: unknown, generation: number): void {
    if (generation === this.#generation && tellsOfOverload(error)) {
      this.#bound = Math.max(this.#min, Math.floor(this.bound / 2));
      this.#generation += 1;
    }
  }
}

/** 429, 503, and whatever means that the time was over. */
function tellsOfOverload(error: unknown): boolean {
  return (
    (error instanceof HttpError && [408, 429, 503, 504].includes(error.status)) ||
    (error instanceof NetworkError && error.kind === 'timeout') ||
    error instanceof TimeoutError
  );
}
