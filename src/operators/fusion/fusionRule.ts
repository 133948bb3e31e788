import type { Normalization } from './normalization.ts';

/** Reciprocal rank fusion: the sum of w / (k + r), after Cormack, Clarke and Buettcher (2009). */
export interface ReciprocalRankRule {
  readonly method: 'rrf';
  /** The larger, the less the first ranks stand out. 0 or more. @defaultValue `60` */
  readonly k?: number | undefined;
  /** The rank of the best: 0 with `k` is 1 with `k - 1`. @defaultValue `1` */
  readonly rankBase?: 0 | 1 | undefined;
}

/**
 * Inverse square rank: `isr` is N times the sum of w / r² for the N lists that have the hit, `logIsr` takes ln N and
 * `logNIsr` ln (N + sigma) in place of N. With `logIsr`, what only one list has scores 0.
 */
export interface InverseSquareRankRule {
  readonly method: 'isr' | 'logIsr' | 'logNIsr';
  /** For `logNIsr`. More than 0. @defaultValue `0.01` */
  readonly sigma?: number | undefined;
}

/** Rank-biased: the sum of w (1 - phi) phi^(r - 1). */
export interface RankBiasedRule {
  readonly method: 'rankBiased';
  /** How far down a reader goes, between 0 and 1. @defaultValue `0.8` */
  readonly phi?: number | undefined;
}

/**
 * Votes: `borda` gives c - i points for place i (from 0) among c candidates, and the mean of the places left to those
 * that a list does not have. `condorcet` puts first what wins most comparisons in pairs, where to be in a list beats
 * not to be; its scores are the places from the end, and its work grows with the square of the hits.
 */
export interface VoteRule {
  readonly method: 'borda' | 'condorcet';
}

/**
 * Scores, made comparable and combined. For N lists that have a hit, with scores s and weights w:
 *
 * - `sum`: sum of w s
 * - `mnz`: sum of s, times the sum of their w
 * - `gmnz`: N^gamma times the sum of w s
 * - `anz`: sum of w s, by N
 * - `mean`: sum of w s, by the sum of the weights of all lists
 * - `max`, `min`, `median`: of w s
 * - `geometric`, `harmonic`: weighted means of the scores above 0
 */
export interface ScoreRule {
  readonly method:
    'sum' | 'mnz' | 'gmnz' | 'anz' | 'mean' | 'max' | 'min' | 'median' | 'geometric' | 'harmonic';
  /** How scores are made comparable: one for all lists, or one for each. @defaultValue `'minMax'` */
  readonly normalization?: Normalization | readonly Normalization[] | undefined;
  /** For `gmnz`. 0 or more: 0 is `sum`, 0.5 is known as mixed. @defaultValue `1` */
  readonly gamma?: number | undefined;
}

/** How many rankings become one. */
export type FusionRule =
  ReciprocalRankRule | InverseSquareRankRule | RankBiasedRule | VoteRule | ScoreRule;
