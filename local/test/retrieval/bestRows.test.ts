import { describe, expect, it } from 'vitest';
import { bestRows } from '../../src/retrieval/bestRows.ts';
import { randomNumbers } from '../../src/retrieval/randomNumbers.ts';

describe('bestRows', () => {
  it('gives what a full sort gives, equal scores and all', () => {
    const random = randomNumbers(3);
    for (const [count, levels, limit] of [
      [1_000, 7, 50],
      [1_000, 1, 10],
      [500, 1e6, 500],
      [20, 3, 40],
      [1, 1, 1],
      [0, 1, 5],
      [30, 5, 0],
    ] as const) {
      const scores = Float32Array.from({ length: count }, () => Math.floor(random() * levels) - 2);
      const keys = Array.from({ length: count }, (_, row) => (row * 7_919) % 10_007);

      const sorted = [...keys.keys()]
        .sort((left, right) => {
          const byScore = (scores[right] ?? 0) - (scores[left] ?? 0);
          return byScore || (keys[left] ?? 0) - (keys[right] ?? 0);
        })
        .slice(0, limit);

      expect(bestRows(scores, keys, limit)).toEqual(sorted);
    }
  });
});
