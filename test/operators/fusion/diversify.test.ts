import { describe, expect, it } from 'vitest';
import { cosineSimilarity } from '../../../src/operators/fusion/cosineSimilarity.ts';
import { diversify, type DiversifyConfig } from '../../../src/operators/fusion/diversify.ts';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';

interface Vector extends Rankable {
  readonly id: string;
  readonly vector: readonly number[];
}

function vectors(...all: number[][]): Vector[] {
  return all.map((vector, i) => ({ id: String(i), vector }));
}

function picks(
  items: readonly Vector[],
  query: readonly number[],
  config: DiversifyConfig<Vector>,
): string {
  const relevance = ({ vector }: Vector): number => cosineSimilarity(query, vector);
  const similarity = (a: Vector, b: Vector): number => cosineSimilarity(a.vector, b.vector);
  return diversify(fuse([items], { method: 'rrf' }), { relevance, similarity, ...config })
    .map(({ id }) => id)
    .join('');
}

// At 30, 45 and 75 degrees from the query.
const three = vectors([Math.sqrt(3), 1], [1, 1], [1, 2 + Math.sqrt(3)]);

describe('diversify', () => {
  it('agrees with langchain, maximal marginal relevance on either side of its turning point', () => {
    expect(picks(three, [1, 0], { lambda: 0.352112676056338, limit: 2 })).toBe('02');
    expect(picks(three, [1, 0], { lambda: 0.6, limit: 2 })).toBe('01');
  });

  it('chooses the most relevant first, whatever lambda is, and then honours a lambda of 0', () => {
    expect(picks(three, [0, 1], { lambda: 0 })).toBe('201');
    expect(picks(three, [1, 0], { lambda: 1 })).toBe('012');
    expect(picks(three, [1, 0], { limit: 0 })).toBe('');
  });

  it('says what each was chosen for', () => {
    const hits = diversify(
      fuse([
        [
          { id: 'a', content: 'a b c' },
          { id: 'b', content: 'a b c' },
        ],
      ]),
    );
    expect(hits.map(({ marginalRelevance }) => marginalRelevance)).toEqual([0.5, -0.5]);
  });

  it('takes the first of equals, and what cannot be compared last', () => {
    const same = vectors([1, 0], [1, 0], [1, 0]);
    expect(picks(same, [1, 0], {})).toBe('012');
    expect(picks(same, [1, 0], { relevance: ({ id }) => (id === '0' ? NaN : 1) })).toBe('120');
  });

  it.each([{ lambda: -0.1 }, { lambda: NaN }, { limit: -1 }])('refuses %o', (config) => {
    expect(() => diversify([], config)).toThrow(RangeError);
  });
});

describe('cosineSimilarity', () => {
  it('is 0 with a vector without length', () => {
    expect(cosineSimilarity([0, 0], [1, 1])).toBe(0);
    expect(cosineSimilarity([1, 1], [2, 2])).toBeCloseTo(1, 12);
    expect(cosineSimilarity([1, 0], [-3, 0])).toBe(-1);
  });
});
