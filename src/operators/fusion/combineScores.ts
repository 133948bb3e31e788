import type { FusionRule } from './fusionRule.ts';
import type { MaybeScore } from './normalizeScores.ts';
import { checkKind } from '../../checks/checkKind.ts';

/**
 * Makes one score of what each list says of one thing, `undefined` where a list says nothing. What no list speaks of
 * scores 0.
 *
 * @param weights - One for each list. 1 for all when left out.
 * @param round - Applied to each intermediate result, such as `Math.fround`.
 */
export function combineScores(
  scores: readonly MaybeScore[],
  rule: FusionRule,
  weights: readonly number[] = [],
  round: (value: number) => number = (value) => value,
): number {
  checkKind('combineScores: scores', scores, 'array');
  checkKind('combineScores: rule', rule, 'object');
  const present: number[] = [];
  let sum = 0;
  let plainSum = 0;
  let weight = 0;
  for (let list = 0; list < scores.length; list += 1) {
    const score = scores[list];
    if (score !== undefined) {
      const own = weights[list] ?? 1;
      const weighted = round(own * score);
      present.push(weighted);
      sum = round(sum + weighted);
      plainSum = round(plainSum + score);
      weight += own;
    }
  }
  if (present.length === 0) {
    return 0;
  }
  const factor = factorOf(rule, weights);
  if (factor) {
    return round((rule.method === 'mnz' ? plainSum : sum) * factor(present.length, weight));
  }
  switch (rule.method) {
    case 'anz':
      return round(sum / present.length);
    case 'max':
      return Math.max(...present);
    case 'min':
      return Math.min(...present);
    case 'median':
      return median(present);
    case 'geometric':
      return geometricMean(scores, weights);
    case 'harmonic':
      return harmonicMean(scores, weights);
    default:
      return sum;
  }
}

/**
 * The methods whose score is a sum times a factor that never shrinks as more lists arrive, so that it can be told how
 * far a score may still rise: the factor for `count` lists that weigh `weight` together. `undefined` for the others.
 */
export function factorOf(
  rule: FusionRule,
  weights: readonly number[],
): ((count: number, weight: number) => number) | undefined {
  switch (rule.method) {
    case 'rrf':
    case 'rankBiased':
    case 'sum':
      return () => 1;
    case 'isr':
      return (count) => count;
    case 'logIsr':
      return (count) => Math.log(count);
    case 'logNIsr':
      return (count) => Math.log(count + (rule.sigma ?? 0.01));
    case 'mnz':
      return (_, weight) => weight;
    case 'gmnz':
      return (count) => count ** (rule.gamma ?? 1);
    case 'mean': {
      const all = weights.reduce((total, weight) => total + weight, 0);
      return () => (all > 0 ? 1 / all : 0);
    }
    default:
      return undefined;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}

function geometricMean(scores: readonly MaybeScore[], weights: readonly number[]): number {
  let logarithms = 0;
  let total = 0;
  scores.forEach((score = 0, list) => {
    const weight = weights[list] ?? 1;
    if (score > 0) {
      logarithms += weight * Math.log(score);
      total += weight;
    }
  });
  return total > 0 ? Math.exp(logarithms / total) : 0;
}

function harmonicMean(scores: readonly MaybeScore[], weights: readonly number[]): number {
  let inverses = 0;
  let total = 0;
  scores.forEach((score = 0, list) => {
    const weight = weights[list] ?? 1;
    if (score > 0) {
      inverses += weight / score;
      total += weight;
    }
  });
  return inverses > 0 ? total / inverses : 0;
}
