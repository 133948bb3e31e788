import { chunkIdentity } from './chunkIdentity.ts';
import type { FuseOptions, PresetChoice } from './fuseOptions.ts';
import { type FusionProfile, plain, presets } from './presets.ts';
import type { Rankable } from './rankable.ts';
import { checkChoice } from '../../checks/checkChoice.ts';
import { checkKind } from '../../checks/checkKind.ts';
import { isRecord } from '../../types/isRecord.ts';

/** Options with every default filled in, for lists of a certain number. */
export interface FusionPlan<T> extends FusionProfile {
  /** One for each list; with `share` they are shares. */
  readonly weights: readonly number[];
  /** What each list's terms are multiplied by: the weights, or 1 where they are in the terms already. */
  readonly factors: readonly number[];
  readonly window: number;
  readonly offset: number;
  readonly limit: number;
  readonly id: (item: T) => string;
  readonly score: (item: T) => number | null | undefined;
}

const methods = [
  ...['rrf', 'isr', 'logIsr', 'logNIsr', 'rankBiased', 'borda', 'condorcet'],
  ...['sum', 'mnz', 'gmnz', 'anz', 'mean', 'max', 'min', 'median', 'geometric', 'harmonic'],
];

const normalizations = [
  ...[
    'none',
    'minMax',
    'minMaxInverted',
    'max',
    'sum',
    'zScore',
    'zScoreOpenSearch',
    'distribution',
  ],
  ...['l2', 'sigmoid', 'rank', 'reciprocalRank', 'borda', 'arctan', 'platt', 'isotonic'],
];

const settings = {
  weightMode: ['multiply', 'share', 'rankScale'],
  tieBreak: ['evidence', 'id', 'appearance', 'score'],
  inListDuplicates: ['first', 'sum'],
  keep: ['best', 'first', 'last'],
  listOrder: ['given', 'score'],
  precision: ['float64', 'float32'],
} as const satisfies { [K in Exclude<keyof FusionProfile, 'rule'>]: readonly FusionProfile[K][] };

/**
 * Fills in what the options leave out, from the preset, the defaults and the lists themselves.
 *
 * @throws RangeError for a number out of bounds, TypeError for options that do not belong together.
 */
export function fusionPlan<T extends Rankable>(
  lists: readonly (readonly T[])[],
  options: FuseOptions<T>,
): FusionPlan<T> {
  checkKind('fuse: lists', lists, 'array');
  lists.forEach((list, at) => checkKind(`fuse: lists[${at}]`, list, 'array'));
  checkKind('fuse: options', options, 'object');
  const byRerankScore = isReranked(lists, options);
  const profile = byRerankScore
    ? { ...profileOf(options), rule: { method: 'max', normalization: 'none' } as const }
    : profileOf(options);
  const { window = Infinity, offset = 0, limit = Infinity, id = chunkIdentity } = options;
  const { score = (item: T) => (byRerankScore ? item.rerank_score : item.score) } = options;
  const { weights = lists.map(() => 1) } = options;

  for (const [name, choices] of Object.entries(settings)) {
    checkChoice(`fuse: ${name}`, profile[name as keyof typeof settings], choices);
  }
  checkChoice('fuse: method', profile.rule.method, methods);
  if ('normalization' in profile.rule) {
    checkNormalization(profile.rule.normalization);
  }
  checkRange('window', window, 1);
  checkRange('offset', offset, 0);
  checkRange('limit', limit, 0);
  checkRule(profile);
  if (weights.length !== lists.length) {
    throw new RangeError(
      `fuse: number of weights must match number of lists, got ${weights.length} for ${lists.length}`,
    );
  }
  // Where weights divide ranks, one that is not positive says that the list does not count.
  const least = profile.weightMode === 'rankScale' ? -Number.MAX_VALUE : 0;
  weights.forEach((weight, list) =>
    checkRange(`weights[${list}]`, weight, least, Number.MAX_VALUE),
  );
  const total =
    profile.weightMode === 'share' ? weights.reduce((sum, weight) => sum + weight, 0) || 1 : 1;
  const shares = weights.map((weight) => weight / total);
  return {
    ...profile,
    weights: shares,
    factors: profile.weightMode === 'rankScale' ? shares.map(() => 1) : shares,
    window,
    offset,
    limit,
    id,
    score,
  };
}

/** Whether all that is known of the order is one reranker's, which scores every list alike. */
function isReranked<T extends Rankable>(
  lists: readonly (readonly T[])[],
  { method, preset, weights, score }: FuseOptions<T>,
): boolean {
  return (
    !method &&
    !preset &&
    !weights &&
    !score &&
    lists.every((list) => list.every(({ rerank_score }) => Number.isFinite(rerank_score)))
  );
}

function profileOf<T>(options: FuseOptions<T>): FusionProfile {
  const base = options.preset === undefined ? plain : presetOf(options, options.weights);
  return {
    rule: options.method === undefined ? base.rule : options,
    weightMode: options.weightMode ?? base.weightMode,
    tieBreak: options.tieBreak ?? base.tieBreak,
    inListDuplicates: options.inListDuplicates ?? base.inListDuplicates,
    keep: options.keep ?? base.keep,
    listOrder: options.listOrder ?? base.listOrder,
    precision: options.precision ?? base.precision,
  };
}

function presetOf(
  { preset, k, normalization }: PresetChoice,
  weights: readonly number[] | undefined,
): FusionProfile {
  checkChoice('fuse: preset', preset, Object.keys(presets));
  const { rule, unweighted, kRange = [0, Number.MAX_VALUE], ...own } = presets[preset];
  const profile = { ...plain, ...own, ...(unweighted && !weights && { weightMode: unweighted }) };
  if (rule.method === 'rrf') {
    if (normalization !== undefined) {
      throw new TypeError(`fuse: preset ${preset} looks at ranks, normalization means nothing`);
    }
    checkRange(`k of preset ${preset}`, k, ...kRange);
    return { ...profile, rule: { ...rule, k: k ?? rule.k } };
  }
  if (k !== undefined) {
    throw new TypeError(`fuse: preset ${preset} looks at scores, k means nothing`);
  }
  return { ...profile, rule: normalization === undefined ? rule : { ...rule, normalization } };
}

function checkRule({ rule, weightMode }: FusionProfile): void {
  switch (rule.method) {
    case 'rrf': {
      const { k = 60, rankBase = 1 } = rule;
      checkRange('k', k, 0, Number.MAX_VALUE);
      // Otherwise a rank could divide by 0.
      checkRange('k + rankBase', k + rankBase, weightMode === 'rankScale' ? 1 : Number.MIN_VALUE);
      return;
    }
    case 'logNIsr':
      checkRange('sigma', rule.sigma, 0, Number.MAX_VALUE);
      break;
    case 'rankBiased':
      checkRange('phi', rule.phi, 0, 1);
      break;
    case 'gmnz':
      checkRange('gamma', rule.gamma, 0, Number.MAX_VALUE);
      break;
    default:
  }
  if (weightMode === 'rankScale') {
    throw new TypeError(`fuse: weightMode rankScale is for rrf, not for ${rule.method}`);
  }
}

function checkRange(name: string, value: number | undefined, min: number, max = Infinity): void {
  if (value !== undefined && !(value >= min && value <= max)) {
    const bounds = max < Number.MAX_VALUE ? `from ${min} to ${max}` : `at least ${min}`;
    throw new RangeError(`fuse: ${name} must be ${bounds}, got ${value}`);
  }
}

function checkNormalization(given: unknown): void {
  for (const each of Array.isArray(given) ? (given as unknown[]) : [given]) {
    const name = isRecord(each) ? each.type : each;
    checkChoice('fuse: normalization', name, normalizations);
  }
}
