import { factorOf } from './combineScores.ts';
import type { FusedHit } from './fuse.ts';
import type { FusionPlan } from './fusionPlan.ts';
import { termRange } from './rankTerms.ts';

/** How much of a ranking is proven, whatever the lists that are still open will say. */
export interface Finality {
  /**
   * So many hits at the top are surely those at the top in the end, in whatever order. That all hits there are stay
   * ahead of others counts when they are as many as the limit.
   */
  readonly finalSet: number;
  /** So many hits at the top surely stay where they are. */
  readonly finalOrder: number;
}

/**
 * Proves what it can of a ranking while lists are open. The bounds are those of Fagin, Lotem and Naor (2003) without
 * random access, for lists that come whole: an open list may put any one hit first.
 *
 * Nothing is proven where a score's rise has no bound: votes, z-scores and distributions, raw scores, means of what is
 * present, and lists that may count a hit more than once.
 *
 * @param hits - All hits of the lists that are there, best first; the limit of the plan bounds what is proven.
 * @param open - Places of the lists that are not.
 */
export function finality<T>(
  hits: readonly FusedHit<T>[],
  plan: FusionPlan<T>,
  open: readonly number[],
): Finality {
  if (open.length === 0) {
    const shown = Math.min(plan.limit, hits.length);
    return { finalSet: shown, finalOrder: shown };
  }
  const bounds = boundsOf(hits, plan, open);
  if (!bounds) {
    return { finalSet: 0, finalOrder: 0 };
  }
  const { lower, upper, unseen } = bounds;
  // Additions in another order round otherwise, and a proof must not rest on that.
  const slack = plan.precision === 'float32' ? 1e-6 : 1e-12;
  const exceeds = (one: number, other: number): boolean => one > other + slack * Math.abs(other);

  // Whether the top n are surely the top n, for each n.
  const settled: boolean[] = [];
  let highestBelow = unseen;
  for (let n = hits.length; n > 0; n -= 1) {
    settled[n] = exceeds(lower[n - 1] ?? NaN, highestBelow);
    highestBelow = Math.max(highestBelow, upper[n - 1] ?? NaN);
  }
  const unsettled = settled.indexOf(false, 1);
  const finalOrder = Math.min(plan.limit, unsettled < 0 ? hits.length : unsettled - 1);
  // That no newcomer gets above any of the hits is no news of a top, unless they fill it.
  const most = plan.limit <= hits.length ? plan.limit : hits.length - 1;
  const finalSet = Math.max(finalOrder, settled.lastIndexOf(true, most));
  return { finalSet, finalOrder };
}

interface Bounds {
  /** The least that each hit will score. */
  readonly lower: readonly number[];
  /** The most that each hit can score. */
  readonly upper: readonly number[];
  /** The most that what no list had yet can score. */
  readonly unseen: number;
}

function boundsOf<T>(
  hits: readonly FusedHit<T>[],
  { rule, weights, weightMode, factors, inListDuplicates }: FusionPlan<T>,
  open: readonly number[],
): Bounds | undefined {
  const factor = factorOf(rule, factors);
  const ranges = weights.map((weight, list) => termRange(rule, { list, weight, weightMode }));
  if (!factor || inListDuplicates === 'sum' || ranges.includes(undefined)) {
    return undefined;
  }
  // A factor that grows makes more of what is below 0, too.
  const isGrowing = factor(1, 1) !== factor(2, 2);
  if (isGrowing && ranges.some((range) => (range?.[0] ?? 0) < 0)) {
    return undefined;
  }
  const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
  // The weights are in the factor of `mnz`, not in its sum.
  const inSum = rule.method === 'mnz' ? factors.map(() => 1) : factors;
  const fall = total(open.map((list) => (inSum[list] ?? 0) * Math.min(0, ranges[list]?.[0] ?? 0)));
  const rise = total(open.map((list) => (inSum[list] ?? 0) * (ranges[list]?.[1] ?? 0)));
  const openWeight = total(open.map((list) => factors[list] ?? 0));

  const highest = (sum: number, count: number, weight: number): number =>
    factor(count + open.length, weight + openWeight) * (sum + rise);
  return {
    lower: hits.map(({ score }) => score + factor(1, 1) * fall),
    upper: hits.map(({ contributions }) => {
      const weight = total(contributions.map(({ list }) => factors[list] ?? 0));
      const sum = total(
        contributions.map(({ list, contribution }) =>
          rule.method === 'mnz' ? contribution / (factors[list] ?? 1) : contribution,
        ),
      );
      return highest(sum, contributions.length, weight);
    }),
    unseen: highest(0, 0, 0),
  };
}
