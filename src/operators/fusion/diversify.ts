import { textOf } from '../../types/textOf.ts';
import type { FusedHit } from './fuse.ts';
import { normalizeScores } from './normalizeScores.ts';
import type { Rankable } from './rankable.ts';
import { jaccard, shingles } from './shingles.ts';
import { checkKind } from '../../checks/checkKind.ts';

/** What {@link diversify} accepts. */
export interface DiversifyConfig<T> {
  /** What relevance counts for against novelty, 0 to 1: 1 keeps the order. @defaultValue `0.5` */
  readonly lambda?: number | undefined;
  /** Hits at most. @defaultValue all */
  readonly limit?: number | undefined;
  /** How alike two items are. @defaultValue the part of their runs of three words that both have, 0 to 1 */
  readonly similarity?: ((a: T, b: T) => number) | undefined;
  /** How relevant an item is, on the scale of `similarity`. @defaultValue the hit's score, between 0 and 1 by `minMax` */
  readonly relevance?: ((item: T) => number) | undefined;
}

/** A hit, and what it was chosen for. */
export type DiverseHit<H> = H & {
  /** lambda times its relevance, less (1 - lambda) times its likeness to what was chosen before. */
  readonly marginalRelevance: number;
};

/**
 * Chooses hits that are relevant and unlike those chosen before, one after the other: maximal marginal relevance,
 * after Carbonell and Goldstein (1998). The first is the most relevant, whatever `lambda` is; of equals the first.
 *
 * @example Five passages that do not repeat each other
 * ```ts
 * mergeRanked([retrieve(connection, { index_id: indexId, query: question })]).pipe(
 *   map(({ hits }) => diversify(hits, { lambda: 0.7, limit: 5 })),
 * );
 * ```
 *
 * @throws RangeError for a `lambda` or a `limit` out of bounds.
 */
export function diversify<H extends FusedHit<Rankable>>(
  hits: readonly H[],
  config: DiversifyConfig<H['item']> = {},
): DiverseHit<H>[] {
  checkKind('diversify: hits', hits, 'array');
  checkKind('diversify: config', config, 'object');
  const { lambda = 0.5, limit = Infinity, similarity = byText(), relevance } = config;
  if (!(lambda >= 0 && lambda <= 1)) {
    throw new RangeError(`diversify: lambda must be from 0 to 1, got ${lambda}`);
  }
  if (!(limit >= 0)) {
    throw new RangeError(`diversify: limit must be at least 0, got ${limit}`);
  }
  const scaled = normalizeScores(
    hits.map(({ score }) => score),
    'minMax',
  );
  const left = hits.map((hit, i) => ({
    hit,
    relevance: relevance ? relevance(hit.item) : (scaled[i] ?? 0),
    likeness: -Infinity,
  }));

  const chosen: DiverseHit<H>[] = [];
  while (chosen.length < limit && left.length > 0) {
    const isFirst = chosen.length === 0;
    const values = left.map(({ relevance: own, likeness }) => {
      const value = isFirst ? own : lambda * own - (1 - lambda) * likeness;
      // What cannot be compared is chosen last.
      return Number.isNaN(value) ? -Infinity : value;
    });
    const at = values.indexOf(Math.max(...values));
    const [best] = left.splice(at, 1);
    if (!best) {
      break;
    }
    const marginalRelevance = isFirst ? lambda * best.relevance : (values[at] ?? 0);
    chosen.push({ ...best.hit, marginalRelevance });
    for (const other of left) {
      other.likeness = Math.max(other.likeness, similarity(best.hit.item, other.hit.item));
    }
  }
  return chosen;
}

/** Compares texts, each of which is taken apart once. */
function byText(): (a: Rankable, b: Rankable) => number {
  const known = new Map<Rankable, Set<string>>();
  const runsOf = (item: Rankable): Set<string> => {
    const runs = known.get(item) ?? shingles(textOf(item.content));
    known.set(item, runs);
    return runs;
  };
  return (a, b) => jaccard(runsOf(a), runsOf(b));
}
