import type { FusionRule, ReciprocalRankRule, ScoreRule } from './fusionRule.ts';
import type { WeightMode } from './rankTerms.ts';
import type { TieBreak } from './tieBreak.ts';

/** The engines, and ways of theirs, whose rankings `fuse` reproduces. */
export type PresetName =
  | 'paper'
  | 'elasticsearch'
  | 'elasticsearchLinear'
  | 'opensearch'
  | 'opensearchHybrid'
  | 'mongodb'
  | 'milvus'
  | 'langchain'
  | 'llamaindex'
  | 'llamaindexRelativeScore'
  | 'llamaindexDistributionBased'
  | 'llamaindexSimple'
  | 'weaviate'
  | 'weaviateRelativeScore'
  | 'qdrant'
  | 'qdrantDistributionBased';

/** Everything that sets one engine apart from another. */
export interface FusionProfile {
  readonly rule: FusionRule;
  readonly weightMode: WeightMode;
  readonly tieBreak: TieBreak;
  /** What a second occurrence in one list does. */
  readonly inListDuplicates: 'first' | 'sum';
  /** Whose copy of a hit is kept: that of its best rank, of the first or of the last list. */
  readonly keep: 'best' | 'first' | 'last';
  /** Whether a list's order is the ranking, or its scores are. */
  readonly listOrder: 'given' | 'score';
  readonly precision: 'float64' | 'float32';
}

interface Preset extends Partial<FusionProfile> {
  readonly rule: ReciprocalRankRule | ScoreRule;
  /** In place of `weightMode` when there are no weights. */
  readonly unweighted?: WeightMode;
  /** What the engine lets `k` be; where it is fixed, twice the same. Any when left out. */
  readonly kRange?: readonly [min: number, max: number];
}

const rrf = { method: 'rrf', k: 60, rankBase: 1 } as const;

/** What each engine does, read in its sources. Where nothing is said, it is as in `plain`. */
export const presets: Readonly<Record<PresetName, Preset>> = {
  paper: { rule: rrf },
  elasticsearch: { rule: rrf, kRange: [1, Infinity], tieBreak: 'id', precision: 'float32' },
  elasticsearchLinear: {
    rule: { method: 'sum', normalization: 'none' },
    tieBreak: 'id',
    precision: 'float32',
  },
  opensearch: { rule: rrf, kRange: [1, 10_000], tieBreak: 'id' },
  opensearchHybrid: {
    rule: { method: 'mean', normalization: { type: 'minMax', constant: 1, floor: 0.001 } },
    tieBreak: 'id',
    precision: 'float32',
  },
  mongodb: { rule: rrf, kRange: [60, 60] },
  milvus: {
    rule: rrf,
    kRange: [Number.MIN_VALUE, 16_383.999],
    tieBreak: 'id',
    inListDuplicates: 'sum',
    keep: 'first',
    precision: 'float32',
  },
  langchain: {
    rule: rrf,
    unweighted: 'share',
    tieBreak: 'appearance',
    inListDuplicates: 'sum',
    keep: 'first',
  },
  llamaindex: {
    rule: { ...rrf, rankBase: 0 },
    kRange: [60, 60],
    weightMode: 'share',
    unweighted: 'multiply',
    tieBreak: 'appearance',
    inListDuplicates: 'sum',
    keep: 'last',
    listOrder: 'score',
  },
  llamaindexRelativeScore: {
    rule: { method: 'sum', normalization: { type: 'minMax', constant: 'sign' } },
    weightMode: 'share',
    tieBreak: 'appearance',
    inListDuplicates: 'sum',
    keep: 'first',
  },
  llamaindexDistributionBased: {
    rule: {
      method: 'sum',
      normalization: { type: 'distribution', deviation: 'population', constant: 'sign' },
    },
    weightMode: 'share',
    tieBreak: 'appearance',
    inListDuplicates: 'sum',
    keep: 'first',
  },
  llamaindexSimple: {
    rule: { method: 'max', normalization: 'none' },
    tieBreak: 'appearance',
    keep: 'first',
  },
  weaviate: {
    rule: { ...rrf, rankBase: 0 },
    kRange: [60, 60],
    tieBreak: 'score',
    inListDuplicates: 'sum',
    keep: 'last',
    precision: 'float32',
  },
  weaviateRelativeScore: {
    rule: { method: 'sum', normalization: { type: 'minMax', constant: 1 } },
    tieBreak: 'score',
    inListDuplicates: 'sum',
    keep: 'last',
    precision: 'float32',
  },
  qdrant: {
    rule: { ...rrf, k: 2, rankBase: 0 },
    kRange: [1, Infinity],
    weightMode: 'rankScale',
    inListDuplicates: 'sum',
    keep: 'first',
    precision: 'float32',
  },
  qdrantDistributionBased: {
    rule: { method: 'sum', normalization: 'distribution' },
    inListDuplicates: 'sum',
    keep: 'first',
    precision: 'float32',
  },
};

/** What `fuse` does where neither a preset nor an option says otherwise. */
export const plain: FusionProfile = {
  rule: rrf,
  weightMode: 'multiply',
  tieBreak: 'evidence',
  inListDuplicates: 'first',
  keep: 'best',
  listOrder: 'given',
  precision: 'float64',
};
