import { describe, expect, it } from 'vitest';
import { finality } from '../../../src/operators/fusion/finality.ts';
import { fuse, fuseAsPlanned } from '../../../src/operators/fusion/fuse.ts';
import type { FuseOptions } from '../../../src/operators/fusion/fuseOptions.ts';
import { fusionPlan } from '../../../src/operators/fusion/fusionPlan.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';
import { mulberry32, randomLists } from './randomLists.ts';

function proven(
  lists: readonly Rankable[][],
  open: readonly number[],
  options: FuseOptions<Rankable>,
): { order: string[]; finalSet: number; finalOrder: number } {
  const there = lists.map((list, i) => (open.includes(i) ? [] : list));
  const plan = fusionPlan(there, options);
  const hits = fuseAsPlanned(there, plan);
  return { order: hits.map(({ id }) => id), ...finality(hits, plan, open) };
}

function ranking(text: string): Rankable[] {
  return text.split('').map((id, i) => ({ id, score: 10 - i }));
}

const provable: readonly FuseOptions<Rankable>[] = [
  { method: 'rrf', k: 60 },
  { method: 'rrf', k: 1 },
  { method: 'rrf', k: 2, rankBase: 0, weightMode: 'rankScale' },
  { method: 'rrf', k: 0, weightMode: 'share' },
  { method: 'isr' },
  { method: 'logIsr' },
  { method: 'logNIsr' },
  { method: 'rankBiased', phi: 0.5 },
  { method: 'sum', normalization: 'minMax' },
  { method: 'sum', normalization: 'l2' },
  { method: 'mean', normalization: 'rank' },
  { method: 'mnz', normalization: 'minMax' },
  { method: 'gmnz', gamma: 0.5, normalization: 'sigmoid' },
  { preset: 'elasticsearch', k: 1 },
];

describe('finality', () => {
  it('proves the set before the order when an open list weighs little', () => {
    const lists = [ranking('xyz'), ranking('xzw'), []];
    const options = { method: 'rrf', k: 60, weights: [1, 1, 0.2] } as const;
    expect(proven(lists, [2], options)).toMatchObject({ finalSet: 2, finalOrder: 0 });
    expect(proven(lists, [2], { ...options, limit: 3 })).toMatchObject({ finalSet: 2 });
    expect(proven(lists, [2], { ...options, limit: 4 })).toMatchObject({ finalSet: 4 });
  });

  it('proves all when nothing is open, and nothing while the open list can upset everything', () => {
    const lists = [ranking('abc'), ranking('bca')];
    expect(proven(lists, [], { method: 'borda' })).toMatchObject({ finalSet: 3, finalOrder: 3 });
    expect(proven(lists, [1], { method: 'rrf' })).toMatchObject({ finalSet: 0, finalOrder: 0 });
  });

  it.each<FuseOptions<Rankable>>([
    { method: 'borda' },
    { method: 'condorcet' },
    { method: 'max' },
    { method: 'sum', normalization: 'zScore' },
    { method: 'sum', normalization: 'distribution' },
    { method: 'sum', normalization: 'none' },
    { method: 'rrf', inListDuplicates: 'sum' },
  ])('promises nothing with %o, whose scores have no bound', (options) => {
    const lists = [ranking('abc'), ranking('abc'), ranking('a')];
    const weights = [1, 1, 0];
    expect(proven(lists, [2], { ...options, weights })).toMatchObject({
      finalSet: 0,
      finalOrder: 0,
    });
  });

  it.each(provable)('holds to the end, and never goes back, with %o', (options) => {
    const random = mulberry32(7);
    let proofs = 0;
    for (const lists of randomLists(150, 3)) {
      const weights = lists.map(() => random() ** 3);
      const all = { ...options, weights, limit: 1 + Math.floor(random() * 9) };
      const end = fuse(lists, all).map(({ id }) => id);
      // Lists arrive from the heaviest to the lightest, where proofs are most likely to come early.
      const open = weights.map((_, i) => i).sort((a, b) => (weights[a] ?? 0) - (weights[b] ?? 0));
      let before = { finalSet: 0, finalOrder: 0 };
      while (open.length > 0) {
        open.pop();
        const now = proven(lists, open, all);
        expect(now.finalSet).toBeGreaterThanOrEqual(before.finalSet);
        expect(now.finalOrder).toBeGreaterThanOrEqual(before.finalOrder);
        expect(now.order.slice(0, now.finalOrder)).toEqual(end.slice(0, now.finalOrder));
        expect(now.order.slice(0, now.finalSet).sort()).toEqual(end.slice(0, now.finalSet).sort());
        proofs += open.length > 0 && now.finalSet > 0 ? 1 : 0;
        before = now;
      }
    }
    expect(proofs).toBeGreaterThan(0);
  });
});
