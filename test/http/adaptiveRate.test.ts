import {
  lastValueFrom,
  mergeMap,
  range,
  repeat,
  takeUntil,
  tap,
  timer,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { activity } from '../../src/http/activity.ts';
import { AdaptiveRate } from '../../src/http/adaptiveRate.ts';
import { connect } from '../../src/http/connection.ts';
import { listDirectories } from '../../src/sources/directories.ts';

/** A server with a token bucket, and clients that send again as soon as they have an answer. */
interface Scene {
  /** Requests a second that the server takes, from so many seconds on. */
  readonly limits: Readonly<Record<number, number>>;
  /** Requests that the server takes at once after a pause. @defaultValue a second's worth */
  readonly burst?: number;
  readonly seconds: number;
  readonly clients: number;
  /** Whether refusals say when to come back, in whole seconds. */
  readonly retryAfter: boolean;
}

/** When requests were taken, in milliseconds, and how many were refused. */
function play(scene: Scene): { taken: number[]; refused: number } {
  const time = new VirtualTimeScheduler(undefined, scene.seconds * 1_000);
  const rate = new AdaptiveRate();
  const line: (() => void)[] = [];
  const taken: number[] = [];
  const oneWay = 10;
  let refused = 0;
  let quietUntil = 0;
  let room = scene.burst ?? scene.limits[0] ?? 1;
  let filledAt = 0;
  let waking = false;

  const limit = (): number =>
    Object.entries(scene.limits).findLast(([from]) => Number(from) * 1_000 <= time.now())?.[1] ?? 1;
  const answer = (): number | undefined => {
    const now = time.now();
    room = Math.min(scene.burst ?? limit(), room + ((now - filledAt) / 1_000) * limit());
    filledAt = now;
    if (room >= 1) {
      room -= 1;
      taken.push(now);
      return undefined;
    }
    refused += 1;
    return scene.retryAfter ? Math.ceil((1 - room) / limit()) * 1_000 : 0;
  };
  const serve = (): void => {
    while (line.length > 0) {
      const now = time.now();
      const due = Math.max(quietUntil, rate.due(now));
      if (due > now) {
        if (!waking) {
          waking = true;
          time.schedule(
            () => {
              waking = false;
              serve();
            },
            Math.ceil(due - now),
          );
        }
        return;
      }
      rate.take(now);
      line.shift()?.();
    }
  };
  const client = (): void => {
    line.push(() => {
      const sentAt = time.now();
      time.schedule(() => {
        const asked = answer();
        time.schedule(() => {
          if (asked === undefined) {
            rate.succeeded(time.now());
            client();
          } else {
            quietUntil = Math.max(quietUntil, time.now() + asked);
            rate.refused(time.now(), sentAt, quietUntil);
            time.schedule(client, Math.max(asked, 500));
          }
        }, oneWay);
      }, oneWay);
    });
    serve();
  };
  for (let i = 0; i < scene.clients; i += 1) {
    client();
  }
  time.flush();
  return { taken, refused };
}

const perSecond = (taken: number[], from: number, to: number): number =>
  taken.filter((at) => at >= from * 1_000 && at < to * 1_000).length / (to - from);

const within = (share: number, rate: number, limit: number): boolean =>
  Math.abs(rate - limit) <= share * limit;

describe('AdaptiveRate', () => {
  it.each([
    { retryAfter: true, clients: 10 },
    { retryAfter: false, clients: 10 },
    { retryAfter: true, clients: 200 },
    { retryAfter: false, clients: 200 },
  ])('finds the limit and follows it down and up: %j', (given) => {
    const { taken, refused } = play({
      limits: { 0: 20, 30: 10, 60: 40 },
      seconds: 90,
      ...given,
    });
    for (const [from, to, limit] of [
      [5, 30, 20],
      [35, 60, 10],
      [70, 90, 40],
    ] as const) {
      const rate = perSecond(taken, from, to);
      expect(within(0.2, rate, limit), `${rate} of ${limit} a second`).toBe(true);
    }
    // Without it, hundreds are.
    expect(refused).toBeLessThan(given.clients + 60);
  });

  it('comes near the limit of a server that takes no bursts', () => {
    const { taken } = play({
      limits: { 0: 20 },
      burst: 1,
      seconds: 60,
      clients: 10,
      retryAfter: false,
    });
    expect(within(0.2, perSecond(taken, 20, 60), 20)).toBe(true);
  });

  it('sets no limit before the first refusal', () => {
    const rate = new AdaptiveRate();
    for (let now = 0; now < 1_000; now += 1) {
      expect(rate.due(now)).toBe(now);
      rate.take(now);
      rate.succeeded(now);
    }
    expect(rate.perSecond).toBe(Infinity);
  });

  it('counts refusals of requests that were under way together once', () => {
    const rate = new AdaptiveRate();
    for (let now = 0; now < 1_000; now += 10) {
      rate.succeeded(now);
    }
    rate.refused(1_000, 990, 1_000);
    const once = rate.perSecond;
    rate.refused(1_001, 991, 1_001);
    rate.refused(1_002, 999, 1_002);
    expect(rate.perSecond).toBe(once);
    rate.refused(1_100, 1_050, 1_100);
    expect(rate.perSecond).toBeLessThan(once);
  });

  it('does not grow while fewer requests come than it would allow', () => {
    const rate = new AdaptiveRate();
    rate.succeeded(0);
    rate.refused(500, 400, 500);
    const before = rate.perSecond;
    for (let now = 10_000; now < 100_000; now += 10_000) {
      rate.due(now);
      rate.take(now);
      rate.succeeded(now);
    }
    expect(rate.perSecond).toBe(before);
  });

  it('never comes to a standstill', () => {
    const rate = new AdaptiveRate();
    for (let now = 0; now < 60_000; now += 100) {
      rate.refused(now, now - 1, now);
    }
    expect(rate.perSecond).toBe(0.5);
    rate.take(60_000);
    expect(rate.due(60_000)).toBe(62_000);
  });
});

describe('a connection', () => {
  it('soon sends as many requests as the server takes, and hardly any for nothing', async () => {
    await using cloud = await startLocalCloud({ rateLimit: { perSecond: 20 } });
    const connection = connect({ token: cloud.token, baseUrl: cloud.url });
    const began = performance.now();
    const taken: number[] = [];
    let refused = 0;
    activity(connection).subscribe((event) => {
      refused += event.type === 'throttled' ? 1 : 0;
    });
    await lastValueFrom(
      range(10).pipe(
        mergeMap(() =>
          listDirectories(connection).pipe(
            toArray(),
            tap(() => taken.push(performance.now() - began)),
            repeat(),
          ),
        ),
        takeUntil(timer(7_000)),
      ),
    );
    const rate = perSecond(taken, 2, 7);
    expect(within(0.2, rate, 20), `${rate} a second`).toBe(true);
    expect(refused).toBeLessThan(25);
  });
});
