/** How many may start in a stretch of time. */
export interface RateLimit {
  /** Starts in each window: a whole number, 1 or more. */
  readonly count: number;
  /** Length of the window, in milliseconds. */
  readonly window: number;
  /**
   * Chooses the rule. Without it the window slides: no stretch of `window` ms ever holds more than `count` starts.
   * With it a token bucket is used: so many may start at once after a silence, and one more each `window / count` ms.
   */
  readonly burst?: number | undefined;
}

/** Keeps count of the starts. Times are milliseconds on one clock. */
export interface Pace {
  /** When the next one may start; in the past when it may at once. */
  readonly due: () => number;
  /** Takes note of a start. */
  readonly take: (now: number) => void;
}

/** The pace that a rate limit sets. @throws RangeError when a figure of the limit cannot be meant. */
export function paceOf({ count, window, burst }: RateLimit): Pace {
  if (!(Number.isInteger(count) && count >= 1)) {
    throw new RangeError(`rateLimit: count must be a whole number of at least 1, got ${count}`);
  }
  if (!(window > 0 && window < Infinity)) {
    throw new RangeError(`rateLimit: window must be a positive number of ms, got ${window}`);
  }
  if (burst === undefined) {
    return slidingWindow(count, window);
  }
  if (!(burst >= 1 && burst < Infinity)) {
    throw new RangeError(`rateLimit: burst must be at least 1, got ${burst}`);
  }
  return tokenBucket(window / count, burst);
}

function slidingWindow(count: number, window: number): Pace {
  // The last `count` starts, each in the place of the one that was `count` before it.
  const starts: number[] = [];
  let total = 0;
  return {
    due: () => (starts[total % count] ?? -Infinity) + window,
    take(now) {
      starts[total % count] = now;
      total += 1;
    },
  };
}

/** A token bucket told by one number, as ITU-T I.371 does (generic cell rate algorithm, virtual scheduling). */
function tokenBucket(interval: number, burst: number): Pace {
  // When the bucket will be full again, one interval for each token that is missing.
  let fullAt = -Infinity;
  return {
    due: () => fullAt - (burst - 1) * interval,
    take(now) {
      fullAt = Math.max(fullAt, now) + interval;
    },
  };
}
