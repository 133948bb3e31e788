import { candidates, type Candidate, type Contribution } from './candidates.ts';
import { combineScores } from './combineScores.ts';
import { condorcetScores } from './condorcetScores.ts';
import type { FuseOptions } from './fuseOptions.ts';
import { fusionPlan, type FusionPlan } from './fusionPlan.ts';
import type { FusionProfile } from './presets.ts';
import type { Rankable } from './rankable.ts';
import { compareHits, type TieEvidence } from './tieBreak.ts';

/** A hit of a fused ranking. */
export interface FusedHit<T> {
  readonly id: string;
  readonly score: number;
  /** The copy that was kept. */
  readonly item: T;
  /** What each list that has the hit says of it, in the order of the lists. */
  readonly contributions: readonly Contribution<T>[];
}

/**
 * Merges rankings, best first, into one. What two lists have in common is one hit. The order is total: it depends on
 * the lists alone, not on when they came.
 *
 * Without a method or a preset, lists that one reranker scored throughout are merged by `rerank_score`, unless there
 * are weights; all others by reciprocal rank with k = 60, since scores of different indexes cannot be compared.
 *
 * Scores that are missing or not finite count as none: the hit stays, the list gives it nothing.
 *
 * @example
 * ```ts
 * const words = [{ id: 'a' }, { id: 'b' }];
 * const vectors = [{ id: 'b' }, { id: 'c' }];
 * fuse([words, vectors], { method: 'rrf', k: 60, weights: [1, 2] }).map(({ id }) => id); // b, c, a
 * ```
 *
 * @throws RangeError for a number out of bounds, or not as many weights as lists; TypeError for options that do not
 * belong together.
 */
export function fuse<T extends Rankable>(
  lists: readonly (readonly T[])[],
  options: FuseOptions<T> = {},
): FusedHit<T>[] {
  const plan = fusionPlan(lists, options);
  return fuseAsPlanned(lists, plan).slice(plan.offset, plan.offset + plan.limit);
}

/** All hits, without regard to `offset` and `limit`. */
export function fuseAsPlanned<T extends Rankable>(
  lists: readonly (readonly T[])[],
  plan: FusionPlan<T>,
): FusedHit<T>[] {
  const all = candidates(lists, plan);
  const scores = scoresOf(all, plan);
  const ranked = all
    .map((candidate, at) => ({ candidate, evidence: evidenceOf(candidate, scores[at] ?? 0) }))
    .sort((a, b) => compareHits(a.evidence, b.evidence, plan.tieBreak));

  return ranked.map(({ candidate: { id, contributions }, evidence: { score } }, position) => ({
    id,
    // The scores of a Condorcet order are its places.
    score: plan.rule.method === 'condorcet' ? ranked.length - position : score,
    item: keptItem(contributions, plan.keep),
    contributions,
  }));
}

function scoresOf<T>(
  all: readonly Candidate<T>[],
  { rule, weights, factors, precision }: FusionPlan<T>,
): number[] {
  if (rule.method === 'condorcet') {
    const ranks = all.map(({ contributions }) => {
      const byList = weights.map((): number | undefined => undefined);
      for (const { list, rank } of contributions) {
        byList[list] = rank;
      }
      return byList;
    });
    return condorcetScores(ranks, weights);
  }
  const round = precision === 'float32' ? Math.fround : Number;
  return all.map(({ terms }) => combineScores(terms, rule, factors, round));
}

function evidenceOf<T extends Rankable>(
  { id, appearance, contributions }: Candidate<T>,
  score: number,
): TieEvidence {
  let bestRank = Infinity;
  let rerankScore = -Infinity;
  for (const { rank, item } of contributions) {
    bestRank = Math.min(bestRank, rank);
    const own = item.rerank_score ?? NaN;
    rerankScore = own > rerankScore ? own : rerankScore;
  }
  return {
    id,
    appearance,
    score,
    lists: contributions.length,
    bestRank,
    rerankScore,
    firstList: contributions[0]?.list ?? 0,
    lastScore: contributions.at(-1)?.score,
  };
}

function keptItem<T>(contributions: readonly Contribution<T>[], keep: FusionProfile['keep']): T {
  const [first] = contributions;
  if (!first) {
    throw new Error('fuse: a hit is in no list; this is a bug of fuse');
  }
  switch (keep) {
    case 'first':
      return first.item;
    case 'last':
      return (contributions.at(-1) ?? first).item;
    case 'best':
      return contributions.reduce((best, one) => (one.rank < best.rank ? one : best)).item;
  }
}
