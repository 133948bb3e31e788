/** What a list whose scores are all the same becomes: a number, the raw scores, or 1 if they are positive and else 0. */
export type ConstantScores = number | 'raw' | 'sign';

/** Scores between the smallest and the largest of their list, 0 to 1. */
export interface MinMax {
  readonly type: 'minMax';
  /** What a list of equal scores becomes. @defaultValue `1` */
  readonly constant?: ConstantScores | undefined;
  /** What a list of one score becomes. @defaultValue what `constant` says */
  readonly single?: ConstantScores | undefined;
  /** What takes the place of 0. @defaultValue `0` */
  readonly floor?: number | undefined;
  /** The smallest score there can be, in place of the list's smallest; what is below counts as that. */
  readonly lower?: number | undefined;
  /** The largest score there can be, in place of the list's largest; what is above counts as that. */
  readonly upper?: number | undefined;
}

/** Standard deviations from the mean. */
export interface ZScore {
  readonly type: 'zScore';
  /** Divide by n (`population`) or by n - 1 (`sample`). @defaultValue `'population'` */
  readonly deviation?: 'population' | 'sample' | undefined;
}

/** Scores between three standard deviations below the mean (0) and three above (1), not cut off. */
export interface DistributionBased {
  readonly type: 'distribution';
  /** Divide by n (`population`) or by n - 1 (`sample`). @defaultValue `'sample'` */
  readonly deviation?: 'population' | 'sample' | undefined;
  /** What a list of equal scores becomes. @defaultValue `0.5` */
  readonly constant?: ConstantScores | undefined;
}

/** A fixed curve for each kind of similarity, as Milvus has it: no list is needed to know it. */
export interface Arctan {
  readonly type: 'arctan';
  /** What the scores measure: `L2` is a distance, smaller is better. */
  readonly metric: 'COSINE' | 'IP' | 'BM25' | 'L2';
}

/** 1 / (1 + e^(-s / temperature)). */
export interface Sigmoid {
  readonly type: 'sigmoid';
  /** More than 1 makes scores alike, less sets them apart. @defaultValue `1` */
  readonly temperature?: number | undefined;
}

/** A calibration of the user's: 1 / (1 + e^(a s + b)), after Platt. */
export interface Platt {
  readonly type: 'platt';
  readonly a: number;
  readonly b: number;
}

/** A calibration of the user's: straight lines between points, level before the first and after the last. */
export interface Isotonic {
  readonly type: 'isotonic';
  /** Pairs of a score and what it becomes, by rising score; at least one. */
  readonly points: readonly (readonly [score: number, value: number])[];
}

/** 1 / (k + rank). */
export interface ReciprocalRank {
  readonly type: 'reciprocalRank';
  /** @defaultValue `60` */
  readonly k?: number | undefined;
  /** The rank of the best. @defaultValue `1` */
  readonly rankBase?: 0 | 1 | undefined;
}

/**
 * How the scores of one list are made comparable with those of another. The names alone:
 *
 * - `none`: as they are
 * - `minMax`, `zScore`, `distribution`, `sigmoid`, `reciprocalRank`: as their objects do by default
 * - `minMaxInverted`: (max - s) / (max - min), for distances
 * - `max`: s / max
 * - `sum`: (s - min) / sum of (s - min)
 * - `l2`: s / square root of the sum of s²
 * - `rank`: 1 - i / n, i from 0
 * - `borda`: 1 - i / c for c candidates of all lists; what is not in the list gets .5 - (n - 1) / 2c
 * - `zScoreOpenSearch`: z-score with OpenSearch's rules for what is not above the mean
 */
export type Normalization =
  | 'none'
  | 'minMax'
  | 'minMaxInverted'
  | 'max'
  | 'sum'
  | 'zScore'
  | 'zScoreOpenSearch'
  | 'distribution'
  | 'l2'
  | 'sigmoid'
  | 'rank'
  | 'reciprocalRank'
  | 'borda'
  | MinMax
  | ZScore
  | DistributionBased
  | Arctan
  | Sigmoid
  | Platt
  | Isotonic
  | ReciprocalRank;
