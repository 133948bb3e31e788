import * as fc from 'fast-check';
import { Subject } from 'rxjs';
import { expect, it } from 'vitest';
import type { MergedRanking } from '../../src/operators/fusion/mergedRanking.ts';
import type { Rankable } from '../../src/operators/fusion/rankable.ts';
import {
  mergeRanked,
  type MergeRankedConfig,
  type RankedAnswer,
} from '../../src/operators/mergeRanked.ts';

const hit = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  score: fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1)),
});
const source = fc.record({
  results: fc.uniqueArray(hit, { selector: ({ id }) => id, maxLength: 8 }),
  weight: fc.constantFrom(0, 0.01, 0.2, 1, 1, 3),
  fails: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  place: fc.nat(),
});
const fusion = fc.constantFrom<MergeRankedConfig<Rankable>>(
  { method: 'rrf', k: 60 },
  { method: 'rrf', k: 0, weightMode: 'share' },
  { method: 'rrf', k: 2, rankBase: 0, weightMode: 'rankScale' },
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
);

/** What is emitted while the sources answer, or fail, in the order of their places. */
function rankings(
  sources: readonly { results: Rankable[]; fails: boolean; place: number }[],
  config: MergeRankedConfig<Rankable>,
): MergedRanking<Rankable>[] {
  const open = sources.map((given) => ({
    ...given,
    answer: new Subject<RankedAnswer<Rankable>>(),
  }));
  const seen: MergedRanking<Rankable>[] = [];
  mergeRanked(
    open.map(({ answer }) => answer),
    config,
  ).subscribe({ next: (ranking) => seen.push(ranking), error: () => undefined });
  for (const { answer, results, fails } of open.sort((a, b) => a.place - b.place)) {
    if (fails) {
      answer.error(new Error('down'));
    } else {
      answer.next({ results: results.sort((a, b) => (b.score ?? 0) - (a.score ?? 0)) });
      answer.complete();
    }
  }
  return seen;
}

const ids = ({ hits }: MergedRanking<Rankable>, count: number): string[] =>
  hits.slice(0, count).map(({ id }) => id);

it('proves nothing that comes out otherwise, in whatever order sources answer and fail', () => {
  let proofs = 0;
  fc.assert(
    fc.property(
      fc.array(source, { minLength: 2, maxLength: 5 }),
      fusion,
      fc.integer({ min: 1, max: 6 }),
      (sources, fusion, limit) => {
        const config = { ...fusion, limit, weights: sources.map(({ weight }) => weight) };
        const seen = rankings(sources, config);
        const last = seen.at(-1);
        // Where all sources fail there is no ranking in the end.
        if (last?.ended !== 'complete') {
          return;
        }
        for (const ranking of seen) {
          const { finalSet, finalOrder } = ranking;
          expect(ids(ranking, finalOrder)).toEqual(ids(last, finalOrder));
          expect(ids(ranking, finalSet).sort()).toEqual(ids(last, finalSet).sort());
          proofs += ranking !== last && finalSet > 0 ? 1 : 0;
        }

        const stopped = rankings(sources, { ...config, stopWhenFinal: 'set' }).at(-1);
        if (stopped?.ended === 'final') {
          expect(ids(stopped, limit).sort()).toEqual(ids(last, limit).sort());
        }
      },
    ),
    { numRuns: 5_000 },
  );
  // The runs are worth their while: there is plenty that is proven early.
  expect(proofs).toBeGreaterThan(200);
});
