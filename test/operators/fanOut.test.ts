import { setTimeout } from 'node:timers/promises';
import { EMPTY, NEVER, type Observable, of, range, take } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { FanOutFailure } from '../../src/operators/fan/fanSlots.ts';
import { Limiter } from '../../src/operators/fan/limiter.ts';
import { fanOut } from '../../src/operators/fanOut.ts';
import { noteLateNotifications, watch } from '../faults/support/watched.ts';
import { marbles } from '../support/marbles.ts';
import { httpError } from '../support/overload.ts';

describe('fanOut', () => {
  marbles(
    'works on several at once and gives failures as values, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const broken = httpError(503);
      const source = cold('            (abc|)');
      const works = new Map([
        ['a', { work: cold('           --x|'), subs: '^--!' }],
        ['b', { work: cold('           -----#', {}, broken), subs: '^----!' }],
        ['c', { work: cold('              ---z|'), subs: '---^---!' }],
      ]);
      const expected = '               --x--fz|';

      const result = source.pipe(
        fanOut((name) => works.get(name)?.work ?? EMPTY, { concurrency: 2, onError: 'collect' }),
      );
      const f = new FanOutFailure('b', 1, broken);
      expectObservable(result).toBe(expected, { x: 'x', z: 'z', f });
      for (const { work, subs } of works.values()) {
        expectSubscriptions(work.subscriptions).toBe(subs);
      }
    },
  );

  it('completes once when the last value had to wait for its turn', async () => {
    using late = noteLateNotifications();
    const rateLimit = { count: 1, window: 1 };
    const one = watch(range(0, 3).pipe(fanOut((n) => of(n), { rateLimit })));
    // rxjs tells of what it held back in a turn of its own.
    await setTimeout(20);
    expect(one.values).toEqual([0, 1, 2]);
    one.check();
    expect(late.of([one])).toEqual([]);
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold('-').pipe(fanOut(() => of('x')))).toBe('-');
      expectObservable(cold('-|').pipe(fanOut(() => of('x')))).toBe('-|');
    },
  );

  marbles(
    'passes an error of the source on at once, also when failures are collected',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const work = cold('----x|');
      const result = cold('a-#').pipe(fanOut(() => work, { onError: 'collect' }));
      expectObservable(result).toBe('--#');
      expectSubscriptions(work.subscriptions).toBe('^-!');
    },
  );

  marbles(
    'ends everything with the first failure unless told otherwise',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('(ab)--c');
      const works = [cold('--#'), cold('----x|')];
      const result = source.pipe(fanOut((_, index) => works[index] ?? NEVER));
      expectObservable(result).toBe('--#');
      expectSubscriptions(works[1]?.subscriptions ?? []).toBe('^-!');
      expectSubscriptions(source.subscriptions).toBe('^-!');
    },
  );

  marbles(
    'takes a project that throws for work that failed',
    ({ cold, expectObservable }, scheduler) => {
      const project = (name: string): Observable<string> => {
        if (name === 'b') {
          throw new Error('broken');
        }
        return of(name);
      };
      expectObservable(cold('a-b-c|').pipe(fanOut(project))).toBe(
        'a-#',
        { a: 'a' },
        new Error('broken'),
      );
      expectObservable(
        cold('a-b-c|').pipe(fanOut(project, { onError: 'collect', scheduler })),
      ).toBe('a-f-c|', { a: 'a', c: 'c', f: new FanOutFailure('b', 1, new Error('broken')) });
    },
  );

  marbles(
    'stops all work and leaves the line when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const limiter = new Limiter({ rateLimit: { count: 2, window: 50 }, scheduler });
      const source = cold('(abc)---');
      const work = cold('  -x------');
      const unsub = '      ^--!    ';
      const expected = '   -(xx)   ';
      expectObservable(source.pipe(fanOut(() => work, { limiter })), unsub).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(unsub);
      expectSubscriptions(work.subscriptions).toBe([unsub, unsub]);
      scheduler.schedule(() => expect([limiter.active, limiter.waiting]).toEqual([2, 1]), 2);
      scheduler.schedule(() => expect([limiter.active, limiter.waiting]).toEqual([0, 0]), 4);
    },
  );

  marbles(
    'keeps order and places to itself in each subscription',
    ({ cold, expectObservable }, scheduler) => {
      const config = { rateLimit: { count: 1, window: 3 }, scheduler };
      const result = cold('(ab|)').pipe(fanOut((name) => of(name), config));
      expectObservable(result).toBe('a--(b|)');
      expectObservable(result, '--^').toBe('--a--(b|)');
    },
  );

  marbles(
    'starts no sooner than the rate allows and no more than the concurrency',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const work = cold('--x|');
      const config = { concurrency: 2, rateLimit: { count: 1, window: 2 }, scheduler };
      const result = cold('(abc|)').pipe(fanOut(() => work, config));
      expectObservable(result).toBe('--x-x-x|');
      expectSubscriptions(work.subscriptions).toBe(['^--!', '--^--!', '----^--!']);
    },
  );

  marbles(
    'emits what synchronous work gives until downstream has enough',
    ({ cold, expectObservable }, scheduler) => {
      const config = { onError: 'collect', scheduler } as const;
      const result = cold('(ab|)').pipe(
        fanOut(() => ['x', 'y', 'z'], config),
        take(4),
      );
      expectObservable(result).toBe('(xyzx|)');
    },
  );

  marbles(
    'holds back the rest of a run whose failures are collected when the server asks for silence',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const busy = httpError(429, 20);
      const works = [cold('-#', {}, busy), cold('----x|'), cold('-y|')];
      const result = cold('(abc|)').pipe(
        fanOut((_, index) => works[index] ?? EMPTY, {
          concurrency: 2,
          onError: 'collect',
          scheduler,
        }),
      );
      // b was under way and goes on; c has a free slot from 1 on and starts when the pause is over.
      expectObservable(result).toBe('-f--x 17ms y|', {
        x: 'x',
        y: 'y',
        f: new FanOutFailure('a', 0, busy),
      });
      expectSubscriptions(works[2]?.subscriptions ?? []).toBe('21ms ^-!');
    },
  );

  it('refuses at call time what cannot be meant', () => {
    const project = (): Observable<never> => NEVER;
    expect(() => fanOut(project, { concurrency: 0 })).toThrow(
      new RangeError('fanOut: concurrency must be at least 1, got 0'),
    );
    expect(() => fanOut(project, { rateLimit: { count: 0, window: 1 } })).toThrow(RangeError);
    expect(() => fanOut(project, { concurrency: 2, adaptive: { initial: 3 } })).toThrow(RangeError);
    expect(() => fanOut(project, { limiter: new Limiter(), adaptive: true })).toThrow(TypeError);
  });
});
