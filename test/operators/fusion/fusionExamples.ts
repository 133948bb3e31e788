import type { FuseOptions } from '../../../src/operators/fusion/fuseOptions.ts';
import type { ScoreRule } from '../../../src/operators/fusion/fusionRule.ts';
import type { Normalization } from '../../../src/operators/fusion/normalization.ts';

/** A list as text: ids with their scores, in the order of the ranking. Digits would lose their order as keys. */
export type ListText = string;

interface FusionExample {
  readonly title: string;
  readonly lists: readonly ListText[];
  readonly options: FuseOptions<{ id: string; score: number }>;
  readonly scores?: Readonly<Record<string, number>>;
  /** The order of the first hits. */
  readonly order?: readonly string[];
  readonly length: number;
  readonly tolerance: number;
}

interface NormalizationExample {
  readonly title: string;
  readonly lists: readonly ListText[];
  readonly normalization: Normalization;
  readonly expected: readonly Readonly<Record<string, number>>[];
  readonly tolerance: number;
}

interface CombinationExample {
  readonly title: string;
  readonly scores: readonly number[];
  readonly method: ScoreRule['method'];
  readonly weights: readonly number[];
  readonly expected: number;
  readonly tolerance: number;
}

/** Figures that the tests of other engines expect of whole fusions. */
export const fusionExamples: readonly FusionExample[] = [
  {
    title: 'ranx, rrf',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'rrf', k: 60, rankBase: 1 },
    scores: { d1: 0.032266458495966696, d2: 0.03225806451612903, d3: 0.03278688524590164 },
    length: 3,
    tolerance: 1e-12,
  },
  {
    title: 'ranx, rrf',
    lists: ['d2=2 d1=1', 'd3=3 d1=1', 'd3=3 d2=2'],
    options: { method: 'rrf', k: 60, rankBase: 1 },
    scores: { d1: 0.03225806451612903, d2: 0.03252247488101534, d3: 0.03278688524590164 },
    length: 3,
    tolerance: 1e-12,
  },
  {
    title: 'ranx, comb_sum',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'sum', normalization: 'none' },
    scores: { d1: 4, d2: 4, d3: 4 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_mnz',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'mnz', normalization: 'none' },
    scores: { d1: 8, d2: 8, d3: 8 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_anz',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'anz', normalization: 'none' },
    scores: { d1: 2, d2: 2, d3: 2 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_max',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'max', normalization: 'none' },
    scores: { d1: 3, d2: 2, d3: 3 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_min',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'min', normalization: 'none' },
    scores: { d1: 1, d2: 2, d3: 1 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_med',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'median', normalization: 'none' },
    scores: { d1: 2, d2: 2, d3: 2 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, comb_gmnz',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'gmnz', normalization: 'none', gamma: 1 },
    scores: { d1: 8, d2: 8, d3: 8 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, isr',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'isr' },
    scores: { d1: 2.2222222222222223, d2: 1, d3: 4 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, log_isr',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'logIsr' },
    scores: { d1: 0.7701635339554948, d2: 0.34657359027997264, d3: 1.3862943611198906 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, logn_isr',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'logNIsr', sigma: 0.1 },
    scores: { d1: 0.824374827477086, d2: 0.37096867236468867, d3: 1.4838746894587547 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, borda',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'borda' },
    scores: { d1: 5.5, d2: 5.5, d3: 7 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, weighted_borda',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'borda', weights: [1, 1, 1] },
    scores: { d1: 5.5, d2: 5.5, d3: 7 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, condorcet',
    lists: ['d3=3 d2=2 d1=1', 'd2=3 d1=2', 'd3=3'],
    options: { method: 'condorcet' },
    scores: { d1: 1, d2: 2, d3: 3 },
    order: ['d3', 'd2', 'd1'],
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, weighted_condorcet',
    lists: ['d3=3 d2=2 d1=1', 'd2=3 d1=2', 'd3=3'],
    options: { method: 'condorcet', weights: [1, 1, 1] },
    scores: { d1: 1, d2: 2, d3: 3 },
    order: ['d3', 'd2', 'd1'],
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, wsum',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'sum', normalization: 'none', weights: [0.3, 0.2, 0.5] },
    scores: { d1: 0.9000000000000001, d2: 1, d3: 1.4 },
    length: 3,
    tolerance: 1e-12,
  },
  {
    title: 'ranx, wmnz',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'mnz', normalization: 'none', weights: [1, 1, 1] },
    scores: { d1: 8, d2: 8, d3: 8 },
    length: 3,
    tolerance: 1e-6,
  },
  {
    title: 'ranx, mixed',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    options: { method: 'gmnz', gamma: 0.5, normalization: 'none', weights: [1, 1, 1] },
    scores: { d1: 5.656854249492381, d2: 5.656854249492381, d3: 5.656854249492381 },
    length: 3,
    tolerance: 1e-9,
  },
  {
    title: 'ranx, rbc',
    lists: [
      'A=7 D=6 B=5 C=4 G=3 F=2',
      'B=7 D=6 E=5 C=4',
      'A=7 B=6 D=5 C=4 G=3 F=2 E=1',
      'G=7 D=6 E=5 A=4 F=3 C=2',
    ],
    options: { method: 'rankBiased', phi: 0.6 },
    scores: { A: 0.89, D: 0.86, B: 0.78, G: 0.5, E: 0.31, C: 0.29, F: 0.11 },
    order: ['A', 'D', 'B', 'G', 'E', 'C', 'F'],
    length: 7,
    tolerance: 0.0050000010000000004,
  },
  {
    title: 'weaviate, relative_score_weaviate',
    lists: ['0=1 1=2 2=3', '0=0 1=1 2=2'],
    options: { preset: 'weaviateRelativeScore', weights: [0.5, 0.5] },
    scores: { 2: 1, 1: 0.5, 0: 0 },
    order: ['2', '1', '0'],
    length: 3,
    tolerance: 0.0001,
  },
  {
    title: 'weaviate, rrf',
    lists: [
      'e6f7e8b1-ac53-48eb-b6e4-cbe67396bcfa=0.2 2b7a8bc9-29d9-4cc8-b145-a0baf5fc231d=0.1 dddddddd-29d9-4cc8-b145-a0baf5fc231d=0',
      '2b7a8bc9-29d9-4cc8-b145-a0baf5fc231d=0.1 e6f7e8b1-ac53-48eb-b6e4-cbe67396bcfa=0.2 dddddddd-29d9-4cc8-b145-a0baf5fc231d=0',
    ],
    options: { preset: 'weaviate', weights: [0.5, 0.5] },
    scores: {
      'e6f7e8b1-ac53-48eb-b6e4-cbe67396bcfa': 0.016530056,
      '2b7a8bc9-29d9-4cc8-b145-a0baf5fc231d': 0.016530056,
    },
    order: [
      'e6f7e8b1-ac53-48eb-b6e4-cbe67396bcfa',
      '2b7a8bc9-29d9-4cc8-b145-a0baf5fc231d',
      'dddddddd-29d9-4cc8-b145-a0baf5fc231d',
    ],
    length: 3,
    tolerance: 5e-9,
  },
  {
    title: 'qdrant, rrf_qdrant_weighted',
    lists: ['1=0.9 2=0.8', '2=0.9 1=0.8'],
    options: { preset: 'qdrant', k: 2, weights: [3, 1] },
    order: ['2', '1'],
    length: 2,
    tolerance: 1e-6,
  },
  {
    title: 'qdrant, rrf_qdrant_weighted',
    lists: ['1=0.9', '2=0.9'],
    options: { preset: 'qdrant', k: 2, weights: [1, 0] },
    scores: { 1: 0.5, 2: 0 },
    length: 2,
    tolerance: 1e-6,
  },
  {
    title: 'qdrant, dbsf',
    lists: ['1=0.9 2=0.7 3=0.1', '2=12 4=8 1=4'],
    options: { preset: 'qdrantDistributionBased' },
    scores: { 1: 0.9667734615042392, 2: 1.220042717935029, 3: 0.31318382056073163, 4: 0.5 },
    order: ['2', '1', '4', '3'],
    length: 4,
    tolerance: 1e-5,
  },
  {
    title: 'neural-search, combine_lists:arithmetic',
    lists: ['1=1 2=0.25 4=0.001', '3=1 5=0.001'],
    options: { method: 'mean', normalization: 'none', tieBreak: 'id' },
    scores: { 1: 0.5, 3: 0.5, 2: 0.125 },
    order: ['1', '3', '2'],
    length: 5,
    tolerance: 0.001,
  },
  {
    title: 'llama_index, relative_score_llamaindex',
    lists: ['A=0.9 B=0.5 C=0.1', 'B=12 D=8'],
    options: { preset: 'llamaindexRelativeScore', weights: [0.6, 0.4] },
    scores: { A: 0.6, B: 0.7, C: 0, D: 0 },
    order: ['B', 'A', 'C', 'D'],
    length: 4,
    tolerance: 1e-9,
  },
  {
    title: 'llama_index, simple_max',
    lists: ['A=0.9 B=0.5', 'B=0.95 C=0.2'],
    options: { preset: 'llamaindexSimple' },
    scores: { A: 0.9, B: 0.95, C: 0.2 },
    order: ['B', 'A', 'C'],
    length: 3,
    tolerance: 1e-6,
  },
];

/** Figures that they expect of normalised lists. */
export const normalizationExamples: readonly NormalizationExample[] = [
  {
    title: 'ranx, min_max',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'minMax',
    expected: [{ d1: 0, d2: 0.5, d3: 1 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, min_max_inverted',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'minMaxInverted',
    expected: [{ d1: 1, d2: 0.5, d3: 0 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, max',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'max',
    expected: [{ d1: 0.3333333333333333, d2: 0.6666666666666666, d3: 1 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, sum',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'sum',
    expected: [{ d1: 0, d2: 0.3333333333333333, d3: 0.6666666666666666 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, zmuv',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'zScore',
    expected: [{ d1: -1.224744871391589, d2: 0, d3: 1.224744871391589 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, rank',
    lists: ['d3=3 d2=2 d1=1'],
    normalization: 'rank',
    expected: [{ d1: 0.33333333333333337, d2: 0.6666666666666667, d3: 1 }],
    tolerance: 1e-9,
  },
  {
    title: 'ranx, borda',
    lists: ['d3=3 d2=2 d1=1', 'd1=3 d2=2', 'd3=1'],
    normalization: 'borda',
    expected: [
      { d1: 0.3333333333333333, d2: 0.6666666666666666, d3: 1 },
      { d1: 1, d2: 0.6666666666666666, d3: 0.3333333333333333 },
      { d1: 0.5, d2: 0.5, d3: 1 },
    ],
    tolerance: 1e-6,
  },
  {
    title: 'elasticsearch, l2',
    lists: ['1=3 2=4'],
    normalization: 'l2',
    expected: [{ 1: 0.6, 2: 0.8 }],
    tolerance: 1e-5,
  },
  {
    title: 'milvus, milvus_arctan',
    lists: ['0=1 1=0.5 2=0 3=-1'],
    normalization: { type: 'arctan', metric: 'COSINE' },
    expected: [{ 0: 1, 1: 0.75, 2: 0.5, 3: 0 }],
    tolerance: 1e-6,
  },
  {
    title: 'neural-search, reciprocal_rank',
    lists: ['2=0.5 4=0.2'],
    normalization: 'reciprocalRank',
    expected: [{ 2: 0.01639344262295082, 4: 0.016129032258064516 }],
    tolerance: 1e-7,
  },
  {
    title: 'neural-search, min_max_opensearch',
    lists: ['2=0.5 4=0.2'],
    normalization: { type: 'minMax', floor: 0.001 },
    expected: [{ 2: 1, 4: 0.001 }],
    tolerance: 0.0001,
  },
];

/** Figures that they expect of the scores of one document, one for each list. */
export const combinationExamples: readonly CombinationExample[] = [
  {
    title: 'neural-search, arithmetic',
    scores: [1, 0, 0.6],
    method: 'mean',
    weights: [0.45, 0.15, 0.4],
    expected: 0.69,
    tolerance: 0.001,
  },
  {
    title: 'neural-search, geometric',
    scores: [1, 0.5, 0.3],
    method: 'geometric',
    weights: [0.45, 0.15, 0.4],
    expected: 0.5567,
    tolerance: 0.001,
  },
  {
    title: 'neural-search, harmonic',
    scores: [1, 0.5, 0.3],
    method: 'harmonic',
    weights: [0.45, 0.15, 0.4],
    expected: 0.48,
    tolerance: 0.006,
  },
  {
    title: 'neural-search, rrf_sum',
    scores: [1, 0, 0.6],
    method: 'sum',
    weights: [0.45, 0.15, 0.4],
    expected: 0.69,
    tolerance: 0.001,
  },
];
