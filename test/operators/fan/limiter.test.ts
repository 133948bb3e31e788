import {
  from,
  map,
  NEVER,
  type Observable,
  of,
  range,
  Subscription,
  timeout,
  timer,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../../src/errors.ts';
import { Limiter, type Permit } from '../../../src/operators/fan/limiter.ts';
import { fanOut } from '../../../src/operators/fanOut.ts';
import { marbles } from '../../support/marbles.ts';
import { httpError } from '../../support/overload.ts';

const noAnswer = new NetworkError('GET /x: no answer in time', {
  kind: 'timeout',
  ambiguous: true,
});

/** What rxjs's `timeout` makes of silence. */
function timedOut(): unknown {
  const scheduler = new VirtualTimeScheduler();
  let seen: unknown;
  NEVER.pipe(timeout({ first: 1, scheduler })).subscribe({
    error: (error: unknown) => (seen = error),
  });
  scheduler.flush();
  return seen;
}

/** A limiter's permits, one for each place that is free at once. */
function allOf(limiter: Limiter): Permit[] {
  const permits: Permit[] = [];
  for (let permit = limiter.tryAcquire(); permit; permit = limiter.tryAcquire()) {
    permits.push(permit);
  }
  return permits;
}

describe('a limiter that adapts itself', () => {
  const adaptive = { initial: 8, min: 2 };

  it('holds nothing back for longer when the clock is set back', () => {
    let time = 10_000_000;
    const scheduler = { now: () => time, schedule: () => Subscription.EMPTY };
    const paused = new Limiter({ scheduler });
    const paced = new Limiter({ rateLimit: { count: 1, window: 100 }, scheduler });
    paused.pause(100);
    paced.tryAcquire();
    expect([paused.heldFor, paced.heldFor]).toEqual([100, 100]);
    time -= 3_600_000;
    expect([paused.heldFor, paced.heldFor]).toEqual([100, 100]);
    time += 60;
    expect([paused.heldFor, paced.heldFor]).toEqual([40, 40]);
  });

  it('begins with four, or with the concurrency if that is less', () => {
    expect(new Limiter({ adaptive: true }).concurrency).toBe(4);
    expect(new Limiter({ adaptive: true, concurrency: 2 }).concurrency).toBe(2);
    expect(new Limiter({ adaptive: { min: 6 } }).concurrency).toBe(6);
  });

  it('allows one more after each round that went well, up to the concurrency', () => {
    const limiter = new Limiter({ concurrency: 6, adaptive: true });
    const rounds = [4, 5, 6, 6].map((expected) => {
      // Each that ends makes room for the next, so that all places are taken all the time.
      for (let n = 0; n < expected; n += 1) {
        const permits = allOf(limiter);
        permits.pop()?.release('done');
        permits.forEach((permit) => permit.release('cancelled'));
      }
      return limiter.concurrency;
    });
    expect(rounds).toEqual([5, 6, 6, 6]);
  });

  it('does not grow while its places are not used', () => {
    const limiter = new Limiter({ adaptive: true });
    for (let n = 0; n < 100; n += 1) {
      limiter.tryAcquire()?.release('done');
    }
    expect(limiter.concurrency).toBe(4);
  });

  it.each([
    ['a 429', httpError(429)],
    ['a 503', httpError(503)],
    ['a 504', httpError(504)],
    ['a timeout of the network', noAnswer],
    ['a timeout of the caller', timedOut()],
  ])('halves with %s, down to its minimum', (_, error) => {
    const limiter = new Limiter({ adaptive });
    const seen = [1, 2, 3].map(() => {
      limiter.tryAcquire()?.release({ error });
      return limiter.concurrency;
    });
    expect(seen).toEqual([4, 2, 2]);
  });

  it('halves once for all that was under way when the server was overrun', () => {
    const limiter = new Limiter({ adaptive });
    for (const permit of allOf(limiter)) {
      permit.release({ error: httpError(429) });
    }
    expect(limiter.concurrency).toBe(4);
  });

  it('takes no other failure, and nothing that was given up, for overload', () => {
    const limiter = new Limiter({ adaptive });
    limiter.tryAcquire()?.release({ error: httpError(404) });
    limiter.tryAcquire()?.release({ error: httpError(500) });
    limiter.tryAcquire()?.release({ error: new Error('mine') });
    limiter.tryAcquire()?.release('cancelled');
    expect(limiter.concurrency).toBe(8);
  });

  marbles('settles where a server has its bound', (_, scheduler) => {
    // A server that turns away what is more than ten at once, and takes 10 ms for the rest.
    let underWay = 0;
    let refused = 0;
    let served = 0;
    const call = (): Observable<number> => {
      underWay += 1;
      const over = underWay > 10;
      return timer(over ? 1 : 10, scheduler).pipe(
        map((n) => {
          underWay -= 1;
          refused += over ? 1 : 0;
          served += over ? 0 : 1;
          if (over) {
            throw httpError(429);
          }
          return n;
        }),
      );
    };
    const config = { concurrency: 64, adaptive: true, onError: 'collect', scheduler } as const;
    range(2_000).pipe(fanOut(call, config)).subscribe();
    scheduler.flush();
    expect(served + refused).toBe(2_000);
    // It goes over the bound, falls to half and climbs back: a saw.
    expect(refused).toBeLessThan(200);
    expect(scheduler.now()).toBeLessThan((2_000 / 10) * 10 * 1.6);
  });
});

describe('a limiter that several fan-outs share', () => {
  marbles('gives turns in the order they came', ({ cold, expectObservable }, scheduler) => {
    const limiter = new Limiter({ rateLimit: { count: 1, window: 2 }, scheduler });
    const one = cold('(abc|)').pipe(fanOut((name) => of(name), { limiter }));
    const two = cold('(xyz|)').pipe(fanOut((name) => of(name), { limiter }));
    expectObservable(one).toBe('a-b---(c|)');
    expectObservable(two).toBe('----x---y-(z|)');
  });

  marbles('bounds what all of them have under way', ({ cold, expectObservable }, scheduler) => {
    const limiter = new Limiter({ concurrency: 2, scheduler });
    const run = (): Observable<string> =>
      cold('(aa|)').pipe(fanOut(() => cold('---(x|)'), { limiter }));
    expectObservable(run()).toBe('---(xx|)');
    expectObservable(run()).toBe('------(xx|)');
  });

  marbles(
    'pauses all of them when one is asked to wait',
    ({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const limiter = new Limiter({ scheduler });
      const busy = httpError(503, 10);
      const failing = cold('a|').pipe(fanOut(() => cold('-#', {}, busy), { limiter }));
      const work = cold('x|');
      const other = cold('-----a-------a|').pipe(fanOut(() => work, { limiter }));
      expectObservable(failing).toBe('-#', {}, busy);
      expectObservable(other).toBe('11ms x-x|');
      expectSubscriptions(work.subscriptions).toBe(['11ms ^!', '13ms ^!']);
    },
  );

  marbles('tells how long time holds the next start back', (_, scheduler) => {
    const limiter = new Limiter({ rateLimit: { count: 1, window: 5 }, scheduler });
    expect(limiter.heldFor).toBe(0);
    limiter.tryAcquire()?.release('done');
    expect(limiter.heldFor).toBe(5);
    limiter.pause(8);
    expect(limiter.heldFor).toBe(8);
  });

  it('refuses a pause that is no number', () => {
    expect(() => new Limiter().pause(NaN)).toThrow(RangeError);
  });

  marbles('can be paused from outside, and never for less', ({ expectObservable }, scheduler) => {
    const limiter = new Limiter({ scheduler });
    limiter.pause(7);
    limiter.pause(3);
    expectObservable(of('a').pipe(fanOut((name) => of(name), { limiter }))).toBe('7ms (a|)');
  });

  marbles(
    'waits longer than a timer can be set for without spinning',
    ({ expectObservable }, scheduler) => {
      const limiter = new Limiter({ scheduler });
      limiter.pause(2 ** 32);
      const result = of('a').pipe(fanOut((name) => of(name), { limiter }));
      expectObservable(result).toBe(`${2 ** 32}ms (a|)`);
    },
  );

  marbles('serves the next in line when one leaves it', ({ cold, expectObservable }, scheduler) => {
    const limiter = new Limiter({ rateLimit: { count: 1, window: 4 }, scheduler });
    const run = (): Observable<string> =>
      cold('(a|)').pipe(fanOut((name) => of(name), { limiter }));
    expectObservable(run()).toBe('(a|)');
    expectObservable(run(), '^-!').toBe('-');
    expectObservable(run()).toBe('----(a|)');
  });

  it.each([
    ['the rate', new Limiter({ rateLimit: { count: 1, window: 60_000 } })],
    ['a pause', new Limiter()],
  ])('keeps no timer for %s when nobody waits any longer', (what, limiter) => {
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    limiter.tryAcquire();
    if (what === 'a pause') {
      limiter.pause(60_000);
    }
    const before = timers();
    const places = [limiter.acquire(() => undefined), limiter.acquire(() => undefined)];
    expect(timers()).toBe(before + 1);
    places[0]?.unsubscribe();
    expect(timers()).toBe(before + 1);
    places[1]?.unsubscribe();
    expect(timers()).toBe(before);
  });

  it('ends a long line of work that ends at once without running out of stack', () => {
    const limiter = new Limiter({ concurrency: 1 });
    const held = limiter.tryAcquire();
    let done = 0;
    for (let n = 0; n < 20_000; n += 1) {
      from([n])
        .pipe(fanOut((value) => of(value), { limiter }))
        .subscribe(() => (done += 1));
    }
    held?.release('done');
    expect(done).toBe(20_000);
  });
});

describe('a limiter', () => {
  it.each([
    [{ concurrency: 0 }],
    [{ concurrency: NaN }],
    [{ rateLimit: { count: 0, window: 1 } }],
    [{ adaptive: { min: 0 } }],
    [{ concurrency: 3, adaptive: { min: 4 } }],
    [{ concurrency: 3, adaptive: { initial: 4 } }],
  ])('refuses %j', (config) => {
    expect(() => new Limiter(config)).toThrow(RangeError);
  });
});
