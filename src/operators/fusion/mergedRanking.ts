import type { Contribution } from './candidates.ts';
import { finality } from './finality.ts';
import { fuseAsPlanned, type FusedHit } from './fuse.ts';
import type { FuseOptions } from './fuseOptions.ts';
import { fusionPlan } from './fusionPlan.ts';
import type { Rankable } from './rankable.ts';

/** Where a source of a merged ranking stands. */
export type SourceState<T> =
  | { readonly status: 'pending' }
  | { readonly status: 'arrived'; readonly results: readonly T[] }
  | { readonly status: 'failed'; readonly error: unknown };

/** A source that failed, and why. */
export interface SourceFailure {
  readonly source: string;
  readonly error: unknown;
}

/** A hit, with the names of the sources that it comes from. */
export interface MergedHit<T> extends FusedHit<T> {
  readonly contributions: readonly (Contribution<T> & { readonly source: string })[];
}

/** What is known of a ranking while its sources answer. */
export interface MergedRanking<T> {
  /** Best first. */
  readonly hits: readonly MergedHit<T>[];
  /** Sources that answered. */
  readonly arrived: readonly string[];
  /** Sources that have not; after an early end, those that were given up. */
  readonly pending: readonly string[];
  /** Sources that failed, and why. */
  readonly failed: readonly SourceFailure[];
  /** So many of `hits` are surely the top ones in the end, in whatever order. Never goes back. */
  readonly finalSet: number;
  /** So many of `hits` surely stay where they are. Never goes back. */
  readonly finalOrder: number;
  /** Why this is the last ranking; `undefined` while more may follow. */
  readonly ended: 'complete' | 'deadline' | 'quorum' | 'final' | undefined;
}

/**
 * The ranking of what has arrived. A source that is pending or failed is an empty list, so that weights keep their
 * places.
 */
export function mergedRanking<T extends Rankable>(
  sources: ReadonlyMap<string, SourceState<T>>,
  options: FuseOptions<T>,
): MergedRanking<T> {
  const names = [...sources.keys()];
  const states = [...sources.values()];
  const lists = states.map((state) => (state.status === 'arrived' ? state.results : []));
  const plan = fusionPlan(lists, options);
  const all = fuseAsPlanned(lists, plan);
  const open = states.flatMap(({ status }, list) => (status === 'pending' ? [list] : []));
  const { finalSet, finalOrder } = finality(all, plan, open);
  const hits = all.slice(0, plan.limit).map((hit) => ({
    ...hit,
    contributions: hit.contributions.map((one) => ({ ...one, source: names[one.list] ?? '' })),
  }));
  return {
    hits,
    arrived: names.filter((_, list) => states[list]?.status === 'arrived'),
    pending: names.filter((_, list) => states[list]?.status === 'pending'),
    failed: [...sources].flatMap(([source, state]) =>
      state.status === 'failed' ? [{ source, error: state.error }] : [],
    ),
    finalSet,
    finalOrder,
    ended: open.length === 0 ? 'complete' : undefined,
  };
}
