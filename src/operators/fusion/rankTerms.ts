import type { FusionRule, ReciprocalRankRule, ScoreRule } from './fusionRule.ts';
import type { Normalization } from './normalization.ts';
import { normalizeScores, scoreRange, type MaybeScore } from './normalizeScores.ts';

/** How weights count: see `FuseOptions`. */
export type WeightMode = 'multiply' | 'share' | 'rankScale';

/** A list, as seen from its terms. */
export interface ListSetting {
  /** Its place among the lists, from 0. */
  readonly list: number;
  readonly weight: number;
  readonly weightMode: WeightMode;
}

/**
 * What a list says of each of its entries: a function of the rank, or a normalised score. Its weight is in it with
 * `rankScale` only.
 *
 * @param scores - The list's scores, in the order of its ranking.
 * @param candidates - Different things in all lists together.
 */
export function rankTerms(
  rule: FusionRule,
  setting: ListSetting,
  scores: readonly MaybeScore[],
  candidates: number,
): MaybeScore[] {
  switch (rule.method) {
    case 'rrf':
      return scores.map((_, i) => reciprocalRank(rule, setting, i));
    case 'isr':
    case 'logIsr':
    case 'logNIsr':
      return scores.map((_, i) => 1 / (i + 1) ** 2);
    case 'rankBiased': {
      const { phi = 0.8 } = rule;
      return scores.map((_, i) => (1 - phi) * phi ** i);
    }
    case 'borda':
      return scores.map((_, i) => candidates - i);
    case 'condorcet':
      return scores.map(() => undefined);
    default:
      return normalizeScores(scores, normalizationOf(rule, setting.list), candidates);
  }
}

/** What a list of `length` says of what it does not have: nothing, except where absence earns points. */
export function absentTerm(
  rule: FusionRule,
  { list }: ListSetting,
  length: number,
  candidates: number,
): MaybeScore {
  if (length === 0) {
    return undefined;
  }
  switch (rule.method) {
    case 'borda':
      return (candidates - length + 1) / 2;
    case 'rrf':
    case 'isr':
    case 'logIsr':
    case 'logNIsr':
    case 'rankBiased':
    case 'condorcet':
      return undefined;
    default:
      return normalizationOf(rule, list) === 'borda'
        ? 0.5 - (length - 1) / (2 * candidates)
        : undefined;
  }
}

/** The interval that a list's terms lie in, whatever it holds; `undefined` where that cannot be told beforehand. */
export function termRange(
  rule: FusionRule,
  setting: ListSetting,
): readonly [min: number, max: number] | undefined {
  switch (rule.method) {
    case 'rrf':
      return [0, reciprocalRank(rule, setting, 0)];
    case 'isr':
    case 'logIsr':
    case 'logNIsr':
      return [0, 1];
    case 'rankBiased':
      return [0, 1 - (rule.phi ?? 0.8)];
    case 'borda':
    case 'condorcet':
      return undefined;
    default:
      return scoreRange(normalizationOf(rule, setting.list));
  }
}

function reciprocalRank(
  { k = 60, rankBase = 1 }: ReciprocalRankRule,
  { weight, weightMode }: ListSetting,
  position: number,
): number {
  if (weightMode !== 'rankScale') {
    return 1 / (k + position + rankBase);
  }
  // As Qdrant has it: the weight divides the 1-based rank before it is counted from the base again.
  return weight > 0 ? 1 / ((position + 1) / weight - 1 + rankBase + k) : 0;
}

function normalizationOf({ normalization = 'minMax' }: ScoreRule, list: number): Normalization {
  return isOnePerList(normalization) ? (normalization[list] ?? 'minMax') : normalization;
}

function isOnePerList(
  normalization: Normalization | readonly Normalization[],
): normalization is readonly Normalization[] {
  return Array.isArray(normalization);
}
