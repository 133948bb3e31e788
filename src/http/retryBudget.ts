/** What a retry costs, in tokens: overload is met with fewer retries than throttling. */
const TRANSIENT_COST = 14;
const THROTTLE_COST = 5;
const CAPACITY = 500;

/** Links may lead to ever new hosts. */
const MOST_ORIGINS = 100;

/** Why a request is sent again: it was turned away with 429, or anything else. */
type RetryReason = 'transient' | 'throttle';

/**
 * A token bucket that retries are paid from, so that an outage is not answered with a storm: once it is
 * empty, failures are passed on at once. A success gives back what its retry cost, or one token.
 * The figures are those of the AWS SDKs' standard retry mode.
 */
export interface RetryBudget {
  /** Whether there is enough left to pay for one retry. */
  affords(reason: RetryReason): boolean;
  /** Pays for one retry, with what there is. Gives the price. */
  take(reason: RetryReason): number;
  /** Records a success: `paid` is what its last retry cost, 0 for none. */
  refund(paid: number): void;
}

/**
 * A budget for each origin, so that storage that is down does not use up the retries of the API. Any but the API's `own`
 * is forgotten when many others have come after it.
 */
export function budgetsByOrigin(own: string): (origin: string) => RetryBudget {
  const ownBudget = createRetryBudget();
  const budgets = new Map<string, RetryBudget>();
  return (origin) => {
    let budget = origin === own ? ownBudget : budgets.get(origin);
    if (!budget) {
      budget = createRetryBudget();
      budgets.set(origin, budget);
      const [oldest] = budgets.keys();
      if (budgets.size > MOST_ORIGINS && oldest !== undefined) {
        budgets.delete(oldest);
      }
    }
    return budget;
  };
}

/** A full budget of 500 tokens. */
function createRetryBudget(): RetryBudget {
  let tokens = CAPACITY;
  const cost = (reason: RetryReason): number =>
    reason === 'throttle' ? THROTTLE_COST : TRANSIENT_COST;
  return {
    affords: (reason) => tokens >= cost(reason),
    take(reason) {
      const paid = Math.min(tokens, cost(reason));
      tokens -= paid;
      return paid;
    },
    refund(paid) {
      tokens = Math.min(CAPACITY, tokens + Math.max(1, paid));
    },
  };
}
