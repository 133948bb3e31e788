import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import { type PresetName, presets } from '../../../src/operators/fusion/presets.ts';

interface Hit {
  readonly id: string;
  readonly score?: number;
  readonly copy?: number;
}

/** `'a4 b2'` is a hit `a` of score 4, then `b` of score 2. */
function ranking(text: string, copy?: number): Hit[] {
  return text.split(' ').map((each) => ({
    id: each.slice(0, 1),
    ...(each.length > 1 && { score: Number(each.slice(1)) }),
    ...(copy !== undefined && { copy }),
  }));
}

/** What can be seen of an engine. */
interface Observed {
  /** The scores of two hits of one list, as 64-bit numbers. */
  readonly scores: readonly number[];
  /** Which copy of a hit is kept that is second, then first, then third in three lists. */
  readonly keeps: number | undefined;
  /** Whether a second occurrence in a list counts. */
  readonly sums: boolean;
  /** The order of the first hits of two lists, of two hits that change places, and of last scores that differ. */
  readonly ties: string;
  /** The order of a list whose scores say the opposite. */
  readonly reads: string;
}

function observe(preset: PresetName): Observed {
  const ids = (...lists: string[]): string =>
    fuse(
      lists.map((list) => ranking(list)),
      { preset },
    )
      .map(({ id }) => id)
      .join('');
  const scoreOfA = (list: string): number | undefined =>
    fuse([ranking(list)], { preset }).find(({ id }) => id === 'a')?.score;
  const copies = [ranking('x9 a8', 1), ranking('a9 y8', 2), ranking('z9 w8 a7', 3)];
  return {
    scores: fuse([ranking('a3 b1 c0')], { preset })
      .map(({ score }) => score)
      .slice(0, 2),
    keeps: fuse(copies, { preset }).find(({ id }) => id === 'a')?.item.copy,
    sums: (scoreOfA('a4 a3 b2') ?? 0) > (scoreOfA('a4 c3 b2') ?? 0),
    ties: [ids('b1', 'a1'), ids('q9 p8', 'p9 q8'), ids('a1', 'b2')].join(' '),
    reads: ids('a1 b2'),
  };
}

const single = Math.fround;

/** The population's and the sample's deviation of the scores 3, 1 and 0. */
const deviation = { population: Math.sqrt(14 / 9), sample: Math.sqrt(7 / 3) };
const spread = (score: number, width: number): number =>
  (score - (4 / 3 - 3 * width)) / (6 * width);

const rows: readonly (readonly [PresetName, Observed])[] = [
  ['paper', { scores: [1 / 61, 1 / 62], keeps: 2, sums: false, ties: 'ba pq ab', reads: 'ab' }],
  [
    'elasticsearch',
    {
      scores: [single(1 / 61), single(1 / 62)],
      keeps: 2,
      sums: false,
      ties: 'ab pq ab',
      reads: 'ab',
    },
  ],
  ['elasticsearchLinear', { scores: [3, 1], keeps: 2, sums: false, ties: 'ab pq ba', reads: 'ba' }],
  [
    'opensearch',
    { scores: [1 / 61, 1 / 62], keeps: 2, sums: false, ties: 'ab pq ab', reads: 'ab' },
  ],
  [
    'opensearchHybrid',
    { scores: [1, single(1 / 3)], keeps: 2, sums: false, ties: 'ab pq ab', reads: 'ba' },
  ],
  ['mongodb', { scores: [1 / 61, 1 / 62], keeps: 2, sums: false, ties: 'ba pq ab', reads: 'ab' }],
  [
    'milvus',
    {
      scores: [single(1 / 61), single(1 / 62)],
      keeps: 1,
      sums: true,
      ties: 'ab pq ab',
      reads: 'ab',
    },
  ],
  ['langchain', { scores: [1 / 61, 1 / 62], keeps: 1, sums: true, ties: 'ba qp ab', reads: 'ab' }],
  ['llamaindex', { scores: [1 / 60, 1 / 61], keeps: 3, sums: true, ties: 'ba qp ab', reads: 'ba' }],
  [
    'llamaindexRelativeScore',
    { scores: [1, 1 / 3], keeps: 1, sums: true, ties: 'ba qp ab', reads: 'ba' },
  ],
  [
    'llamaindexDistributionBased',
    {
      scores: [spread(3, deviation.population), spread(1, deviation.population)],
      keeps: 1,
      sums: true,
      ties: 'ba qp ab',
      reads: 'ba',
    },
  ],
  ['llamaindexSimple', { scores: [3, 1], keeps: 1, sums: false, ties: 'ba qp ba', reads: 'ba' }],
  [
    'weaviate',
    {
      scores: [single(1 / 60), single(1 / 61)],
      keeps: 3,
      sums: true,
      ties: 'ab pq ba',
      reads: 'ab',
    },
  ],
  [
    'weaviateRelativeScore',
    { scores: [1, single(1 / 3)], keeps: 3, sums: true, ties: 'ab pq ba', reads: 'ba' },
  ],
  [
    'qdrant',
    { scores: [1 / 2, single(1 / 3)], keeps: 1, sums: true, ties: 'ba pq ab', reads: 'ab' },
  ],
  [
    'qdrantDistributionBased',
    {
      scores: [spread(3, deviation.sample), spread(1, deviation.sample)].map(single),
      keeps: 1,
      sums: true,
      ties: 'ba pq ab',
      reads: 'ba',
    },
  ],
];

describe('presets', () => {
  it('are all here', () => {
    expect(rows.map(([name]) => name)).toEqual(Object.keys(presets));
  });

  it.each(rows)('%s scores, keeps, counts and orders as the engine does', (preset, expected) => {
    const { scores, ...rest } = observe(preset);
    const { scores: wanted, ...others } = expected;
    expect(rest).toEqual(others);
    // A sum in another order may differ in its last digit, a 32-bit float in none of these.
    scores.forEach((score, at) => expect(score).toBeCloseTo(wanted[at] ?? NaN, 14));
  });

  it.each<[PresetName, min: number, max: number]>([
    ['paper', 0, Number.MAX_VALUE],
    ['elasticsearch', 1, Number.MAX_VALUE],
    ['opensearch', 1, 10_000],
    ['mongodb', 60, 60],
    ['milvus', Number.MIN_VALUE, 16_383.999],
    ['langchain', 0, Number.MAX_VALUE],
    ['llamaindex', 60, 60],
    ['weaviate', 60, 60],
    ['qdrant', 1, Number.MAX_VALUE],
  ])('%s lets k be from %d to %d', (preset, min, max) => {
    const lists = [ranking('a b')];
    for (const k of [min, max]) {
      expect(fuse(lists, { preset, k })).toHaveLength(2);
    }
    const outside = [
      min === Number.MIN_VALUE ? 0 : min - 0.001,
      max === Number.MAX_VALUE ? NaN : max + 0.001,
    ];
    for (const k of outside) {
      expect(() => fuse(lists, { preset, k })).toThrow(RangeError);
    }
  });
});
