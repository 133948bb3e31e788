import { map, Observable, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  mergeRanked,
  type MergeRankedConfig,
  type RankedAnswer,
} from '../../src/operators/mergeRanked.ts';
import type { MergedRanking } from '../../src/operators/fusion/mergedRanking.ts';
import type { Rankable } from '../../src/operators/fusion/rankable.ts';
import { marbles } from '../support/marbles.ts';

type Answer = RankedAnswer<Rankable>;

const answers: Record<string, Answer> = {
  a: { results: [{ id: 'x' }, { id: 'y' }, { id: 'z' }] },
  b: { results: [{ id: 'x' }, { id: 'z' }, { id: 'w' }] },
  c: { results: [{ id: 'w' }] },
};

/** A ranking in one line: hits, who is pending, who failed, what is proven, why it is the last. */
function line(ranking: MergedRanking<Rankable>): string {
  const { hits, pending, failed, finalSet, finalOrder, ended } = ranking;
  return [
    hits.map(({ id }) => id).join(''),
    `-${pending.join('')}`,
    `!${failed.map(({ source }) => source).join('')}`,
    `${finalSet}/${finalOrder}`,
    ended ?? 'open',
  ].join(' ');
}

function lines(
  sources: Record<string, Observable<Answer>>,
  config?: MergeRankedConfig<Rankable>,
): Observable<string> {
  return mergeRanked(sources, config).pipe(map(line));
}

describe('mergeRanked', () => {
  marbles(
    'refines the ranking with each answer, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const indexA = cold('   --a|', answers);
      const indexB = cold('   -----b|', answers);
      const indexC = cold('   ---------c|', answers);
      const expected = '      --x--y---(z|)';
      const result = lines({ A: indexA, B: indexB, C: indexC }, { weights: { C: 0.2 } });

      expectObservable(result).toBe(expected, {
        x: 'xyz -BC ! 0/0 open',
        y: 'xzyw -C ! 2/0 open',
        z: 'xzwy - ! 4/4 complete',
      });
      expectSubscriptions(indexA.subscriptions).toBe('^-!');
      expectSubscriptions(indexB.subscriptions).toBe('^----!');
      expectSubscriptions(indexC.subscriptions).toBe('^--------!');
    },
  );

  marbles('ends alike, whoever answers first', ({ cold, expectObservable }) => {
    const fast = { A: cold('a|', answers), B: cold('--b|', answers) };
    const slow = { A: cold('--a|', answers), B: cold('b|', answers) };
    const values = { x: 'xyz -B ! 0/0 open', y: 'xzw -A ! 0/0 open', z: 'xzyw - ! 4/4 complete' };
    expectObservable(lines(fast)).toBe('x-(z|)', values);
    expectObservable(lines(slow)).toBe('y-(z|)', values);
  });

  marbles('goes on without a source that fails, and names it', ({ cold, expectObservable }) => {
    const sources = { A: cold<Answer>('-#'), B: cold('--b|', answers) };
    expectObservable(lines(sources)).toBe('-x(y|)', {
      x: ' -B !A 0/0 open',
      y: 'xzw - !A 3/3 complete',
    });
  });

  marbles(
    'fails with the first source when asked to',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const B = cold('--b|', answers);
      expectObservable(lines({ A: cold<Answer>('-#'), B }, { onSourceError: 'fail' })).toBe('-#');
      expectSubscriptions(B.subscriptions).toBe('^!');
    },
  );

  marbles('fails when all sources do', ({ cold, expectObservable }) => {
    expectObservable(lines({ A: cold<Answer>('-#') })).toBe('-#');
    const all = new AggregateError(['one', 'two'], 'mergeRanked: all 2 sources failed: A, B');
    const sources = { A: cold<Answer>('-#', {}, 'one'), B: cold<Answer>('--#', {}, 'two') };
    expectObservable(lines(sources)).toBe('-x#', { x: ' -B !A 0/0 open' }, all);
  });

  marbles(
    'is content with what there is at the deadline',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const B = cold('---------b|', answers);
      const result = lines({ A: cold('-a|', answers), B }, { deadline: 5, scheduler });
      expectObservable(result).toBe('-x---(y|)', {
        x: 'xyz -B ! 0/0 open',
        y: 'xyz -B ! 0/0 deadline',
      });
      expectSubscriptions(B.subscriptions).toBe('^----!');
    },
  );

  marbles(
    'is content with a quorum, to which failures do not count',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const C = cold('---------c|', answers);
      const sources = { A: cold<Answer>('-#'), B: cold('--b|', answers), C };
      expectObservable(lines(sources, { quorum: 1 })).toBe('-x(y|)', {
        x: ' -BC !A 0/0 open',
        y: 'xzw -C !A 0/0 quorum',
      });
      expectSubscriptions(C.subscriptions).toBe('^-!');
    },
  );

  marbles(
    'stops asking once the top is proven',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const C = cold('---------c|', answers);
      const sources = { A: cold('-a|', answers), B: cold('--b|', answers), C };
      const weights = { C: 0.2 };
      const set = lines(sources, { weights, limit: 2, stopWhenFinal: 'set' });
      const values = {
        x: 'xy -BC ! 0/0 open',
        y: 'xz -C ! 2/0 final',
        o: 'xz -C ! 2/0 open',
        z: 'xz - ! 2/2 complete',
      };
      expectObservable(set).toBe('-x(y|)', values);
      const order = lines(sources, { weights, limit: 2, stopWhenFinal: 'order' });
      expectObservable(order).toBe('-xo------(z|)', values);
      expectSubscriptions(C.subscriptions).toBe(['^-!', '^--------!']);
    },
  );

  marbles('takes the first answer of a source only', ({ cold, expectObservable }) => {
    expectObservable(lines({ A: cold('a-b-', answers) })).toBe('(x|)', {
      x: 'xyz - ! 3/3 complete',
    });
  });

  marbles('waits for silent sources, and counts empty ones', ({ cold, expectObservable }) => {
    const values = { x: ' -B ! 0/0 open', e: ' - ! 0/0 complete' };
    expectObservable(lines({ A: cold<Answer>('-|'), B: cold<Answer>('-') })).toBe('-x', values);
    expectObservable(lines({ A: cold<Answer>('-|') })).toBe('-(e|)', values);
    expectObservable(lines({})).toBe('(e|)', values);
  });

  marbles(
    'cancels all sources when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const A = cold('-a|', answers);
      const B = cold('-----b|', answers);
      expectObservable(lines({ A, B }), '^--!').toBe('-x--', { x: 'xyz -B ! 0/0 open' });
      expectSubscriptions(A.subscriptions).toBe('^!');
      expectSubscriptions(B.subscriptions).toBe('^--!');
    },
  );

  marbles('starts anew for each subscription', ({ cold, expectObservable }) => {
    const result = lines({ A: cold('a|', answers), B: cold('-b|', answers) });
    const values = { x: 'xyz -B ! 0/0 open', z: 'xzyw - ! 4/4 complete' };
    expectObservable(result).toBe('x(z|)', values);
    expectObservable(result, '---^').toBe('---x(z|)', values);
  });

  marbles('fails when a callback throws', ({ cold, expectObservable, expectSubscriptions }) => {
    const B = cold('-----b|', answers);
    const id = (): string => {
      throw new Error('no id');
    };
    expectObservable(lines({ A: cold('-a|', answers), B }, { id })).toBe(
      '-#',
      {},
      new Error('no id'),
    );
    expectSubscriptions(B.subscriptions).toBe('^!');
  });

  it('names the source of each contribution', () => {
    const seen: unknown[] = [];
    mergeRanked([of({ results: [{ id: 'x' }] })]).subscribe(({ hits }) => seen.push(hits));
    expect(seen).toMatchObject([[{ id: 'x', contributions: [{ source: '0', list: 0, rank: 1 }] }]]);
  });

  it.each<[MergeRankedConfig<Rankable>, string]>([
    [{ quorum: 0 }, 'quorum must be from 1 to 1'],
    [{ quorum: 2 }, 'quorum must be from 1 to 1'],
    [{ deadline: -1 }, 'deadline must be from 0 to 2147483647 ms, got -1'],
    [{ deadline: NaN }, 'deadline must be from 0 to 2147483647 ms, got NaN'],
    [{ deadline: Infinity }, 'deadline must be from 0 to 2147483647 ms, got Infinity'],
    [{ stopWhenFinal: 'set' }, 'stopWhenFinal needs a limit'],
    [{ weights: { B: 1 } }, 'weights name B, but the sources are A'],
    [{ weights: { A: -1 } }, 'weights[0] must be at least 0, got -1'],
    [{ method: 'rrf', k: -1 }, 'k must be at least 0, got -1'],
  ])('refuses %o when called', (config, message) => {
    const sources = { A: new Observable<Answer>() };
    expect(() => mergeRanked(sources, config)).toThrow(message);
  });
});
