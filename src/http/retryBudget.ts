/** What a retry costs, in tokens: overload is met with fewer retries than throttling. */
const TRANSIENT_COST = 14;
const THROTTLE_COST = 5;
const CAPACITY = 500;

/**
 * A token bucket that retries are paid from, so that an outage is not answered with a storm: once it is
 * empty, failures are passed on at once. A success gives back what its retry cost, or one token.
 * The figures are those of the AWS SDKs' standard retry mode.
 */
export interface RetryBudget {
  /** Pays for one retry. Gives the price, or `undefined` when there is not enough left. */
  take(reason: 'transient' | 'throttle'): number | undefined;
  /** Records a success: `paid` is what its last retry cost, 0 for none. */
  refund(paid: number): void;
}

/** A full budget of 500 tokens. */
export function createRetryBudget(): RetryBudget {
  let tokens = CAPACITY;
  return {
    take(reason) {
      const cost = reason === 'throttle' ? THROTTLE_COST : TRANSIENT_COST;
      if (tokens < cost) {
        return undefined;
      }
      tokens -= cost;
      return cost;
    },
    refund(paid) {
      tokens = Math.min(CAPACITY, tokens + Math.max(1, paid));
    },
  };
}
