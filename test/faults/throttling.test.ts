import { describe, expect } from 'vitest';
import type { ActivityEvent } from '../../src/http/activityEvent.ts';
import {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
} from '../../src/sources/directories.ts';
import { json } from '../support/server.ts';
import { fastClock } from './support/fastClock.ts';
import { fault } from './support/fault.ts';

const list = 'GET /api/v1/beta/directories';

/** The events of one type. */
function only<T extends ActivityEvent['type']>(
  events: readonly ActivityEvent[],
  type: T,
): Extract<ActivityEvent, { type: T }>[] {
  return events.filter(
    (event): event is Extract<ActivityEvent, { type: T }> => event.type === type,
  );
}

describe('Servers that are busy', () => {
  fault(
    26,
    '429 that says how long to wait: in seconds, milliseconds, as a date',
    {
      behaviour:
        'Everything that the connection has not sent yet waits that long, once; then all goes through.',
    },
    async (run) => {
      for (const form of ['seconds', 'ms', 'date', 'asctime'] as const) {
        const cloud = await run.cloud();
        const scheduler = fastClock(20);
        const connection = run.connect(cloud, { scheduler, concurrency: 1, retry: {} });
        cloud.faults.next(list, { status: 429, retryAfter: 2, retryAfterForm: form });
        const before = run.events.length;
        const calls = [1, 2, 3].map(() => run.watch(listDirectories(connection)));
        for (const call of calls) {
          await run.ended(call);
          expect(call.completed).toBe(true);
        }
        const events = run.events.slice(before);
        const throttles = only(events, 'throttled');
        expect(throttles).toHaveLength(1);
        // Dates have whole seconds, and a second may have begun between the two that the answer names.
        const wait = throttles[0]?.waitMs ?? 0;
        expect([1_000, 2_000, 3_000]).toContain(Math.round(wait / 1_000) * 1_000);
        expect(only(events, 'sent')).toHaveLength(4);
        const [refused, next] = run.requests().filter(({ port }) => port === cloud.port);
        expect(((next?.at ?? 0) - (refused?.at ?? 0)) * 20).toBeGreaterThanOrEqual(wait * 0.9);
      }
    },
  );

  fault(
    27,
    '429 that does not say how long',
    {
      behaviour:
        'Random waits of up to one second, then up to two; three attempts in all. A creation may be sent again, too.',
    },
    async (run) => {
      const server = await run.server((_, response) => json(response, {}, 429));
      const scheduler = fastClock(50);
      const connection = run.connect(server, { scheduler, adaptiveRate: false, retry: {} });
      const calls = Array.from({ length: 30 }, () =>
        run.watch(createDirectory(connection, { name: 'x' })),
      );
      for (const call of calls) {
        await run.ended(call);
        expect(call.error).toMatchObject({ status: 429, attempts: 3, retryAfterMs: undefined });
      }
      const waits = (attempt: number): number[] =>
        only(run.events, 'retrying').flatMap((event) =>
          event.attempt === attempt ? [event.waitMs] : [],
        );
      expect(waits(1)).toHaveLength(30);
      expect(Math.max(...waits(1))).toBeLessThanOrEqual(1_000);
      expect(Math.max(...waits(2))).toBeLessThanOrEqual(2_000);
      // Full jitter: by chance alone, one time in 10^9 none of thirty is above half, or none below.
      expect(Math.max(...waits(1))).toBeGreaterThan(500);
      expect(Math.min(...waits(1))).toBeLessThan(500);
    },
  );

  fault(
    28,
    'a `Retry-After` that is absurd, negative, junk, or a date without a zone',
    {
      behaviour:
        'Read as RFC 9110 says, in any time zone, against the server’s clock; else ignored. Beyond `maxDelay` the error comes at once, with `retryAfterMs`.',
    },
    async (run) => {
      const zone = process.env.TZ;
      process.env.TZ = 'America/New_York';
      try {
        expect(new Date(0).getTimezoneOffset()).toBe(300);
        const cases: readonly [string, number | undefined][] = [
          ['120', 120_000],
          ['0', 0],
          ['1.5', undefined],
          ['-5', undefined],
          ['+5', undefined],
          ['1e3', undefined],
          ['0x10', undefined],
          ['12abc', undefined],
          // As one line has it when two proxies of the way have each written theirs.
          ['5, 10', 10_000],
          ['99999999999', 99_999_999_999_000],
          ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
          ['Fri, 02 Jan 2026 03:05:00 GMT', 60_000],
          ['Friday, 02-Jan-26 03:05:00 GMT', 60_000],
          ['Fri Jan  2 03:05:00 2026', 60_000],
          ['soon', undefined],
        ];
        for (const [header, retryAfterMs] of cases) {
          const server = await run.server((_, response) =>
            json(response, {}, 429, {
              'retry-after': header,
              date: 'Fri, 02 Jan 2026 03:04:00 GMT',
            }),
          );
          // At once when it is asked to wait longer than it may, else after its own short wait.
          const attempts = (retryAfterMs ?? 0) > 10 ? 1 : 2;
          const connection = run.connect(server, {
            adaptiveRate: false,
            retry: { attempts: 2, maxDelay: 10 },
          });
          expect(await run.errorOf(getDirectory(connection, 'dir-1')), header).toMatchObject({
            status: 429,
            retryAfterMs,
            attempts,
          });
        }
      } finally {
        if (zone === undefined) {
          delete process.env.TZ;
        } else {
          process.env.TZ = zone;
        }
      }
    },
  );

  fault(
    29,
    'an outage: a thousand calls, and every answer is 503',
    {
      behaviour:
        'About 35 retries in all, then each failure is passed on at once. Retries begin again after the first successes.',
    },
    async (run) => {
      let down = true;
      const server = await run.server((_, response) => json(response, {}, down ? 503 : 200));
      const connection = run.connect(server);
      const calls = Array.from({ length: 1_000 }, () =>
        run.watch(getDirectory(connection, 'dir-1')),
      );
      for (const call of calls) {
        await run.ended(call);
        expect(call.error).toMatchObject({ status: 503 });
      }
      expect(run.requests().length).toBeGreaterThan(1_000);
      expect(run.requests().length).toBeLessThanOrEqual(1_000 + 500 / 14);

      down = false;
      for (let call = 0; call < 15; call += 1) {
        await run.valuesOf(getDirectory(connection, 'dir-1'));
      }
      down = true;
      expect(await run.errorOf(getDirectory(connection, 'dir-1'))).toMatchObject({ attempts: 2 });
    },
  );

  fault(
    30,
    '500 once, then all is well',
    { behaviour: 'One retry, and one value.' },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      await run.valuesOf(createDirectory(connection, { name: 'one' }));
      cloud.faults.next(list, { status: 500 });
      expect(await run.valuesOf(listDirectories(connection))).toMatchObject([{ name: 'one' }]);
      expect(run.requests()).toHaveLength(3);
    },
  );

  fault(
    31,
    '408, 425, 502, 504, 529',
    { behaviour: 'Reads, changes and deletions are sent again; a creation is not.' },
    async (run) => {
      for (const status of [408, 425, 502, 504, 529]) {
        const server = await run.server((_, response) =>
          json(response, {}, server.requests.length % 2 === 1 ? status : 200),
        );
        const connection = run.connect(server);
        await run.valuesOf(getDirectory(connection, 'dir-1'));
        await run.valuesOf(deleteDirectory(connection, 'dir-1'));
        expect(await run.errorOf(createDirectory(connection, { name: 'x' }))).toMatchObject({
          status,
          attempts: 1,
          retryable: true,
        });
        expect(server.requests).toHaveLength(5);
      }
    },
  );
});
