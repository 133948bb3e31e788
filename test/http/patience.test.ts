import { defer, lastValueFrom, type Observable, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError, NetworkError } from '../../src/errors.ts';
import { activity } from '../../src/http/activity.ts';
import type { ActivityEvent } from '../../src/http/activityEvent.ts';
import { close } from '../../src/http/close.ts';
import { connect } from '../../src/http/connection.ts';
import { overdue } from '../../src/http/overdue.ts';
import { waitAfter, withPatience } from '../../src/http/patience.ts';
import { watchTiming } from '../../src/http/watchTiming.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { errorOf } from '../support/errorOf.ts';
import { marbles } from '../support/marbles.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

const route = 'GET /api/v1/x';

function refusal(status: number, retryAfterMs?: number): HttpError {
  const retryable = status === 503 || status === 429;
  const message = `${route} answered ${status}`;
  return new HttpError(message, {
    ...{ route, status, body: '', detail: [], retryable },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** Fails with each of these in turn, a new error each time; then answers `a`. */
function failing(...failures: readonly (() => Error)[]): Observable<string> {
  let asked = 0;
  return defer(() => {
    const failure = failures[asked++];
    return failure ? throwError(failure) : of('a');
  });
}

const down = (): HttpError => refusal(503);

describe('withPatience', () => {
  marbles(
    'waits ever longer for failures to pass, as its docs draw it',
    ({ expectObservable }, scheduler) => {
      const config = { min: 4, max: 8, patience: 100, scheduler };
      // Asked at 0, 4, 10, 18 and 26.
      const question = failing(down, down, down, down);
      expectObservable(question.pipe(withPatience(config))).toBe('26ms (a|)');
    },
  );

  marbles('asks once more when patience ends, and passes on what comes then', (helpers, s) => {
    const config = { min: 4, max: 8, patience: 10, scheduler: s };
    const last = refusal(503);
    // Asked at 0, 4 and 10: nothing is left of the ten then.
    const question = failing(down, down, () => last);
    helpers.expectObservable(question.pipe(withPatience(config))).toBe('10ms #', undefined, last);
    helpers.flush();
    expect(last.message).toBe(
      `${route} answered 503. It has not passed within 10 ms (patience: 10). Nothing at the server ends with ` +
        'it: watch again once it answers, or give more patience',
    );
    expect(last.stack).toContain(last.message);
  });

  marbles('waits as long as the server asks for', ({ expectObservable }, scheduler) => {
    const config = { min: 1, max: 1, patience: 100, scheduler };
    const question = failing(() => refusal(429, 50), down);
    expectObservable(question.pipe(withPatience(config))).toBe('51ms (a|)');
  });

  marbles('does not wait where the server asks for more than is left', (helpers, scheduler) => {
    const config = { min: 1, max: 1, patience: 100, scheduler };
    const error = refusal(503, 100);
    const question = failing(down, () => error);
    helpers.expectObservable(question.pipe(withPatience(config))).toBe('-#', undefined, error);
    helpers.flush();
    expect(error.message).toContain('the server asks to wait 100 ms more');
  });

  marbles('begins anew after each answer', ({ expectObservable }, scheduler) => {
    const config = { min: 5, max: 5, patience: 6, scheduler };
    const failures: (HttpError | undefined)[] = [down(), undefined, down()];
    const question = defer(() => {
      const failure = failures.shift();
      return failure ? throwError(() => failure) : of('a');
    }).pipe(withPatience(config));
    expectObservable(question).toBe('5ms (a|)');
    expectObservable(question, '10ms ^').toBe('15ms (a|)');
  });

  for (const [what, error] of [
    ['a refusal', refusal(403)],
    ['a bad certificate', new NetworkError('tls', { kind: 'tls', ambiguous: false })],
    ['a mistake', new TypeError('mistake')],
  ] as const) {
    marbles(`passes ${what} on at once`, ({ expectObservable }, scheduler) => {
      const { message } = error;
      const config = { min: 4, max: 8, patience: Infinity, scheduler };
      const result = failing(() => error).pipe(withPatience(config));
      expectObservable(result).toBe('#', undefined, error);
      expect(error.message).toBe(message);
    });
  }

  marbles('changes nothing without patience', ({ expectObservable }, scheduler) => {
    const error = refusal(503);
    const config = { min: 4, max: 8, patience: 0, scheduler };
    expectObservable(failing(() => error).pipe(withPatience(config))).toBe('#', undefined, error);
    expect(error.message).toBe(`${route} answered 503`);
  });

  marbles('ends the wait when unsubscribed', ({ expectObservable, flush }, scheduler) => {
    let asked = 0;
    const question = defer(() => {
      asked += 1;
      return throwError(down);
    });
    const config = { min: 4, max: 4, patience: Infinity, scheduler };
    expectObservable(question.pipe(withPatience(config)), '^-----!').toBe('-');
    scheduler.schedule(() => undefined, 50);
    flush();
    expect(asked).toBe(2);
  });
});

describe('waitAfter', () => {
  it('never waits longer than a timer can', () => {
    const wait = waitAfter(refusal(503, 1e12), { lasted: 0, patience: Infinity, wait: 1 });
    expect(wait).toBe(2 ** 31 - 1);
  });

  it('waits out a call that was not done in time', () => {
    const late = overdue(route, 5, true);
    expect(waitAfter(late, { lasted: 0, patience: 10, wait: 3 })).toBe(3);
  });
});

describe('on a connection', () => {
  it('is announced as activity, with what is left of it', async () => {
    const statuses = [503, 429];
    await using server = await startServer((_, response) => {
      const index = { id: 'idx-1', metadata: { status: 'ready' } };
      json(response, index, statuses.shift() ?? 200);
    });
    const connection = connectTo(server.url);
    const events: ActivityEvent[] = [];
    activity(connection).subscribe((event) => events.push(event));
    const interval = { min: 10, max: 10 };
    await lastValueFrom(watchIndex(connection, 'idx-1', { interval, patience: 20_000 }));
    const told = events.filter(({ type }) => type === 'waiting');
    const waiting = { type: 'waiting', route: 'GET /api/v1/indexes/{index_id}', waitMs: 10 };
    expect(told).toMatchObject([
      { ...waiting, reason: '503', leftMs: 20_000 },
      { ...waiting, reason: '429' },
    ]);
    expect(told[1]).toHaveProperty(
      'leftMs',
      expect.toSatisfy((ms: number) => ms < 20_000),
    );
  });

  it('ends at once when the connection is closed', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url);
    const interval = { min: 60_000, max: 60_000 };
    const error = errorOf(watchIndex(connection, 'idx-1', { interval }));
    const waits = new Promise((resolve) => {
      activity(connection).subscribe(({ type }) => {
        if (type === 'waiting') {
          resolve(undefined);
        }
      });
    });
    await waits;
    await lastValueFrom(close(connection));
    expect(await error).toMatchObject({ name: 'NetworkError', kind: 'shutdown' });
  });

  it('does not begin once the connection is closed', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connect({ token: 'llx-test', baseUrl: server.url });
    const waited: ActivityEvent[] = [];
    activity(connection).subscribe((event) => {
      if (event.type === 'retrying') {
        void lastValueFrom(close(connection));
      } else if (event.type === 'waiting') {
        waited.push(event);
      }
    });
    expect(await errorOf(watchIndex(connection, 'idx-1'))).toMatchObject({ status: 503 });
    expect(waited).toEqual([]);
  });

  it.each([-1, NaN, '5' as never])('refuses %o when called', (patience) => {
    expect(() => watchTiming('watchX', { patience })).toThrow(/^watchX: patience must be/);
  });
});
