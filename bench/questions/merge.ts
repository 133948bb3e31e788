import { lastValueFrom, of } from 'rxjs';
import { chunkIdentity, fuse, mergeRanked, type RetrievedChunk } from 'rx-llamacloud';
import { rankings } from '../clients/rankings.ts';
import type { Context, Question, Run } from '../harness/question.ts';

type Rankings = readonly (readonly RetrievedChunk[])[];

/** What it costs to make one ranking of several. */
export const question: Question = {
  title: 'A merge of rankings',
  run: 'Merges eight rankings of retrieved chunks by reciprocal rank, again and again.',
  unit: 'merge',
  cases: {
    'rankings of 50': { count: 2_000 },
    'rankings of 50, hits with an id': { count: 2_000 },
    'rankings of 12,500, 100,000 hits in all': { count: 1 },
  },
  baseline: 'a map and a sort (the limit)',
  variants: {
    'a map and a sort (the limit)': (context) => repeated(context, mapAndSort),
    fuse: (context) => repeated(context, (lists) => fuse(lists).length),
    'mergeRanked, all come at once': (context) =>
      repeated(context, async (lists) => {
        const merged = mergeRanked(lists.map((results) => of({ results })));
        return (await lastValueFrom(merged)).hits.length;
      }),
  },
  goals: [
    { variant: 'fuse', caseName: 'rankings of 50', measure: 'wall a unit', atMost: 50 },
    {
      variant: 'fuse',
      caseName: 'rankings of 50, hits with an id',
      measure: 'wall a unit',
      atMost: 50,
    },
    {
      variant: 'fuse',
      caseName: 'rankings of 12,500, 100,000 hits in all',
      measure: 'wall',
      atMost: 150,
    },
  ],
  note:
    'What `retrieve` finds has no id, so that each hit gets one from its file and its place there. `fuse` finds hits by file ' +
    'and place, and makes that text once for each different hit; to build and hash it for all 400, as the map does, took half ' +
    'of the time of a merge. What a map and a sort do not do is to keep what each list gave to a hit, to break ties by the ' +
    'evidence, and to take scores and weights into account. 50 µs are out of reach where that map and sort take longer. `mergeRanked` ' +
    'merges anew with each ranking that comes in, eight times here, and proves each time how much of the order is final.',
  columns: ['wall', 'cpu', 'memory'],
};

/** The rankings of each case. */
const made: Readonly<Record<string, () => Rankings>> = {
  'rankings of 50': () => rankings(8, 50),
  'rankings of 50, hits with an id': () =>
    rankings(8, 50).map((list) => list.map((hit) => ({ ...hit, id: chunkIdentity(hit) }))),
  'rankings of 12,500, 100,000 hits in all': () => rankings(8, 12_500),
};

function repeated(
  { count, caseName }: Context,
  merge: (lists: Rankings) => number | Promise<number>,
): Run {
  const lists = made[caseName]?.() ?? [];
  return async () => {
    let done = 0;
    while (done < count) {
      done += (await merge(lists)) > 0 ? 1 : 0;
    }
    return { done };
  };
}

/** Reciprocal rank fusion with k = 60 and nothing else: no contributions, and ties as they come. */
function mapAndSort(lists: Rankings): number {
  const scores = new Map<string, number>();
  for (const list of lists) {
    list.forEach((hit, n) => {
      const id = chunkIdentity(hit);
      scores.set(id, (scores.get(id) ?? 0) + 1 / (61 + n));
    });
  }
  return [...scores].sort(([, one], [, other]) => other - one).length;
}
