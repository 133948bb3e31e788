import { defer, type Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { JobError } from '../../src/errors.ts';
import { poll } from '../../src/http/poll.ts';
import type { WatchConfig } from '../../src/http/watchTiming.ts';
import { httpError } from '../support/overload.ts';
import { marbles } from '../support/marbles.ts';

const route = 'GET /api/v1/job';

function watch(once: Observable<string>, config: WatchConfig): Observable<string> {
  return poll(once, { route, isDone: (job) => job === 'c', changeKey: (job) => job }, config);
}

/** Watches a job that has an id and is answered with these letters; `no` stands for a 404. */
function watchWithId(answers: readonly string[], config: WatchConfig): Observable<string> {
  let asked = 0;
  const once = defer(() => {
    const answer = answers[asked++] ?? '';
    return answer === 'no' ? throwError(() => httpError(404)) : of(answer);
  });
  const changeKey = (job: string): string => job;
  return poll(once, { route, id: changeKey, isDone: (job) => job === 'c', changeKey }, config);
}

/** Answers with one letter after the other. */
function answers(letters: string): Observable<string> {
  let asked = 0;
  return defer(() => {
    const letter = letters[asked] ?? '';
    asked += 1;
    return of(letter);
  });
}

describe('poll', () => {
  marbles(
    'emits changes until the job has ended, as its docs draw it',
    ({ expectObservable }, s) => {
      const interval = { min: 4, max: 4 };
      const expected = 'a-------b---(c|)';

      expectObservable(watch(answers('aabc'), { interval, scheduler: s })).toBe(expected);
    },
  );

  marbles(
    'waits longer while nothing changes and less after a change',
    ({ expectObservable }, s) => {
      const interval = { min: 4, max: 8 };
      // Asked at 0, 4 (wait 6), 10 (wait 8, the most), 18: changed, so again after 4.
      const expected = 'a 17ms b 3ms (c|)';

      expectObservable(watch(answers('aaabc'), { interval, scheduler: s })).toBe(expected);
    },
  );

  marbles(
    'waits after a slow answer rather than asking over it',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const once = cold('   ---a|');
      const unsub = '       ^----------!';
      const expected = '    ---a--------';
      const subs = ['       ^---!', '       ------^---!'];

      const interval = { min: 2, max: 2 };
      expectObservable(watch(once, { interval, scheduler }), unsub).toBe(expected);
      expectSubscriptions(once.subscriptions).toBe(subs);
    },
  );

  marbles('ends the wait when unsubscribed', ({ expectObservable }, scheduler) => {
    expectObservable(watch(answers('ab'), { interval: { min: 5 }, scheduler }), '^--!').toBe(
      'a---',
    );
  });

  marbles('passes an error of the question on', ({ expectObservable }, scheduler) => {
    let asked = 0;
    const failure = new Error('down');
    const once = defer(() => (asked++ === 0 ? of('a') : throwError(() => failure)));
    expectObservable(watch(once, { interval: { min: 3 }, scheduler })).toBe(
      'a--#',
      undefined,
      failure,
    );
  });

  marbles('asks once more for a job that is not there yet', ({ expectObservable }, s) => {
    const config = { interval: { min: 4 }, scheduler: s };
    expectObservable(watchWithId(['no', 'b', 'c'], config)).toBe('----b---(c|)');
  });

  marbles('errors when a job is not there twice in a row', ({ expectObservable }, s) => {
    const error = new JobError(`${route}: there is no such job`, {
      route,
      kind: 'gone',
      job: undefined,
    });
    const config = { interval: { min: 4 }, scheduler: s };
    expectObservable(watchWithId(['no', 'no', 'b'], config)).toBe('----#', undefined, error);
  });

  marbles('errors at once when a job that was seen is gone', ({ expectObservable }, s) => {
    const error = new JobError(`${route}: the job is gone`, { route, kind: 'gone', job: 'b' });
    const config = { interval: { min: 4 }, scheduler: s };
    expectObservable(watchWithId(['b', 'no', 'c'], config)).toBe('b---#', undefined, error);
  });

  marbles('passes a 404 on where there are no ids', ({ expectObservable }, scheduler) => {
    const error = httpError(404);
    const once = throwError(() => error);
    expectObservable(watch(once, { scheduler })).toBe('#', undefined, error);
  });

  marbles('gives up at the deadline with what was last seen', ({ expectObservable }, scheduler) => {
    const error = new JobError(`${route}: the job has not ended within 10 ms`, {
      route,
      kind: 'timeout',
      job: 'b',
    });
    const result = watch(answers('abbbbbbbb'), { interval: { min: 4 }, timeout: 10, scheduler });
    expectObservable(result).toBe('a---b-----#', undefined, error);
  });

  marbles('keeps its interval for each subscription', ({ cold, expectObservable }, scheduler) => {
    const result = watch(cold('(a|)'), { interval: { min: 2 }, timeout: 7, scheduler });
    const error = new JobError(`${route}: the job has not ended within 7 ms`, {
      route,
      kind: 'timeout',
      job: 'a',
    });
    expectObservable(result).toBe('a------#', undefined, error);
    expectObservable(result, '--^').toBe('--a------#', undefined, error);
  });

  marbles(
    'asks no more after it is unsubscribed in the wait',
    ({ expectObservable }, scheduler) => {
      let asked = 0;
      const once = defer(() => {
        asked += 1;
        return of('a');
      });
      expectObservable(watch(once, { interval: { min: 5 }, scheduler }), '^--!').toBe('a---');
      scheduler.schedule(() => {
        expect(asked).toBe(1);
      }, 50);
    },
  );

  it('makes an error of an answer that is not a job', () => {
    const seen: unknown[] = [];
    const isDone = ({ job }: { job: string }): boolean => job === 'c';
    const answer = JSON.parse('null') as { job: string };
    poll(of(answer), { route, isDone, changeKey: JSON.stringify }).subscribe({
      error: (error: unknown) => seen.push(error),
    });
    expect(seen).toMatchObject([{ name: 'ResponseError', kind: 'parse', route }]);
  });

  it.each([
    { interval: { min: 0 } },
    { interval: { min: 5, max: 4 } },
    { timeout: 0 },
    { timeout: NaN },
    { timeout: 2 ** 31 },
    { interval: { max: Infinity } },
  ])('refuses %j when called', (config) => {
    expect(() => watch(of('a'), config)).toThrow(RangeError);
  });
});
