import { describe, expect, it } from 'vitest';
import { combineScores } from '../../../src/operators/fusion/combineScores.ts';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import { normalizeLists } from '../../../src/operators/fusion/normalizeLists.ts';
import {
  combinationExamples,
  fusionExamples,
  type ListText,
  normalizationExamples,
} from './fusionExamples.ts';

function listOf(text: ListText): { id: string; score: number }[] {
  return text.split(' ').map((entry) => {
    const [id = '', score] = entry.split('=');
    return { id, score: Number(score) };
  });
}

function expectNear(
  actual: Readonly<Record<string, number>>,
  expected: Readonly<Record<string, number>>,
  tolerance: number,
): void {
  for (const [id, score] of Object.entries(expected)) {
    expect(Math.abs((actual[id] ?? NaN) - score), `${id}: ${actual[id] ?? 'absent'}`).toBeLessThan(
      Math.max(tolerance, 1e-12),
    );
  }
}

describe('fuse', () => {
  it.each(fusionExamples)('agrees with $title', (example) => {
    const hits = fuse(example.lists.map(listOf), example.options);
    expect(hits).toHaveLength(example.length);
    const scores = Object.fromEntries(hits.map(({ id, score }) => [id, score]));
    expectNear(scores, example.scores ?? {}, example.tolerance);
    const { order = [] } = example;
    expect(hits.slice(0, order.length).map(({ id }) => id)).toEqual(order);
  });
});

describe('normalizeLists', () => {
  it.each(normalizationExamples)('agrees with $title', ({ lists, ...example }) => {
    const normalized = normalizeLists(lists.map(listOf), example.normalization);
    example.expected.forEach((expected, list) => {
      expectNear(Object.fromEntries(normalized[list] ?? []), expected, example.tolerance);
    });
  });
});

describe('combineScores', () => {
  it.each(combinationExamples)('agrees with $title', (example) => {
    const { method, scores, weights } = example;
    const combined = combineScores(scores, { method }, weights);
    expect(Math.abs(combined - example.expected)).toBeLessThan(example.tolerance);
  });
});
