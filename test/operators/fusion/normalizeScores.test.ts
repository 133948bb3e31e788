import { describe, expect, it } from 'vitest';
import type { Normalization } from '../../../src/operators/fusion/normalization.ts';
import { normalizeScores, scoreRange } from '../../../src/operators/fusion/normalizeScores.ts';
import { mulberry32 } from './randomLists.ts';

type Case = [Normalization, readonly number[], readonly number[]];

describe('normalizeScores', () => {
  it.each<Case>([
    ['minMax', [2, 2, 2], [1, 1, 1]],
    ['minMax', [7], [1]],
    [{ type: 'minMax', constant: 'raw' }, [2, 2], [2, 2]],
    [{ type: 'minMax', constant: 'sign' }, [2, 2], [1, 1]],
    [{ type: 'minMax', constant: 'sign' }, [-2, -2], [0, 0]],
    [{ type: 'minMax', constant: 0.5, single: 'raw' }, [7], [7]],
    [{ type: 'minMax', constant: 0.5, single: 'raw' }, [7, 7], [0.5, 0.5]],
    ['minMaxInverted', [2, 2], [1, 1]],
    ['max', [-1, -2], [0, 0]],
    ['sum', [3, 3], [0, 0]],
    ['l2', [0, 0], [0, 0]],
    ['zScore', [0.1, 0.1, 0.1], [0, 0, 0]],
    ['distribution', [0.1, 0.1, 0.1], [0.5, 0.5, 0.5]],
    ['distribution', [7], [0.5]],
    [{ type: 'distribution', constant: 'sign' }, [7], [1]],
    ['zScoreOpenSearch', [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]],
    ['rank', [5], [1]],
  ])('%o has a rule for lists that do not vary: %o', (normalization, scores, expected) => {
    expect(normalizeScores(scores, normalization)).toEqual(expected);
  });

  it.each<Case>([
    [{ type: 'minMax', lower: 0 }, [4, 2, 1], [1, 0.5, 0.25]],
    [{ type: 'minMax', lower: 2, upper: 4, floor: 0.001 }, [5, 3, 1], [1, 0.5, 0.001]],
    [{ type: 'minMax', lower: 0 }, [5], [1]],
    [{ type: 'zScore', deviation: 'sample' }, [3, 2, 1], [1, 0, -1]],
    ['zScoreOpenSearch', [2, 7, 8], [0.001, 0.41478, 0.72587]],
    [{ type: 'sigmoid', temperature: 2 }, [0, Math.log(9)], [0.5, 0.75]],
    [{ type: 'platt', a: -1, b: Math.log(3) }, [0, Math.log(3)], [0.25, 0.5]],
    [
      {
        type: 'isotonic',
        points: [
          [0, 0.1],
          [1, 0.5],
          [3, 0.7],
        ],
      },
      [-1, 0, 0.5, 1, 2, 3, 9],
      [0.1, 0.1, 0.3, 0.5, 0.6, 0.7, 0.7],
    ],
    [{ type: 'isotonic', points: [[2, 0.4]] }, [1, 2, 3], [0.4, 0.4, 0.4]],
    [{ type: 'arctan', metric: 'IP' }, [1, 0], [0.75, 0.5]],
    [{ type: 'arctan', metric: 'BM25' }, [1, 0], [0.5, 0]],
    [{ type: 'arctan', metric: 'L2' }, [1, 0], [0.5, 1]],
    [{ type: 'reciprocalRank', k: 1, rankBase: 0 }, [9, 8], [1, 0.5]],
  ])('%o follows its formula for %o', (normalization, scores, expected) => {
    const normalized = normalizeScores(scores, normalization);
    expect(normalized).toHaveLength(expected.length);
    normalized.forEach((score, i) => expect(score).toBeCloseTo(expected[i] ?? NaN, 4));
  });

  it('leaves what has no score without one, and does not let it disturb the others', () => {
    const scores = [3, NaN, undefined, null, Infinity, 1];
    const none = undefined;
    expect(normalizeScores(scores, 'minMax')).toEqual([1, none, none, none, none, 0]);
    expect(normalizeScores(scores, 'l2').filter((score) => score !== none)).toHaveLength(2);
    expect(normalizeScores(scores, 'rank')[5]).toBeCloseTo(1 / 6, 12);
    expect(normalizeScores([], 'minMax')).toEqual([]);
  });
});

describe('scoreRange', () => {
  it.each<Normalization>([
    'minMax',
    { type: 'minMax', constant: 'sign', floor: 0.001 },
    { type: 'minMax', single: 3 },
    'minMaxInverted',
    'sum',
    'l2',
    'sigmoid',
    'rank',
    'reciprocalRank',
    { type: 'platt', a: 1, b: 2 },
    { type: 'arctan', metric: 'BM25' },
    { type: 'arctan', metric: 'L2' },
  ])('holds all that %o makes of any list', (normalization) => {
    const [min = NaN, max = NaN] = scoreRange(normalization) ?? [];
    const random = mulberry32(5);
    for (let round = 0; round < 200; round += 1) {
      const scores = Array.from({ length: 1 + Math.floor(random() * 5) }, () => 9 - 20 * random());
      for (const score of normalizeScores(scores, normalization)) {
        expect(score).toBeGreaterThanOrEqual(min);
        expect(score).toBeLessThanOrEqual(max);
      }
    }
  });

  it.each<[Normalization, readonly [min: number, max: number]]>([
    ['minMax', [0, 1]],
    [{ type: 'minMax', constant: 'sign', floor: 0.001 }, [0, 1]],
    [{ type: 'minMax', constant: 2 }, [0, 2]],
    [{ type: 'minMax', single: -3 }, [-3, 1]],
    [{ type: 'minMax', floor: -1 }, [-1, 1]],
    ['minMaxInverted', [0, 1]],
    ['sum', [0, 1]],
    ['l2', [-1, 1]],
    ['sigmoid', [0, 1]],
    ['rank', [0, 1]],
    ['reciprocalRank', [0, 1 / 61]],
    [{ type: 'reciprocalRank', k: 1, rankBase: 0 }, [0, 1]],
    [{ type: 'platt', a: 1, b: 2 }, [0, 1]],
    [
      {
        type: 'isotonic',
        points: [
          [0, 0.1],
          [3, 0.7],
        ],
      },
      [0.1, 0.7],
    ],
    [{ type: 'arctan', metric: 'IP' }, [0, 1]],
    [{ type: 'arctan', metric: 'BM25' }, [-1, 2]],
    [{ type: 'arctan', metric: 'L2' }, [-1, 2]],
  ])('is no wider than it must be for %o', (normalization, range) => {
    expect(scoreRange(normalization)).toEqual(range);
  });

  it.each<Normalization>([
    'none',
    'max',
    'zScore',
    'distribution',
    { type: 'minMax', constant: 'raw' },
  ])('is none for %o', (normalization) => expect(scoreRange(normalization)).toBeUndefined());
});
