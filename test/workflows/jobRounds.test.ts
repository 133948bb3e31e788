import {
  asyncScheduler,
  concat,
  defer,
  delay,
  map,
  Observable,
  of,
  switchMap,
  throwError,
  timer,
} from 'rxjs';
import type { TestScheduler } from 'rxjs/testing';
import { describe, expect, it } from 'vitest';
import { HttpError, ResponseError } from '../../src/errors.ts';
import { JobRounds, type JobWatching, type Look } from '../../src/workflows/jobRounds.ts';
import { marbles } from '../support/marbles.ts';

const route = 'GET /api/v1/job';
const missing = new HttpError('not there', { status: 404, body: undefined, detail: [] });

interface Job {
  readonly id: string;
  readonly state: string;
}

/** Jobs that stand at one letter after the other, one a round; `z` ends a job, `-` is a job that is not there. */
function script(letters: Readonly<Record<string, string>>): {
  readonly look: Look<Job>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  const look: Look<Job> = (ids) =>
    defer(() => {
      const round = asked.length;
      asked.push(ids.join(''));
      return of(...ids).pipe(
        map((id) => {
          const state = letters[id]?.[Math.min(round, letters[id].length - 1)] ?? '-';
          return state === '-' ? { id, missing } : { id, job: { id, state } };
        }),
      );
    });
  return { look, asked };
}

function roundsOf(look: Look<Job>, scheduler: TestScheduler, min = 4, max = 4): JobRounds<Job> {
  return new JobRounds({
    route,
    look,
    idOf: ({ id }) => id,
    isDone: ({ state }) => state === 'z',
    min,
    max,
    scheduler,
  });
}

/** The states of one job. */
function watch(rounds: JobRounds<Job>, id: string): Observable<string> {
  return new Observable((subscriber) => {
    const watching: JobWatching<Job> = {
      next: (_, { state }) => subscriber.next(state),
      complete: () => subscriber.complete(),
      gone: (_, error) => subscriber.error(error),
      error: (error) => subscriber.error(error),
    };
    rounds.join(id, watching);
    return () => rounds.leave(id, watching);
  });
}

describe('JobRounds', () => {
  marbles('asks about all jobs at once, and about each until it has ended', (helpers, s) => {
    const { look, asked } = script({ p: 'aabz', q: 'az' });
    const rounds = roundsOf(look, s);
    helpers.expectObservable(watch(rounds, 'p')).toBe('a-------b---(z|)');
    helpers.expectObservable(watch(rounds, 'q')).toBe('a---(z|)');
    helpers.flush();
    expect(asked).toEqual(['pq', 'pq', 'p', 'p']);
  });

  marbles('waits longer while nothing changes and less after a change', (helpers, s) => {
    const { look } = script({ p: 'aaaabz' });
    const rounds = roundsOf(look, s, 4, 8);
    // Asked at 0, 4 (then 6), 10 (then 8, the most), 18 (8), 26: changed, so again after 4.
    helpers.expectObservable(watch(rounds, 'p')).toBe('a 25ms b 3ms (z|)');
  });

  marbles('asks once for all who watch a job, and tells late ones what is known', (helpers, s) => {
    const { look, asked } = script({ p: 'abz' });
    const rounds = roundsOf(look, s);
    const late = timer(5, s).pipe(switchMap(() => watch(rounds, 'p')));
    helpers.expectObservable(watch(rounds, 'p')).toBe('a---b---(z|)');
    helpers.expectObservable(late).toBe('-----b--(z|)');
    helpers.flush();
    expect(asked).toEqual(['p', 'p', 'p']);
  });

  marbles('asks a job that was added within the shortest wait', (helpers, s) => {
    const { look, asked } = script({ p: 'aaaaaaaa', q: 'aaaab' });
    const rounds = roundsOf(look, s, 4, 100);
    // Rounds at 0, 4, 10, 19 and then 33, were it not for the job that is added at 20.
    const added = timer(20, s).pipe(switchMap(() => watch(rounds, 'q')));
    helpers.expectObservable(watch(rounds, 'p'), '^ 29ms !').toBe('a');
    helpers.expectObservable(added, '^ 26ms !').toBe('24ms b');
    helpers.flush();
    expect(asked).toEqual(['p', 'p', 'p', 'p', 'pq', 'p']);
  });

  marbles('stops when nobody watches any more, and begins anew', (helpers, s) => {
    const { look, asked } = script({ p: 'aaaaaaaa' });
    const rounds = roundsOf(look, s);
    helpers.expectObservable(watch(rounds, 'p'), '^-----!').toBe('a');
    helpers.expectObservable(watch(rounds, 'p'), '^--!').toBe('a');
    helpers.expectObservable(watch(rounds, 'p'), '----------^--!').toBe('----------a');
    helpers.flush();
    expect(asked).toEqual(['p', 'p', 'p']);
    expect(rounds.lastSeen('p')).toBeUndefined();
  });

  marbles('ends the question under way with the last watcher', (helpers, s) => {
    const question = helpers.cold<never>('-');
    const rounds = roundsOf(() => question, s);
    helpers.expectObservable(watch(rounds, 'p'), '^----!').toBe('-');
    helpers.expectObservable(watch(rounds, 'q'), '^--!').toBe('-');
    helpers.expectSubscriptions(question.subscriptions).toBe('^----!');
  });

  marbles('tells that a job is gone to those who watch it, and to no others', (helpers, s) => {
    const { look } = script({ p: 'a-', q: 'aaz' });
    const rounds = roundsOf(look, s);
    const error = expect.objectContaining({
      name: 'JobError',
      kind: 'gone',
      job: { id: 'p', state: 'a' },
      cause: missing,
    }) as unknown;
    helpers.expectObservable(watch(rounds, 'p')).toBe('a---#', undefined, error);
    helpers.expectObservable(watch(rounds, 'q')).toBe('a-------(z|)');
  });

  marbles('passes the error of a question on to everybody, and can go on', (helpers, s) => {
    const failure = missing;
    let asked = 0;
    const { look } = script({ p: 'aaa', q: 'bbb' });
    const rounds = roundsOf((ids) => (asked++ === 1 ? throwError(() => failure) : look(ids)), s);
    helpers.expectObservable(watch(rounds, 'p')).toBe('a---#', undefined, failure);
    helpers.expectObservable(watch(rounds, 'q')).toBe('b---#', undefined, failure);
    helpers.expectObservable(watch(rounds, 'q'), '------^--!').toBe('------b');
  });

  marbles('asks soon about a job that was added during a question', (helpers, s) => {
    const { look, asked } = script({ p: 'aaaaaaaa', q: 'aaaab' });
    const slow: Look<Job> = (ids) => look(ids).pipe(delay(2, s));
    const rounds = roundsOf(slow, s, 4, 100);
    // Asked at 0, 6, 14 and 25; the fourth question is under way when the job is added.
    const added = timer(26, s).pipe(switchMap(() => watch(rounds, 'q')));
    helpers.expectObservable(watch(rounds, 'p'), '^ 34ms !').toBe('--a');
    helpers.expectObservable(added, '^ 34ms !').toBe('33ms b');
    helpers.flush();
    expect(asked).toEqual(['p', 'p', 'p', 'p', 'pq']);
  });

  marbles('tells once who joins while others are told', (helpers, s) => {
    const { look } = script({ p: 'az' });
    const rounds = roundsOf(look, s);
    const told: string[] = [];
    const second: JobWatching<Job> = {
      next: (_, { state }) => told.push(`second ${state}`),
      complete: () => told.push('second complete'),
      gone: () => told.push('second gone'),
      error: () => told.push('second error'),
    };
    const first: JobWatching<Job> = {
      ...second,
      next(id, { state }) {
        told.push(`first ${state}`);
        if (state === 'a') {
          rounds.join(id, second);
        }
      },
      complete: () => told.push('first complete'),
    };
    rounds.join('p', first);
    helpers.flush();
    expect(told).toEqual([
      ...['first a', 'second a'],
      ...['first z', 'first complete', 'second z', 'second complete'],
    ]);
  });

  marbles('does not ask over a slow answer', (helpers, s) => {
    const answer = { id: 'p', job: { id: 'p', state: 'a' } };
    const question = helpers.cold('---a|', { a: answer });
    const rounds = roundsOf(() => question, s, 2, 2);
    helpers.expectObservable(watch(rounds, 'p'), '^---------!').toBe('---a');
    helpers.expectSubscriptions(question.subscriptions).toBe(['^---!', '------^---!']);
  });

  marbles('ignores jobs that nobody asked about', (helpers, s) => {
    const stranger = { id: 'x', job: { id: 'x', state: 'a' } };
    const { look } = script({ p: 'az' });
    const rounds = roundsOf((ids) => concat(of(stranger), look(ids)), s);
    helpers.expectObservable(watch(rounds, 'p')).toBe('a---(z|)');
  });

  marbles('gives a job that was never seen a second chance', (helpers, s) => {
    const { look } = script({ p: '-az', q: '--' });
    const rounds = roundsOf(look, s);
    const error = expect.objectContaining({ kind: 'gone', job: undefined }) as unknown;
    helpers.expectObservable(watch(rounds, 'p')).toBe('----a---(z|)');
    helpers.expectObservable(watch(rounds, 'q')).toBe('----#', undefined, error);
  });

  it.each(['null', '5', '{}'])('makes an error of %s, which is not a job', async (answer) => {
    const job = JSON.parse(answer) as Job;
    const errors: unknown[] = [];
    const rounds = new JobRounds<Job>({
      route,
      look: () => of({ id: 'p', job }),
      idOf: ({ id }) => id,
      isDone: ({ state }) => state === 'z',
      min: 1,
      max: 1,
      scheduler: asyncScheduler,
    });
    await new Promise<void>((resolve) => {
      watch(rounds, 'p').subscribe({
        error(error: unknown) {
          errors.push(error);
          resolve();
        },
      });
    });
    expect(errors[0]).toBeInstanceOf(ResponseError);
    expect(errors[0]).toMatchObject({ kind: 'parse', route });
  });
});
