import { globSync } from 'node:fs';
import { concat, of, type SchedulerLike, take, throwError, VirtualTimeScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, HttpError, NetworkError } from '../../src/errors.ts';
import { connect, type Wire, wireOf } from '../../src/http/connection.ts';
import { type RetryClass, retryClass } from '../../src/http/retryClass.ts';
import { retryTransient } from '../../src/http/retryTransient.ts';
import type { Route } from '../../src/http/route.ts';
import { marbles } from '../support/marbles.ts';
import { contentOf, root } from '../support/snippets.ts';

const route = 'GET /api/v1/things';

function http(status: number, retryAfterMs?: number): HttpError {
  const retryable = status === 429 || status >= 500;
  return new HttpError('x', { route, status, retryable, retryAfterMs, body: {}, detail: [] });
}

function lost(ambiguous: boolean): NetworkError {
  return new NetworkError('x', { route, kind: 'closed', ambiguous, retryable: true });
}

function wire(scheduler: SchedulerLike, attempts = 3, maxDelay = 20_000): Wire {
  return wireOf(connect({ token: 't', retry: { attempts, maxDelay }, scheduler }));
}

describe('retryTransient', () => {
  beforeEach(() => {
    // Full jitter made predictable: half of the bound.
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  marbles(
    'tries again after a wait, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const failing = cold('   --#', undefined, http(503));
      const working = cold('   --a|');
      const subs1 = '          ^-!';
      const subs2 = '          -- 125ms ^--!';
      const expected = '       -- 125ms --a|';
      const result = retryTransient(
        wire(scheduler),
        ({ attempt }) => (attempt === 1 ? failing : working),
        { route, retryClass: 'safe' },
      );
      expectObservable(result).toBe(expected);
      expectSubscriptions(failing.subscriptions).toBe(subs1);
      expectSubscriptions(working.subscriptions).toBe(subs2);
    },
  );

  marbles('doubles the bound and stops at the set attempts', ({ expectObservable }, scheduler) => {
    const result = retryTransient(wire(scheduler), () => throwError(() => http(500)), {
      route,
      retryClass: 'idempotent',
    });
    const error = http(500);
    error.attempts = 3;
    error.totalDelayMs = 375;
    expectObservable(result).toBe('375ms #', undefined, error);
  });

  marbles('waits as long as a 429 asks', ({ expectObservable }, scheduler) => {
    const result = retryTransient(
      wire(scheduler),
      ({ attempt }) => (attempt > 1 ? of('a') : throwError(() => http(429, 7_000))),
      { route, retryClass: 'unsafe' },
    );
    expectObservable(result).toBe('7s (a|)');
  });

  marbles('passes an error on at once when asked to wait too long', ({ expectObservable }, s) => {
    const error = http(429, 30_000);
    const result = retryTransient(wire(s), () => throwError(() => error), {
      route,
      retryClass: 'safe',
    });
    expectObservable(result).toBe('#', undefined, error);
  });

  marbles(
    'drops the wait when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const failing = cold('#', undefined, http(503));
      const result = retryTransient(wire(scheduler), () => failing, { route, retryClass: 'safe' });
      expectObservable(result, '^ 50ms !').toBe('-');
      expectSubscriptions(failing.subscriptions).toBe('(^!)');
    },
  );

  marbles('counts for each subscription anew', ({ expectObservable }, scheduler) => {
    const result = retryTransient(
      wire(scheduler, 2),
      ({ attempt }) => (attempt > 1 ? of('a') : throwError(() => http(503))),
      { route, retryClass: 'safe' },
    );
    expectObservable(result).toBe('125ms (a|)');
    expectObservable(result, '---^').toBe('--- 125ms (a|)');
  });

  it.each([
    ['safe', lost(true), 3],
    ['safe', http(404), 1],
    ['safe', http(409), 1],
    ['idempotent', http(503), 3],
    ['unsafe', lost(true), 1],
    ['unsafe', lost(false), 3],
    ['unsafe', http(429), 3],
    ['unsafe', http(500), 1],
    ['reconcilable', lost(true), 1],
    ['reconcilable', lost(false), 3],
  ] as const)('sends what is %s after %s %d times', (kind, error, times) => {
    const scheduler = new VirtualTimeScheduler();
    let attempts = 0;
    let seen: unknown;
    retryTransient(
      wire(scheduler),
      () => {
        attempts += 1;
        return throwError(() => error);
      },
      { route, retryClass: kind },
    ).subscribe({ error: (e: unknown) => (seen = e) });
    scheduler.flush();
    expect(attempts).toBe(times);
    expect(seen).toBe(error);
    expect((seen as ApiError).attempts).toBe(times);
  });

  it('adopts what a lost creation has made, and sends again only what is not there', () => {
    const scheduler = new VirtualTimeScheduler();
    let attempts = 0;
    const run = (found: string | undefined): unknown[] => {
      attempts = 0;
      const values: unknown[] = [];
      retryTransient<string>(
        wire(scheduler),
        () => {
          attempts += 1;
          return attempts === 1 ? throwError(() => lost(true)) : of('sent again');
        },
        { route, retryClass: 'reconcilable', reconcile: () => of(found) },
      ).subscribe((value) => values.push(value));
      scheduler.flush();
      return values;
    };
    expect(run('adopted')).toEqual(['adopted']);
    expect(attempts).toBe(1);
    expect(run(undefined)).toEqual(['sent again']);
    expect(attempts).toBe(2);
  });

  it.each([
    ['is there', 'adopted', ['adopted']],
    ['is not there', undefined, [expect.objectContaining({ status: 409, attempts: 3 })]],
  ])(
    'looks again when its own slow attempt may be in the way, and that %s',
    (_, late, expected) => {
      const scheduler = new VirtualTimeScheduler();
      const failures = [lost(true), http(429), http(409)];
      const finds = [undefined, undefined, late];
      const seen: unknown[] = [];
      retryTransient<string>(wire(scheduler), () => throwError(() => failures.shift()), {
        route,
        retryClass: 'reconcilable',
        reconcile: () => of(finds.shift()),
      }).subscribe({
        next: (value) => seen.push(value),
        error: (error: unknown) => seen.push(error),
      });
      scheduler.flush();
      expect(seen).toEqual(expected);
      expect(finds).toEqual([]);
    },
  );

  it('passes on a 409 that no attempt of its own can explain', () => {
    const scheduler = new VirtualTimeScheduler();
    const failures = [http(429), http(409)];
    let seen: unknown;
    retryTransient<string>(wire(scheduler), () => throwError(() => failures.shift()), {
      route,
      retryClass: 'reconcilable',
      reconcile: () => of("somebody else's"),
    }).subscribe({ error: (error: unknown) => (seen = error) });
    scheduler.flush();
    expect(seen).toMatchObject({ status: 409 });
  });

  it('pays for retries to each origin out of its own budget', () => {
    const scheduler = new VirtualTimeScheduler();
    const connection = wire(scheduler);
    const sent: Record<string, number> = {};
    const call = (origin: string): void => {
      retryTransient(
        connection,
        () => {
          sent[origin] = (sent[origin] ?? 0) + 1;
          return throwError(() => http(503));
        },
        { route, origin, retryClass: 'safe' },
      ).subscribe({ error: () => undefined });
      scheduler.flush();
    };
    for (let n = 0; n < 100; n += 1) {
      call('https://storage.example');
    }
    call(connection.origin);
    expect(sent).toEqual({ 'https://storage.example': 135, [connection.origin]: 3 });
  });

  it('stops trying again when failures have used up the budget', () => {
    const scheduler = new VirtualTimeScheduler();
    const shared = wire(scheduler);
    let sent = 0;
    for (let i = 0; i < 1000; i += 1) {
      retryTransient(
        shared,
        () => {
          sent += 1;
          return throwError(() => http(503));
        },
        { route, retryClass: 'safe' },
      ).subscribe({ error: () => undefined });
      scheduler.flush();
    }
    // 500 tokens pay for 35 retries at 14 each.
    expect(sent).toBe(1035);
  });

  it('gives back what a retry cost also when only the answer is taken', () => {
    const scheduler = new VirtualTimeScheduler();
    const shared = wire(scheduler);
    let answers = 0;
    for (let i = 0; i < 100; i += 1) {
      retryTransient(
        shared,
        ({ attempt }) => (attempt > 1 ? of('a') : throwError(() => http(503))),
        {
          route,
          retryClass: 'safe',
        },
      )
        .pipe(take(1))
        .subscribe({ next: () => (answers += 1), error: () => undefined });
      scheduler.flush();
    }
    expect(answers).toBe(100);
  });

  it('does not take news of an upload for its answer', () => {
    const scheduler = new VirtualTimeScheduler();
    const shared = wire(scheduler);
    let sent = 0;
    for (let i = 0; i < 100; i += 1) {
      retryTransient(
        shared,
        () => {
          sent += 1;
          return concat(
            of('progress'),
            throwError(() => http(503)),
          );
        },
        { route, retryClass: 'safe', isAnswer: (value) => value !== 'progress' },
      ).subscribe({ error: () => undefined });
      scheduler.flush();
    }
    expect(sent).toBe(135);
  });
});

describe('retryClass', () => {
  const isRoute = (text: string): text is Route => text.includes(' /api/');
  const routes = globSync('src/sources/*.ts', { cwd: root })
    .flatMap((file) => contentOf(file).match(/(?<=^ \* `)[A-Z]+ \/api\S+(?=`$)/gm) ?? [])
    .filter(isRoute)
    .sort();
  const ofClass = (kind: RetryClass): string[] =>
    routes.filter((route) => retryClass(route) === kind);

  it('lets only what creates something, or deletes by a filter, be unsafe', () => {
    expect(routes).toHaveLength(49);
    expect(ofClass('unsafe')).toEqual([
      'POST /api/v1/beta/agent-data',
      'POST /api/v1/beta/agent-data/:delete',
      'POST /api/v1/beta/batch-processing',
      'POST /api/v1/beta/directories',
      'POST /api/v1/beta/sheets/jobs',
      'POST /api/v1/beta/split/jobs',
      'POST /api/v1/chat',
      'POST /api/v1/chat/{session_id}/messages/stream',
      'POST /api/v1/chat/{session_id}/title',
      'POST /api/v1/indexes',
      'POST /api/v1/indexes/{index_id}/sync',
    ]);
    expect(ofClass('reconcilable')).toEqual([
      'POST /api/v1/beta/directories/{directory_id}/files',
      'POST /api/v1/beta/directories/{directory_id}/files/upload',
    ]);
  });

  it('knows the POSTs that only read, and those that are the same when done twice', () => {
    expect(ofClass('safe').filter((route) => !route.startsWith('GET'))).toEqual([
      'POST /api/v1/beta/agent-data/:aggregate',
      'POST /api/v1/beta/agent-data/:search',
      'POST /api/v1/retrieval/files/grep',
      'POST /api/v1/retrieval/files/read',
      'POST /api/v1/retrieval/files/search',
      'POST /api/v1/retrieval/retrieve',
    ]);
    expect(ofClass('idempotent').filter((route) => route.startsWith('POST'))).toEqual([
      'POST /api/v1/beta/batch-processing/{job_id}/cancel',
      'POST /api/v1/beta/directories/{directory_id}/files/bulk-delete',
    ]);
  });
});
