import type { FusionRule } from './fusionRule.ts';
import type { Normalization } from './normalization.ts';
import type { FusionProfile, PresetName } from './presets.ts';
import type { WeightMode } from './rankTerms.ts';
import type { TieBreak } from './tieBreak.ts';

/** What goes with every method of {@link fuse}. */
export interface FuseSettings<T> {
  /** What each list counts for, 0 or more: as many as there are lists. @defaultValue 1 for each */
  readonly weights?: readonly number[] | undefined;
  /**
   * `multiply`: a list's share of the score is multiplied by its weight. `share`: by its weight's share of all weights.
   * `rankScale`: the weight divides the rank, for `rrf` only, as Qdrant has it; a list of weight 0 or less counts for
   * nothing. @defaultValue `'multiply'`
   */
  readonly weightMode?: WeightMode | undefined;
  /** What decides between equal scores. @defaultValue `'evidence'` */
  readonly tieBreak?: TieBreak | undefined;
  /** Whether only the first of several occurrences in one list counts, or their sum. @defaultValue `'first'` */
  readonly inListDuplicates?: FusionProfile['inListDuplicates'] | undefined;
  /** Whose copy of a hit is kept: that of its best rank, of the first or of the last list. @defaultValue `'best'` */
  readonly keep?: FusionProfile['keep'] | undefined;
  /** Whether lists are ranked as they are given, or by score first. @defaultValue `'given'` */
  readonly listOrder?: FusionProfile['listOrder'] | undefined;
  /** `float32` rounds as engines do that keep scores in 32 bits. @defaultValue `'float64'` */
  readonly precision?: FusionProfile['precision'] | undefined;
  /** Entries of each list that are looked at, 1 or more. @defaultValue all */
  readonly window?: number | undefined;
  /** Hits left out at the top. @defaultValue `0` */
  readonly offset?: number | undefined;
  /** Hits at most. @defaultValue all */
  readonly limit?: number | undefined;
  /** Same id, same thing. @defaultValue {@link chunkIdentity} */
  readonly id?: ((item: T) => string) | undefined;
  /** The score of an item, larger is better. @defaultValue its `score` */
  readonly score?: ((item: T) => number | null | undefined) | undefined;
}

/** The way of another engine. What the settings say comes before what the engine does. */
export interface PresetChoice {
  readonly preset: PresetName;
  readonly method?: undefined;
  /** For those of reciprocal rank, within the bounds of the engine. */
  readonly k?: number | undefined;
  /** For those that combine scores: how they are made comparable. */
  readonly normalization?: Normalization | readonly Normalization[] | undefined;
}

/** Neither a method nor a preset: see {@link fuse}. */
interface NoChoice {
  readonly preset?: undefined;
  readonly method?: undefined;
}

/** A method with its parameters, a preset, or neither. */
export type FusionChoice = (FusionRule & { readonly preset?: undefined }) | PresetChoice | NoChoice;

/** What {@link fuse} accepts. */
export type FuseOptions<T> = FuseSettings<T> & FusionChoice;
