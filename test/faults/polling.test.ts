import { asyncScheduler, map, type Observable, range, tap } from 'rxjs';
import { describe, expect } from 'vitest';
import type { Connection } from '../../src/http/connection.ts';
import { batchProgress } from '../../src/operators/batchProgress.ts';
import { rateLimit } from '../../src/operators/rateLimit.ts';
import { throwIfFailed } from '../../src/operators/throwIfFailed.ts';
import { watchBatchJob } from '../../src/sources/batchJobs.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { watchSheetsJob } from '../../src/sources/sheets.ts';
import { watchSplitJob } from '../../src/sources/split.ts';
import { batchItems } from '../../src/workflows/batchItems.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { json, type TestServer } from '../support/server.ts';
import { jumpClock } from './support/clockJump.ts';
import { eventually } from './support/eventually.ts';
import { fastClock } from './support/fastClock.ts';
import { fault } from './support/fault.ts';
import type { FaultRun } from './support/faultRun.ts';
import type { Watched } from './support/watched.ts';

const day = 86_400_000;
const quick = { interval: { min: 2, max: 4 } };

/** Gives one answer after the other, then the last one for ever; a number is a status. */
function answers(run: FaultRun, script: readonly (object | number)[]): Promise<TestServer> {
  let asked = 0;
  return run.server((_, response) => {
    const answer = script[Math.min(asked, script.length - 1)];
    asked += 1;
    json(
      response,
      typeof answer === 'number' ? {} : answer,
      typeof answer === 'number' ? answer : 200,
    );
  });
}

const index = (status: string): object => ({ id: 'idx-1', metadata: { status } });

/** The milliseconds between each request to a server and the one before it. */
function gaps(run: FaultRun, { url }: TestServer): readonly number[] {
  const port = Number(new URL(url).port);
  const times = run.requests().flatMap((request) => (request.port === port ? [request.at] : []));
  return times.slice(1).map((at, n) => at - (times[n] ?? at));
}

describe('Jobs', () => {
  fault(
    49,
    'a job that never leaves `pending`',
    {
      behaviour:
        'Asked about every second at first and every five in the end. A `JobError` of the kind `timeout` with the job as last seen, once `timeout` is over.',
    },
    async (run) => {
      const server = await answers(run, [index('pending')]);
      const factor = 200;
      const stuck = run.watch(
        watchIndex(run.connect(server), 'idx-1', {
          timeout: 60_000,
          scheduler: fastClock(factor),
        }),
      );
      await run.ended(stuck);
      expect(stuck.values).toEqual([index('pending')]);
      expect(stuck.error).toMatchObject({
        name: 'JobError',
        kind: 'timeout',
        job: index('pending'),
      });
      // 1, 1.5, 2.25, 3.4 and then 5 seconds; Node's timers are early by up to a millisecond.
      const waited = gaps(run, server).map((gap) => ((gap + 1) * factor) / 1_000);
      const due = [1, 1.5, 2.25, 3.375, ...Array<number>(20).fill(5)];
      waited.forEach((seconds, n) => expect(seconds).toBeGreaterThanOrEqual(due[n] ?? 5));
      expect(server.requests.length).toBeLessThanOrEqual(1 + 4 + 11);
    },
  );

  fault(
    50,
    'a job that vanishes, or is not there yet',
    {
      behaviour:
        'A `JobError` of the kind `gone` with the job as last seen. A job that was not seen yet is looked for once more first.',
    },
    async (run) => {
      const late = await answers(run, [404, index('pending'), index('ready')]);
      expect(await run.valuesOf(watchIndex(run.connect(late), 'idx-1', quick))).toHaveLength(2);

      const server = await answers(run, [index('pending'), index('pending'), 404]);
      const vanished = run.watch(watchIndex(run.connect(server), 'idx-1', quick));
      await run.ended(vanished);
      expect(vanished.values).toHaveLength(1);
      expect(vanished.error).toMatchObject({
        name: 'JobError',
        kind: 'gone',
        job: index('pending'),
        cause: { name: 'HttpError', status: 404 },
      });
      expect(server.requests).toHaveLength(3);

      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const before = run.requests().length;
      const unknown = await run.errorOf(watchIndex(connection, 'idx-1', quick));
      expect(unknown).toMatchObject({ kind: 'gone', job: undefined });
      expect(run.requests()).toHaveLength(before + 2);
      // Where many are watched, one that is gone is no end for the others.
      const many = await run.valuesOf(watchMany(connection, { index: ['idx-1'] }, quick));
      expect(many).toMatchObject([{ id: 'idx-1', error: { kind: 'gone' } }]);
    },
  );

  fault(
    51,
    'a status that nobody knows, and one in another case',
    {
      behaviour:
        'Emitted as it came. Case does not matter; what nobody knows does not end the watch, and `timeout` does.',
    },
    async (run) => {
      const job = (status: string): object => ({ id: 'x', status });
      const progress = (status: string): object => ({ job: job(status), progress_percentage: 5 });
      const cases = [
        [watchIndex, index, 'READY'],
        [watchSheetsJob, job, 'success'],
        [watchBatchJob, progress, 'COMPLETED'],
        [watchSplitJob, job, 'Completed'],
      ] as const;
      for (const [watch, state, end] of cases) {
        const script = ['paused', 'Running', end].map(state);
        const server = await answers(run, script);
        expect(await run.valuesOf<unknown>(watch(run.connect(server), 'x', quick))).toEqual(script);
      }

      const paused = await answers(run, [job('paused')]);
      const waiting = run.watch(watchSplitJob(run.connect(paused), 'x', { ...quick, timeout: 50 }));
      await run.ended(waiting);
      expect(waiting.error).toMatchObject({ kind: 'timeout', job: job('paused') });

      const failed = await answers(run, [job('FAILED')]);
      const error = await run.errorOf(
        watchSplitJob(run.connect(failed), 'x', quick).pipe(throwIfFailed()),
      );
      expect(error).toMatchObject({ name: 'JobError', kind: 'failed' });
    },
  );

  fault(
    52,
    'progress that goes back, beyond 100 %, or counts more than there is',
    {
      behaviour:
        '`batchProgress()` only rises, from 0 to 100, and nothing in it is `NaN`; its `job` has the figures as they came.',
    },
    async (run) => {
      const states = [
        [40, { total_items: 10, processed_items: 4 }],
        [20, { total_items: 10, processed_items: 2 }],
        [-50, { total_items: 0, processed_items: 5 }],
        [null, { total_items: null, processed_items: null, failed_items: -3 }],
        [250, { total_items: 3, processed_items: 9, skipped_items: 9 }],
      ] as const;
      const script = states.map(([progress_percentage, counts], n) => ({
        job: { id: 'bjb-1', status: n < states.length - 1 ? 'running' : 'cancelled', ...counts },
        progress_percentage,
      }));
      const server = await answers(run, script);
      const seen = await run.valuesOf(
        watchBatchJob(run.connect(server), 'bjb-1', quick).pipe(batchProgress()),
      );
      expect(seen.map(({ percent }) => percent)).toEqual([40, 40, 40, 40, 100]);
      expect(seen.map(({ job }) => job)).toEqual(script.map(({ job }) => job));
      for (const { total, done, failed, skipped, itemsPerSecond, remainingMs } of seen) {
        const figures = [total, done, failed, skipped, itemsPerSecond, remainingMs ?? 0];
        expect(figures.filter((figure) => !(figure >= 0 && figure < Infinity))).toEqual([]);
      }
    },
  );

  fault(
    53,
    'the system’s clock is set ahead or back by a day in the middle of a wait',
    { behaviour: 'Nothing: no wait and no deadline comes sooner or later for it.' },
    async (run) => {
      const busy = [...Array<object>(4).fill(index('pending')), index('ready')];
      const config = { interval: { min: 5, max: 5 }, timeout: 3_600_000 };
      for (const jump of [day, -day]) {
        /** Sets the clock once two questions were asked. */
        const across = async (
          script: readonly object[],
          watch: (connection: Connection) => Observable<unknown>,
        ): Promise<{ watched: Watched<unknown>; took: number }> => {
          const server = await answers(run, script);
          const begun = performance.now();
          const watched = run.watch(watch(run.connect(server)));
          // A machine under load may be over with it before that.
          await eventually(() => {
            expect(server.requests.length >= 2 || watched.ended()).toBe(true);
          }, 5_000);
          await jumpClock(jump, () => run.ended(watched));
          return { watched, took: performance.now() - begun };
        };
        const one = await across(busy, (to) => watchIndex(to, 'idx-1', config));
        expect(one.watched.completed).toBe(true);
        const many = await across(busy, (to) => watchMany(to, { index: ['idx-1'] }, config));
        expect(many.watched.completed).toBe(true);

        const stuck = await across([index('pending')], (to) =>
          watchIndex(to, 'idx-1', { ...config, timeout: 90 }),
        );
        expect(stuck.watched.error).toMatchObject({ kind: 'timeout' });
        expect(stuck.took).toBeGreaterThanOrEqual(89);

        const cancelled = { job: { id: 'bjb-1', status: 'cancelled', total_items: 1 } };
        const unfinished = { items: [{ item_id: 'x', status: 'processing' }], total_size: 1 };
        const items = await across([cancelled, unfinished], (to) =>
          batchItems(to, 'bjb-1', { ...config, grace: 90 }),
        );
        expect(items.watched.completed).toBe(true);
        expect(items.took).toBeGreaterThanOrEqual(89);
      }

      const slow = range(0, 3).pipe(rateLimit({ count: 1, window: 20 }));
      const limited = run.watch(slow);
      await jumpClock(-day, () => run.ended(limited));
      expect(limited.values).toEqual([0, 1, 2]);
    },
  );

  fault(
    54,
    'the program stands still, or the machine sleeps, in the middle of a wait',
    { behaviour: 'One question when it goes on, and the next one an interval later: no burst.' },
    async (run) => {
      const min = 10;
      const config = { interval: { min, max: min } };
      const script = [...Array<object>(3).fill(index('pending')), index('syncing')];
      script.push(...Array<object>(4).fill(index('syncing')), index('ready'));
      for (const many of [false, true]) {
        const server = await answers(run, script);
        const connection = run.connect(server);
        const states = many
          ? watchMany(connection, { index: ['idx-1'] }, config).pipe(map(({ job }) => job))
          : watchIndex(connection, 'idx-1', config);
        let stood = false;
        await run.valuesOf(
          states.pipe(
            tap((job) => {
              if (job?.metadata?.status === 'syncing') {
                asyncScheduler.schedule(() => {
                  standStill(10 * min);
                  stood = true;
                }, min / 4);
              }
            }),
          ),
        );
        expect(stood).toBe(true);
        const waits = gaps(run, server);
        expect(waits).toHaveLength(script.length - 1);
        expect(Math.max(...waits)).toBeGreaterThanOrEqual(10 * min);
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(min - 2);
      }
    },
  );

  fault(
    77,
    'a server that is restarted, or out of order for a while, in the middle of a watch',
    {
      behaviour:
        'Waited out for `patience`, five minutes by default, at growing intervals, and told by `activity`. Then the last failure, which says so. What does not pass by itself ends the watch at once.',
    },
    async (run) => {
      for (const watch of [
        (to: Connection) => watchIndex(to, 'idx-1', quick),
        (to: Connection) => watchMany(to, { index: ['idx-1'] }, quick).pipe(map(({ job }) => job)),
      ]) {
        const outage = [502, 503, 504, 500, 408, 429, 529];
        const server = await answers(run, [index('pending'), ...outage, index('ready')]);
        const connection = run.connect(server, { retry: { attempts: 1 }, adaptiveRate: false });
        const told = run.events.length;
        expect(await run.valuesOf(watch(connection))).toEqual([index('pending'), index('ready')]);
        const waits = run.events.slice(told).filter(({ type }) => type === 'waiting');
        expect(waits.map((event) => 'reason' in event && event.reason)).toEqual(outage.map(String));
      }

      const refused = await answers(run, [index('pending'), 401]);
      const one = run.watch(watchIndex(run.connect(refused), 'idx-1', quick));
      await run.ended(one);
      expect(one.error).toMatchObject({ status: 401 });
      expect(refused.requests).toHaveLength(2);

      const down = await answers(run, [503]);
      const impatient = watchIndex(run.connect(down), 'idx-1', { ...quick, patience: 30 });
      const error = await run.errorOf(impatient);
      expect(error.message).toMatch(/503\. It has not passed within \d+ ms \(patience: 30\)/);
    },
  );
});

/** Keeps this thread from doing anything for so many milliseconds. */
function standStill(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
