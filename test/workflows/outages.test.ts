import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  filter,
  lastValueFrom,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  take,
  tap,
  toArray,
} from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { pushOrPoll } from '../../src/bridges/pushOrPoll.ts';
import { activity } from '../../src/http/activity.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { WatchConfig } from '../../src/http/watchTiming.ts';
import { createAgentData } from '../../src/sources/agentData.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { getBatchJob, watchBatchJob } from '../../src/sources/batchJobs.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { watchSheetsJob } from '../../src/sources/sheets.ts';
import { watchSplitJob } from '../../src/sources/split.ts';
import { batchItems } from '../../src/workflows/batchItems.ts';
import { watchAgentData } from '../../src/workflows/watchAgentData.ts';
import { watchDirectory } from '../../src/workflows/watchDirectory.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, type SeenRequest, startServer, type TestServer } from '../support/server.ts';

/** A watch that emits `before`, and `after` once the service has moved on. */
interface Watch {
  readonly name: string;
  readonly open: (connection: Connection, config: WatchConfig) => Observable<unknown>;
  readonly before: readonly unknown[];
  readonly after: readonly unknown[];
}

const statusOf = ({ status }: { status: string }): string => status;
const changeOf = (change: { kind: string; job?: object | undefined }): string =>
  `${change.kind} ${JSON.stringify(change.job).includes('completed') ? 'completed' : 'running'}`;

const watches: readonly Watch[] = [
  {
    name: 'watchBatchJob',
    open: (to, config) => watchBatchJob(to, 'x', config).pipe(map(({ job }) => job.status)),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'watchIndex',
    open: (to, config) => watchIndex(to, 'x', config).pipe(map(({ metadata }) => metadata?.status)),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'watchSheetsJob',
    open: (to, config) => watchSheetsJob(to, 'x', config).pipe(map(statusOf)),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'watchSplitJob',
    open: (to, config) => watchSplitJob(to, 'x', config).pipe(map(statusOf)),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'watchMany',
    open: (to, config) =>
      watchMany(to, { split: ['x'], batch: ['x', 'y'] }, config).pipe(map(changeOf)),
    before: ['split running', 'batch running', 'batch running'],
    after: ['split completed', 'batch completed', 'batch completed'],
  },
  {
    name: 'batchItems',
    open: (to, config) => batchItems(to, 'x', config).pipe(map(statusOf)),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'watchDirectory',
    open: (to, config) =>
      watchDirectory(to, 'x', config).pipe(
        map((change) => ('file' in change ? `${change.type} ${change.file.id}` : change.type)),
      ),
    before: ['added running', 'ready'],
    after: ['changed completed'],
  },
  {
    name: 'watchAgentData',
    open: (to, config) =>
      watchAgentData(to, { deployment_name: 'x' }, { ...config, since: '2026-01-01' }).pipe(
        map(({ record }) => record.data.status),
      ),
    before: ['running'],
    after: ['completed'],
  },
  {
    name: 'pushOrPoll',
    open: (to, config) =>
      pushOrPoll(NEVER, getBatchJob(to, 'x'), config).pipe(map(({ job }) => job.status)),
    before: ['running'],
    after: ['completed'],
  },
];

/** A service whose one job, file and record are all in one state; `refuse` stands between it and the next requests. */
interface Service extends AsyncDisposable {
  readonly server: TestServer;
  readonly connection: Connection;
  finish(): void;
  refuse(times: number, how: number | 'hang up', retryAfter?: number): void;
}

async function startService(): Promise<Service> {
  let status = 'running';
  let refusals = 0;
  let refusal: number | 'hang up' = 503;
  let wait: number | undefined;
  const server = await startServer((request, response, raw) => {
    if (refusals > 0) {
      refusals -= 1;
      if (refusal === 'hang up') {
        raw.socket.destroy();
      } else {
        const headers = wait === undefined ? undefined : { 'retry-after-ms': String(wait) };
        json(response, { detail: 'out of order' }, refusal, headers);
      }
      return;
    }
    json(response, answerTo(request, status));
  });
  return {
    server,
    connection: connect({
      token: 'llx-test',
      baseUrl: server.url,
      retry: { attempts: 1 },
      // Twelve refusals would make a rate of a request in several seconds.
      adaptiveRate: false,
    }),
    finish: () => (status = 'completed'),
    refuse(times, how, retryAfter) {
      refusals = times;
      refusal = how;
      wait = retryAfter;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function answerTo({ url }: SeenRequest, status: string): object {
  const id = /batch-processing\/(\w+)/.exec(url)?.[1] ?? 'x';
  if (url.includes('/items')) {
    return { items: [{ item_id: 'i', status }], total_size: 1 };
  }
  if (url.includes('batch-processing')) {
    return { job: { id, status, total_items: 1 }, progress_percentage: 0 };
  }
  if (url.includes('indexes')) {
    return { id: 'x', metadata: { status } };
  }
  if (url.includes('files')) {
    return { items: [{ id: status, unique_id: 'u', display_name: 'u' }] };
  }
  if (url.includes('agent-data')) {
    const updated_at = status === 'running' ? '2026-01-01T00:00:00' : '2026-01-01T00:01:00';
    return { items: [{ id: 'r', data: { status }, created_at: '2026-01-01', updated_at }] };
  }
  const job = { id: 'x', status };
  return url.includes('job_ids') ? { items: [job] } : job;
}

const interval = { min: 1, max: 2 };

/** Watches; does `act` when all that there is at first was emitted, and gives what comes. */
function through(
  { open, before, after }: Watch,
  connection: Connection,
  act: () => void,
  config: WatchConfig = {},
): Observable<unknown[]> {
  let seen = 0;
  return open(connection, { interval, ...config }).pipe(
    tap(() => {
      seen += 1;
      if (seen === before.length) {
        act();
      }
    }),
    take(before.length + after.length),
    toArray(),
  );
}

describe.each(watches)('$name', (watch) => {
  const { before, after } = watch;

  it.each([500, 502, 503, 504, 429, 408, 529, 'hang up'] as const)(
    'waits out %s and loses nothing',
    async (how) => {
      await using service = await startService();
      const watched = through(watch, service.connection, () => {
        service.refuse(12, how);
        service.finish();
      });
      expect((await lastValueFrom(watched)).toSorted()).toEqual([...before, ...after].toSorted());
    },
  );

  it('waits out a server that is not there when the watch begins', async () => {
    await using service = await startService();
    service.refuse(5, 'hang up');
    const watched = through(watch, service.connection, () => service.finish());
    expect((await lastValueFrom(watched)).toSorted()).toEqual([...before, ...after].toSorted());
  });

  it.each([401, 403, 409, 422])('ends at once with %d', async (status) => {
    await using service = await startService();
    let asked = 0;
    const watched = through(watch, service.connection, () => {
      asked = service.server.requests.length;
      service.refuse(Infinity, status);
    });
    expect(await errorOf(watched)).toMatchObject({ name: 'HttpError', status });
    // What else was under way, of a watch that asks several questions at once.
    expect(service.server.requests.length - asked).toBeLessThanOrEqual(3);
  });

  it('passes the last failure on when patience is over, and the first where there is none', async () => {
    await using service = await startService();
    const fails = (patience: number): Promise<unknown> => {
      service.refuse(0, 503);
      const refuse = (): void => service.refuse(Infinity, 503);
      return errorOf(through(watch, service.connection, refuse, { patience }));
    };
    expect(await fails(0)).toMatchObject({
      status: 503,
      message: expect.not.stringMatching('patience') as string,
    });
    expect(await fails(20)).toMatchObject({
      status: 503,
      message: expect.stringMatching(/has not passed within \d+ ms \(patience: 20\)/) as string,
    });
  });

  it('asks no earlier than the server wants', async () => {
    await using service = await startService();
    let refusedAt = 0;
    const watched = through(watch, service.connection, () => {
      refusedAt = performance.now();
      service.refuse(1, 429, 45);
      service.finish();
    });
    await lastValueFrom(watched);
    expect(performance.now() - refusedAt).toBeGreaterThanOrEqual(44);
  });

  it('refuses a patience that cannot be meant when called', () => {
    const connection = connect({ token: 'llx-test', baseUrl: 'http://127.0.0.1:1' });
    for (const patience of [-1, NaN]) {
      expect(() => watch.open(connection, { patience })).toThrow(RangeError);
    }
    expect(of(watch.open(connection, { patience: Infinity }))).toBeDefined();
  });
});

describe('the time that a job may take', () => {
  it('is over in an outage, too', async () => {
    await using service = await startService();
    service.refuse(Infinity, 503);
    const job = watchBatchJob(service.connection, 'x', { interval, timeout: 30 });
    expect(await errorOf(job)).toMatchObject({ name: 'JobError', kind: 'timeout' });
    const many = watchMany(service.connection, { split: ['x'] }, { interval, timeout: 30 });
    expect(await lastValueFrom(many)).toMatchObject({ id: 'x', error: { kind: 'timeout' } });
  });
});

it('watches on when the embedded cloud is restarted', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'outage-'));
  try {
    let cloud = await startLocalCloud({ dataDir });
    const { port, token } = cloud;
    const connection = connect({ baseUrl: cloud.url, token, adaptiveRate: false });
    const directory = await lastValueFrom(createDirectory(connection, { name: 'reports' }));
    const store = (n: number): Promise<unknown> =>
      lastValueFrom(createAgentData(connection, { deployment_name: '_public', data: { n } }));
    const seen: unknown[] = [];
    const watching = merge(
      watchDirectory(connection, directory.id, { interval }).pipe(map(({ type }) => type)),
      watchAgentData(
        connection,
        { deployment_name: '_public' },
        { interval, since: '2026-01-01' },
      ).pipe(map(({ record }) => record.data.n)),
    ).subscribe({ next: (value) => seen.push(value), error: (error: unknown) => seen.push(error) });
    await store(1);
    await expect.poll(() => seen.toSorted()).toEqual([1, 'ready']);

    await cloud.close();
    await new Promise<unknown>((resolve) => {
      const waits = activity(connection).pipe(filter(({ type }) => type === 'waiting'));
      waits.pipe(take(10), toArray()).subscribe(resolve);
    });
    cloud = await startLocalCloud({ dataDir, port });
    await store(2);
    await lastValueFrom(
      uploadDirectoryFile(connection, directory.id, {
        upload_file: new File(['text'], 'a.txt'),
      }),
    );
    await expect.poll(() => seen.toSorted()).toEqual([1, 2, 'added', 'ready']);
    watching.unsubscribe();
    await cloud.close();
  } finally {
    await rm(dataDir, { recursive: true });
  }
});
