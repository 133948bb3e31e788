/** The time by which a cloud lives. */
export interface Clock {
  /** Now, in milliseconds since 1970. */
  now(): number;
  /**
   * Lets this much time pass at once, in milliseconds: links expire, rate limits have room again,
   * and what is stored from here on is so much younger. Jobs under way take no less time.
   *
   * @throws RangeError when the time is negative or no number: time does not go back.
   */
  advance(ms: number): void;
}

/** Creates a clock that shows the machine's time, and what it was advanced by. */
export function createClock(): Clock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(ms) {
      if (!(ms >= 0 && ms < Infinity)) {
        throw new RangeError(`clock.advance takes milliseconds of at least 0, not ${ms}`);
      }
      ahead += ms;
    },
  };
}
