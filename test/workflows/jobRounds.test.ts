import {
  asyncScheduler,
  concat,
  defer,
  delay,
  from,
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

/** A new error each time, as requests make them. */
function passing(retryAfterMs?: number): HttpError {
  const context = { status: 503, body: undefined, detail: [], retryable: true };
  return new HttpError('out of order', { ...context, retryAfterMs });
}

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

function roundsOf(
  look: Look<Job>,
  scheduler: TestScheduler,
  min = 4,
  max = 4,
  patience = 0,
): JobRounds<Job> {
  return new JobRounds({
    route,
    look,
    idOf: ({ id }) => id,
    isDone: ({ state }) => state === 'z',
    min,
    max,
    patience,
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

  marbles(
    'asks again after failures that pass, and those first that it had not come to',
    (h, s) => {
      const asked: string[] = [];
      const { look } = script({ p: 'aaaa', q: 'aaaa', r: 'aaaa', s: 'aaaz' });
      const answered = look(['p', 'q', 'r', 's']);
      const rounds = roundsOf(
        (ids) =>
          defer(() => {
            asked.push(ids.join(''));
            const failed = passing();
            return asked.length < 3
              ? from(ids).pipe(map((id) => ({ ids: [id], failed })))
              : answered.pipe(delay(0, s));
          }),
        ...([s, 4, 8, 100] as const),
      );
      h.expectObservable(watch(rounds, 'p'), '^ 15ms !').toBe('14ms a');
      for (const id of ['q', 'r', 's']) {
        h.expectObservable(watch(rounds, id), '^ 15ms !').toBe('14ms a');
      }
      h.flush();
      // Three failures in a row are enough for a round.
      expect(asked).toEqual(['pqrs', 'spqr', 'rspq']);
    },
  );

  marbles(
    'is not held up by one job that fails, and ends when patience with it is over',
    (h, s) => {
      const rounds = roundsOf(
        (ids) =>
          from(ids).pipe(
            map((id) =>
              id === 'p'
                ? { ids: [id], failed: passing() }
                : { id, job: { id, state: `${s.now()}` } },
            ),
          ),
        ...([s, 4, 4, 10] as const),
      );
      const error = expect.objectContaining({
        status: 503,
        message: expect.stringContaining('has not passed within 10 ms (patience: 10)') as string,
      }) as unknown;
      const states = { a: '0', b: '4', c: '8', d: '10' };
      h.expectObservable(watch(rounds, 'p')).toBe('----------#', undefined, error);
      h.expectObservable(watch(rounds, 'q')).toBe('a---b---c-(d#)', states, error);
    },
  );

  marbles('gives up where so many jobs fail that each is asked about rarely', (h, s) => {
    const rounds = roundsOf(
      (ids) => from(ids).pipe(map((id) => ({ ids: [id], failed: passing() }))),
      ...([s, 4, 4, 10] as const),
    );
    const error = expect.objectContaining({ status: 503 }) as unknown;
    for (let n = 0; n < 50; n += 1) {
      h.expectObservable(watch(rounds, `${n}`)).toBe('----------#', undefined, error);
    }
  });

  marbles('keeps to the wait that the server asks for when a job is added meanwhile', (h, s) => {
    const asked: number[] = [];
    const rounds = roundsOf(
      (ids) =>
        defer(() => {
          asked.push(s.now());
          return asked.length === 1
            ? of({ ids, failed: passing(30) })
            : from(ids).pipe(map((id) => ({ id, job: { id, state: 'z' } })));
        }),
      ...([s, 4, 4, 100] as const),
    );
    h.expectObservable(watch(rounds, 'p')).toBe('30ms (z|)');
    const added = timer(10, s).pipe(switchMap(() => watch(rounds, 'q')));
    h.expectObservable(added).toBe('30ms (z|)');
    h.flush();
    expect(asked).toEqual([0, 30]);
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
      patience: 0,
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
