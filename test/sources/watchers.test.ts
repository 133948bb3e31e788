import { setTimeout } from 'node:timers/promises';
import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError, JobError, ResponseError } from '../../src/errors.ts';
import type { Connection } from '../../src/http/connection.ts';
import type { WatchConfig } from '../../src/http/watchTiming.ts';
import { watchBatchJob } from '../../src/sources/batchJobs.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { watchSheetsJob } from '../../src/sources/sheets.ts';
import { watchSplitJob } from '../../src/sources/split.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

interface WatchCase {
  readonly name: string;
  readonly watch: (connection: Connection, config: WatchConfig) => Observable<unknown>;
  /** The job as it is answered, in a given status. */
  readonly job: (status: string, note?: number) => object;
  readonly running: readonly [string, string];
  readonly ends: readonly string[];
}

const watchers: readonly WatchCase[] = [
  {
    name: 'watchIndex',
    watch: (connection, config) => watchIndex(connection, 'idx-1', config),
    job: (status, note = 0) => ({ id: 'idx-1', metadata: { status, note } }),
    running: ['pending', 'syncing'],
    ends: ['ready', 'failed'],
  },
  {
    name: 'watchSheetsJob',
    watch: (connection, config) => watchSheetsJob(connection, 'spr-1', config),
    job: (status, note = 0) => ({ id: 'spr-1', status, updated_at: note }),
    running: ['PENDING', 'PAUSED'],
    ends: ['SUCCESS', 'PARTIAL_SUCCESS', 'ERROR', 'CANCELLED'],
  },
  {
    name: 'watchBatchJob',
    watch: (connection, config) => watchBatchJob(connection, 'bjb-1', config),
    job: (status, note = 0) => ({ job: { id: 'bjb-1', status }, progress_percentage: note }),
    running: ['pending', 'dispatched'],
    ends: ['completed', 'failed', 'cancelled'],
  },
  {
    name: 'watchSplitJob',
    watch: (connection, config) => watchSplitJob(connection, 'spl-1', config),
    job: (status, note = 0) => ({ id: 'spl-1', status, updated_at: note }),
    running: ['pending', 'processing'],
    ends: ['completed', 'failed', 'cancelled'],
  },
];

/** Answers one after the other, then the last one for ever. */
function startJob(answers: readonly object[]): Promise<TestServer> {
  let asked = 0;
  return startServer((_, response) => {
    json(response, answers[Math.min(asked, answers.length - 1)]);
    asked += 1;
  });
}

const quick = { interval: { min: 1, max: 2 } };

describe.each(watchers)('$name', ({ watch, job, running: [first, second], ends }) => {
  it.each(ends)('emits each change and completes after %s', async (end) => {
    const answers = [job(first), job(first), job(second, 1), job(second, 2), job(end)];
    await using server = await startJob(answers);
    const seen = await lastValueFrom(watch(connectTo(server.url), quick).pipe(toArray()));
    expect(seen).toEqual([job(first), job(second, 1), job(second, 2), job(end)]);
    expect(server.requests).toHaveLength(5);
  });

  it('asks at once and no more after it is unsubscribed', async () => {
    await using server = await startJob([job(first), job(second)]);
    const seen = watch(connectTo(server.url), quick).pipe(take(1));
    expect(await lastValueFrom(seen)).toEqual(job(first));
    // Time for ten further questions.
    await setTimeout(20);
    expect(server.requests).toHaveLength(1);
  });

  it('errors with the job as it was last seen when the time is over', async () => {
    await using server = await startJob([job(first)]);
    const watched = lastValueFrom(watch(connectTo(server.url), { ...quick, timeout: 300 }));
    const error: unknown = await watched.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(JobError);
    expect(error).toMatchObject({ kind: 'timeout', job: job(first) });
  });

  it('passes on what goes wrong with a question', async () => {
    await using server = await startServer((_, response) => json(response, {}, 403));
    const watched = lastValueFrom(watch(connectTo(server.url), quick));
    await expect(watched).rejects.toBeInstanceOf(HttpError);
    expect(server.requests).toHaveLength(1);
  });

  it('errors when the server says a second time that it does not know the job', async () => {
    await using server = await startServer((_, response) => json(response, {}, 404));
    const watched = lastValueFrom(watch(connectTo(server.url), quick));
    await expect(watched).rejects.toMatchObject({ name: 'JobError', kind: 'gone' });
    expect(server.requests).toHaveLength(2);
  });

  it('reads a status in whatever case it is written, and watches on for one that nobody knows', async () => {
    for (const end of ends) {
      const last = end === end.toLowerCase() ? end.toUpperCase() : end.toLowerCase();
      await using server = await startJob([job('on the moon'), job(last)]);
      const seen = await lastValueFrom(watch(connectTo(server.url), quick).pipe(toArray()));
      expect(seen).toEqual([job('on the moon'), job(last)]);
    }
  });

  it.each([{}, 5, [], { id: 5 }])('stops at %j, which is no such job', async (answer) => {
    await using server = await startServer((_, response) => json(response, answer));
    const error: unknown = await lastValueFrom(watch(connectTo(server.url), quick)).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ kind: 'parse' });
    expect(server.requests).toHaveLength(1);
  });

  it('refuses an interval that makes no sense when it is called', () => {
    const none = { interval: { min: 0 } };
    expect(() => watch(connectTo('http://127.0.0.1:1'), none)).toThrow(RangeError);
  });
});
