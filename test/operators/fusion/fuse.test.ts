import { describe, expect, it } from 'vitest';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import type { FuseOptions } from '../../../src/operators/fusion/fuseOptions.ts';
import type { FusionRule } from '../../../src/operators/fusion/fusionRule.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';
import { randomLists } from './randomLists.ts';

const methods = [
  'rrf',
  'isr',
  'logIsr',
  'logNIsr',
  'rankBiased',
  'borda',
  'condorcet',
  'sum',
  'mnz',
  'gmnz',
  'anz',
  'mean',
  'max',
  'min',
  'median',
  'geometric',
  'harmonic',
] as const satisfies readonly FusionRule['method'][];

function ranking(text: string): Rankable[] {
  return text.split('').map((id, i) => ({ id, score: 10 - i }));
}

function idsOf(lists: readonly Rankable[][], options?: FuseOptions<Rankable>): string {
  return fuse(lists, options)
    .map(({ id }) => id)
    .join('');
}

describe('fuse', () => {
  it('says what each list gave to a hit', () => {
    const lists = [ranking('ab'), ranking('b')];
    const [best] = fuse(lists, { method: 'rrf', k: 1, weights: [1, 2] });
    expect(best).toEqual({
      id: 'b',
      score: 1 / 3 + 1,
      item: lists[1]?.[0],
      contributions: [
        { list: 0, rank: 2, score: 9, contribution: 1 / 3, item: lists[0]?.[1] },
        { list: 1, rank: 1, score: 10, contribution: 1, item: lists[1]?.[0] },
      ],
    });
  });

  it('merges by rerank_score what one reranker scored, unless there are weights', () => {
    const lists = [
      [
        { id: 'a', rerank_score: 0.4 },
        { id: 'b', rerank_score: 0.3 },
      ],
      [{ id: 'c', rerank_score: 0.9 }],
    ];
    expect(idsOf(lists)).toBe('cab');
    expect(idsOf(lists, { weights: [1, 0.5] })).toBe('abc');
    expect(idsOf([...lists, [{ id: 'd' }]])).toBe('cadb');
  });

  it('decides ties by lists, best rank, rerank_score, source and id, in this order', () => {
    const even = { method: 'sum', normalization: 'none', score: () => 0 } as const;
    expect(idsOf([ranking('xa'), ranking('a')], even)).toBe('ax');
    expect(idsOf([ranking('xab'), ranking('b')], { ...even, weights: [1, 0] })).toBe('bxa');
    const reranked = [{ id: 'a' }, { id: 'b', rerank_score: -1 }, { id: 'c', rerank_score: 2 }];
    expect(
      idsOf(
        reranked.map((one) => [one]),
        even,
      ),
    ).toBe('cba');
    expect(idsOf([ranking('y'), ranking('a')], even)).toBe('ya');
    expect(idsOf([ranking('yab'), ranking('bay')], { method: 'rrf' })).toBe('bya');
  });

  it('decides ties as the engines do', () => {
    const numbered = (...ids: number[]): Rankable[] => ids.map((id) => ({ id: String(id) }));
    const lists = [numbered(10, 11, 12, 13, 14), numbered(4, 5, 6, 7)];
    const ids = fuse(lists, { preset: 'milvus', offset: 2, limit: 3 }).map(({ id }) => id);
    expect(ids).toEqual(['5', '11', '6']);
    expect(idsOf([ranking('b'), ranking('a')], { preset: 'elasticsearch' })).toBe('ab');
    expect(idsOf([ranking('b'), ranking('a')], { preset: 'langchain' })).toBe('ba');
    const lastScores = [[{ id: 'a', score: 1 }], [{ id: 'b', score: 2 }]];
    expect(idsOf(lastScores, { preset: 'weaviate' })).toBe('ba');
  });

  it('gives a hit of one list nothing for a second occurrence, or its sum', () => {
    const lists = [ranking('aba')];
    expect(fuse(lists, { method: 'rrf', k: 0 })[0]?.score).toBe(1);
    const summed = fuse(lists, { method: 'rrf', k: 0, inListDuplicates: 'sum' });
    expect(summed.map(({ id, score }) => [id, score])).toEqual([
      ['a', 1 + 1 / 3],
      ['b', 1 / 2],
    ]);
  });

  it.each([
    [{ preset: 'langchain' }, 'ab', [0.5 / 61 + 0.5 / 61, 0.5 / 62 + 0.5 / 62]],
    [{ preset: 'langchain', weights: [1, 3] }, 'ab', [4 / 61, 4 / 62]],
    [{ preset: 'llamaindex' }, 'ab', [2 / 60, 2 / 61]],
    [{ preset: 'llamaindex', weights: [1, 3] }, 'ab', [1 / 60, 1 / 61]],
    [{ preset: 'qdrant' }, 'ab', [1, 2 / 3]],
    [{ preset: 'mongodb', weights: [2, 2] }, 'ab', [4 / 61, 4 / 62]],
  ] as const)('%o weighs as the engine does', (options, order, scores) => {
    const hits = fuse([ranking('ab'), ranking('ab')], options);
    expect(hits.map(({ id }) => id).join('')).toBe(order);
    hits.forEach(({ score }, i) => expect(score).toBeCloseTo(scores[i] ?? NaN, 6));
  });

  it('keeps the copy of the best rank, or of the first or last list', () => {
    const lists = [
      [{ id: 'x' }, { id: 'a', content: 'first' }],
      [{ id: 'a', content: 'best' }],
      [{ id: 'y' }, { id: 'x' }, { id: 'a', content: 'last' }],
    ];
    const kept = (['best', 'first', 'last'] as const).map(
      (keep) => fuse(lists, { keep }).find(({ id }) => id === 'a')?.item.content,
    );
    expect(kept).toEqual(['best', 'first', 'last']);
  });

  it('cuts lists to the window and the result to offset and limit', () => {
    const lists = [ranking('abc'), ranking('cxy')];
    expect(idsOf(lists, { window: 1 })).toBe('ac');
    expect(idsOf(lists, { offset: 1, limit: 2 })).toBe('ab');
    expect(idsOf(lists, { limit: 0 })).toBe('');
  });

  it('knows no lists, empty lists and lists of one', () => {
    for (const method of methods) {
      expect(fuse([], { method })).toEqual([]);
      expect(fuse([[], []], { method })).toEqual([]);
      expect(fuse([ranking('a'), []], { method })[0]?.score).not.toBeNaN();
    }
  });

  it.each(methods)('%s: an empty list changes no order', (method) => {
    for (const lists of randomLists(20)) {
      expect(idsOf([...lists, []], { method })).toBe(idsOf(lists, { method }));
    }
  });

  it.each(methods)('%s: weights scaled together change no order', (method) => {
    for (const lists of randomLists(20)) {
      const once = lists.map((_, i) => i + 1);
      const twice = once.map((weight) => weight * 2);
      expect(idsOf(lists, { method, weights: twice })).toBe(
        idsOf(lists, { method, weights: once }),
      );
    }
  });

  it.each(['rrf', 'isr', 'rankBiased', 'borda', 'condorcet'] as const)(
    '%s looks at ranks only',
    (method) => {
      for (const lists of randomLists(20)) {
        const bent = lists.map((list) =>
          list.map((hit) => ({ ...hit, score: Math.exp(hit.score ?? 0) })),
        );
        expect(idsOf(bent, { method })).toBe(idsOf(lists, { method }));
      }
    },
  );

  it.each(['rrf', 'isr', 'rankBiased', 'borda', 'condorcet', 'sum', 'mnz', 'mean'] as const)(
    '%s puts first what is first everywhere',
    (method) => {
      for (const lists of randomLists(20)) {
        const led = lists.map((list) => [{ id: '!', score: 11 }, ...list]);
        expect(idsOf(led, { method })[0]).toBe('!');
      }
    },
  );

  it.each(methods)('%s: scores that are none are no trouble', (method) => {
    const odd = [NaN, Infinity, -Infinity, undefined, null, -0, 3].map((score, i) => ({
      id: String(i),
      score,
    }));
    const hits = fuse([odd, odd.toReversed()], { method });
    expect(hits).toHaveLength(odd.length);
    expect(hits.filter(({ score }) => Number.isNaN(score))).toEqual([]);
  });

  it.each<[FuseOptions<Rankable>, string]>([
    [{ weights: [1, 2, 3] }, 'number of weights must match number of lists, got 3 for 2'],
    [{ weights: [1, -1] }, 'weights[1] must be at least 0, got -1'],
    [{ weights: [1, NaN] }, 'weights[1] must be at least 0, got NaN'],
    [{ method: 'rrf', k: -1 }, 'k must be at least 0, got -1'],
    [{ method: 'rrf', k: 0, rankBase: 0 }, 'k + rankBase must be at least 5e-324, got 0'],
    [{ method: 'rankBiased', phi: 2 }, 'phi must be from 0 to 1, got 2'],
    [{ preset: 'mongodb', k: 10 }, 'k of preset mongodb must be from 60 to 60, got 10'],
    [{ preset: 'milvus', k: 16_384 }, 'k of preset milvus'],
    [{ preset: 'qdrantDistributionBased', k: 1 }, 'looks at scores, k means nothing'],
    [{ preset: 'paper', normalization: 'l2' }, 'looks at ranks, normalization means nothing'],
    [{ method: 'sum', weightMode: 'rankScale' }, 'rankScale is for rrf, not for sum'],
    [{ window: 0 }, 'window must be at least 1, got 0'],
    [{ limit: -1 }, 'limit must be at least 0, got -1'],
  ])('refuses %o', (options, message) => {
    expect(() => fuse([ranking('a'), ranking('b')], options)).toThrow(message);
  });

  it('says what to do about an item that cannot be told from others', () => {
    expect(() => fuse([[{ score: 1 }]])).toThrow('say what it is with the option id');
  });

  it('merges 100,000 hits in less than two seconds', () => {
    const list = Array.from({ length: 25_000 }, (_, i) => ({ id: String(i), score: -i }));
    const lists = [0, 1, 2, 3].map((shift) =>
      list.map(({ id, score }) => ({ id: id + String(shift), score })),
    );
    const begun = performance.now();
    expect(fuse(lists, { method: 'rrf' })).toHaveLength(100_000);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
