import { EMPTY, map, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { mergedRanking, type MergedRanking } from '../../src/operators/fusion/mergedRanking.ts';
import { rerankWith } from '../../src/operators/rerankWith.ts';
import { marbles } from '../support/marbles.ts';

interface Word {
  readonly id: string;
}

function ranking(ids: string, isComplete: boolean): MergedRanking<Word> {
  const results = ids.split('').map((id) => ({ id }));
  return mergedRanking(
    new Map([
      ['A', { status: 'arrived', results } as const],
      ...(isComplete ? [] : [['B', { status: 'pending' }] as const]),
    ]),
    {},
  );
}

const rankings = { a: ranking('xy', false), b: ranking('yxz', true) };
const worth: Record<string, number> = { x: 1, y: 2, z: 3 };
const line = map(
  ({ hits, finalSet }: MergedRanking<Word>) =>
    `${hits.map(({ id, score }) => `${id}${score}`).join(' ')}, ${finalSet} proven`,
);
const values = { p: 'y2 x1, 0 proven', q: 'z3 y2 x1, 3 proven' };
const scoresOf = (items: readonly Word[]): number[] => items.map(({ id }) => worth[id] ?? NaN);

describe('rerankWith', () => {
  marbles(
    'orders hits by their new scores, each asked for once, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a--b-|', rankings);
      const expected = '   -p---(q|)';
      const subs = '       ^----!';
      const x = cold('     -(x|)', { x: [1, 2] });
      const y = cold('     --(y|)', { y: [3] });

      const result = source.pipe(
        rerankWith((items: readonly Word[]) => (items.length === 2 ? x : y)),
        line,
      );
      expectObservable(result).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
      expectSubscriptions(x.subscriptions).toBe('^!');
      expectSubscriptions(y.subscriptions).toBe('---^-!');
    },
  );

  marbles('gives up a ranking for the next', ({ cold, expectObservable, expectSubscriptions }) => {
    const slow = cold('-----(x|)', { x: [1, 2] });
    const fast = cold('-(x|)', { x: [2, 1, 3] });
    const source = cold('a--b|', rankings);
    const result = source.pipe(
      rerankWith((items: readonly Word[]) => (items.length === 2 ? slow : fast)),
      line,
    );
    expectObservable(result).toBe('----(q|)', values);
    expectSubscriptions(slow.subscriptions).toBe('^--!');
  });

  it('asks in batches, a few at once', () => {
    const asked: string[] = [];
    const score = (items: readonly Word[]) => {
      asked.push(items.map(({ id }) => id).join(''));
      return of(scoresOf(items));
    };
    const seen: string[] = [];
    of(rankings.b)
      .pipe(rerankWith(score, { batchSize: 2 }), line)
      .subscribe((one) => seen.push(one));
    expect(asked).toEqual(['yx', 'z']);
    expect(seen).toEqual([values.q]);
  });

  marbles(
    'is silent with a silent source, empty with an empty one, and passes errors on',
    ({ cold, expectObservable }) => {
      const rerank = rerankWith<Word>((items) => of(scoresOf(items)));
      expectObservable(cold<MergedRanking<Word>>('-').pipe(rerank)).toBe('-');
      expectObservable(cold<MergedRanking<Word>>('-|').pipe(rerank)).toBe('-|');
      expectObservable(cold('a-#', rankings).pipe(rerank, line)).toBe('p-#', values);
    },
  );

  marbles('remembers scores for each subscription alone', ({ cold, expectObservable }) => {
    let asked = 0;
    const result = cold('(a|)', rankings).pipe(
      rerankWith((items: readonly Word[]) => {
        asked += 1;
        return of(scoresOf(items));
      }),
      line,
    );
    expectObservable(result).toBe('(p|)', values);
    expectObservable(result, '--^').toBe('--(p|)', values);
    expectObservable(cold('----(a|)', rankings).pipe(map(() => asked))).toBe('----(n|)', { n: 2 });
  });

  marbles('fails when the scores do', ({ cold, expectObservable }) => {
    const source = cold('a-|', rankings);
    const failing = rerankWith<Word>(() => throwError(() => new Error('busy')));
    expectObservable(source.pipe(failing)).toBe('#', {}, new Error('busy'));
    const throwing = rerankWith<Word>(() => {
      throw new Error('no model');
    });
    expectObservable(source.pipe(throwing)).toBe('#', {}, new Error('no model'));
    const short = rerankWith<Word>(() => of([1]));
    const error = new RangeError('rerankWith: 1 scores for 2 items');
    expectObservable(source.pipe(short)).toBe('#', {}, error);
    const silent = rerankWith<Word>(() => EMPTY);
    const none = new RangeError('rerankWith: 0 scores for 2 items');
    expectObservable(source.pipe(silent)).toBe('#', {}, none);
  });

  it('aborts the signal when unsubscribed', () => {
    const signals: AbortSignal[] = [];
    const subscription = of(rankings.a)
      .pipe(
        rerankWith((_: readonly Word[], signal) => {
          signals.push(signal);
          return NEVER;
        }),
      )
      .subscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    subscription.unsubscribe();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  marbles('scores everything in one go without a batch size', ({ cold, expectObservable }) => {
    const result = cold('b|', rankings).pipe(
      rerankWith((items) => [scoresOf(items)], { batchSize: Infinity }),
      line,
    );
    expectObservable(result).toBe('q|', values);
  });

  it.each([{ batchSize: 0 }, { concurrency: 0 }, { batchSize: NaN }])('refuses %o', (config) => {
    expect(() => rerankWith<Word>(() => EMPTY, config)).toThrow(RangeError);
  });
});
