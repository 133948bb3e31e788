import { setImmediate, setTimeout } from 'node:timers/promises';
import { lastValueFrom, take, toArray, VirtualTimeScheduler } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { createBatchJob } from '../../src/sources/batchJobs.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import type { BatchItem, BatchItemStatus } from '../../src/types/batchItems.ts';
import type { BatchJobStatus } from '../../src/types/batchJobs.ts';
import { batchItems, type BatchItemsConfig } from '../../src/workflows/batchItems.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

const quick = { interval: { min: 5, max: 5 } };
const base = '/api/v1/beta/batch-processing/bjb-1';

/** Where a job and its items stand. */
interface Moment {
  readonly status: BatchJobStatus;
  readonly items: readonly BatchItemStatus[];
  /** Positions of the list's items. @defaultValue their own order */
  readonly order?: (count: number) => readonly number[];
}

interface BatchServer extends TestServer {
  /** The stretches that were listed: `offset+limit`. */
  readonly lists: () => readonly string[];
  /** How many requests were answered. */
  readonly answered: () => number;
}

/**
 * A server of one batch job that goes from one moment to the next: with each question about the job, and, once the job
 * has ended, with each list of its items.
 */
async function startBatch(moments: readonly Moment[]): Promise<BatchServer> {
  let at = -1;
  let answered = 0;
  const lists: string[] = [];
  const server = await startServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://x');
    answered += 1;
    const hasEnded = moments[Math.max(0, at)]?.status !== 'running';
    const isList = pathname !== base;
    if (!isList || (hasEnded && lists.length > 0 && at > 0)) {
      at = Math.min(at + 1, moments.length - 1);
    }
    const { status, items, order } = moments[at] ?? { status: 'running', items: [] };
    const count = (wanted: BatchItemStatus): number =>
      items.filter((state) => state === wanted).length;
    if (!isList) {
      const job = {
        id: 'bjb-1',
        status,
        total_items: items.length,
        processed_items: count('completed'),
        failed_items: count('failed'),
        skipped_items: count('skipped'),
        updated_at: `asked ${answered} times`,
      };
      json(response, { job, progress_percentage: 0 });
      return;
    }
    const [offset, limit] = [Number(searchParams.get('offset')), Number(searchParams.get('limit'))];
    lists.push(`${offset}+${limit}`);
    const listed = (order?.(items.length) ?? [...items.keys()])
      .slice(offset, offset + limit)
      .map((n) => ({ item_id: `dfl-${n}`, item_name: `${n}.pdf`, status: items[n] }));
    json(response, { items: listed, total_size: items.length });
  });
  return Object.assign(server, { lists: () => lists, answered: () => answered });
}

/**
 * The changes as `id status`. Time stands still until so many requests were answered as `turns` says, one turn after
 * the other, so that each list is of its moment; after the last turn it passes whenever somebody waits.
 */
async function told(
  server: BatchServer,
  turns: readonly number[],
  config: BatchItemsConfig = {},
): Promise<string[]> {
  const scheduler = new VirtualTimeScheduler();
  const items = batchItems(connectTo(server.url), 'bjb-1', { ...quick, ...config, scheduler });
  const run = { done: false };
  const all = lastValueFrom(items.pipe(toArray())).finally(() => {
    run.done = true;
  });
  for (const turn of [...turns, ...Array.from<number>({ length: 20 }).fill(0)]) {
    while (!run.done && (server.answered() < turn || scheduler.actions.length === 0)) {
      await setImmediate();
    }
    scheduler.flush();
  }
  return (await all).map(({ item_id, status }) => `${item_id} ${status}`);
}

/** The first `done` of `count` items completed, then one under way, then those that wait. */
function inOrder(count: number, done: number): BatchItemStatus[] {
  return Array.from({ length: count }, (_, n) =>
    n < done ? 'completed' : n === done ? 'processing' : 'pending',
  );
}

describe('batchItems', () => {
  it('emits each item as it is first seen and after each change of its status', async () => {
    await using server = await startBatch([
      { status: 'running', items: ['processing', 'pending', 'pending'] },
      { status: 'running', items: ['completed', 'processing', 'pending'] },
      { status: 'running', items: ['completed', 'failed', 'processing'] },
      { status: 'completed', items: ['completed', 'failed', 'skipped'] },
    ]);
    expect(await told(server, [2, 4, 6])).toEqual([
      'dfl-0 processing',
      'dfl-1 pending',
      'dfl-2 pending',
      'dfl-0 completed',
      'dfl-1 processing',
      'dfl-1 failed',
      'dfl-2 processing',
      'dfl-2 skipped',
    ]);
  });

  it('lists no items while the counts stay the same', async () => {
    const running = { status: 'running', items: inOrder(2, 0) } as const;
    const completed = { status: 'completed', items: inOrder(2, 2) } as const;
    await using server = await startBatch([running, running, running, running, completed]);
    await told(server, [2, 3, 4, 5]);
    expect(server.lists()).toEqual(['0+1000', '0+1000']);
    expect(server.requests).toHaveLength(5 + 2);
  });

  it('reads only the stretch of the list that can have changed', async () => {
    await using server = await startBatch([
      { status: 'running', items: inOrder(3_500, 0) },
      { status: 'running', items: inOrder(3_500, 400) },
      { status: 'running', items: inOrder(3_500, 1_600) },
      { status: 'running', items: inOrder(3_500, 3_000) },
      { status: 'completed', items: inOrder(3_500, 3_500) },
    ]);
    const changes = await told(server, [5, 7, 10, 13]);
    expect(server.lists()).toEqual([
      ...['0+1000', '1000+1000', '2000+1000', '3000+1000'],
      '0+1000',
      ...['400+1000', '1400+1000'],
      ...['1600+1000', '2600+1000'],
      '3000+1000',
    ]);
    expect(changes.filter((change) => change.endsWith('completed'))).toHaveLength(3_500);
    expect(new Set(changes).size).toBe(changes.length);
  });

  it('goes on to the next page where the counts say that something is missing', async () => {
    const items = inOrder(2_500, 0);
    const later = items.with(3, 'processing').with(1_200, 'completed');
    await using server = await startBatch([
      { status: 'running', items },
      { status: 'running', items: later },
      { status: 'completed', items: items.map(() => 'completed') },
    ]);
    const changes = await told(server, [4, 7]);
    expect(server.lists().slice(3)).toEqual([
      ...['0+1000', '1000+1000'],
      ...['0+1000', '1000+1000', '2000+1000'],
    ]);
    expect(changes.slice(2_500, 2_502)).toEqual(['dfl-3 processing', 'dfl-1200 completed']);
  });

  it('reads an answer to its end also where an item waits', async () => {
    await using server = await startBatch([
      { status: 'running', items: ['processing', 'pending', 'pending'] },
      { status: 'running', items: ['completed', 'pending', 'processing'] },
      { status: 'completed', items: ['completed', 'completed', 'completed'] },
    ]);
    const changes = await told(server, [2, 4]);
    expect(changes.slice(3, 5)).toEqual(['dfl-0 completed', 'dfl-2 processing']);
  });

  it('lists once for all that changed while it listed', async () => {
    let asked = 0;
    await using server: TestServer = await startServer(async (request, response) => {
      if (request.url.startsWith(`${base}/items`)) {
        const status = asked < 4 ? 'processing' : 'failed';
        await server.until(() => asked >= 4);
        await setTimeout(20);
        json(response, { items: [{ item_id: 'dfl-1', item_name: 'a', status }], total_size: 1 });
      } else {
        asked += 1;
        const status = asked < 4 ? 'running' : 'completed';
        const job = { id: 'bjb-1', status, total_items: 1, failed_items: asked };
        json(response, { job, progress_percentage: 0 });
      }
    });
    const items = batchItems(connectTo(server.url), 'bjb-1', quick).pipe(toArray());
    const statuses = (await lastValueFrom(items)).map(({ status }) => status);
    expect(statuses).toEqual(['processing', 'failed']);
    expect(server.requests).toHaveLength(4 + 2);
  });

  it('sees the end of every item of a list without a lasting order', async () => {
    const backwards = (count: number): number[] =>
      Array.from({ length: count }, (_, n) => count - 1 - n);
    const items: BatchItemStatus[] = ['completed', 'completed', 'processing', 'pending'];
    await using server = await startBatch([
      { status: 'running', items: inOrder(4, 0) },
      { status: 'running', items },
      { status: 'running', items: [...items.slice(0, 3), 'failed'], order: backwards },
      { status: 'completed', items: ['completed', 'completed', 'skipped', 'failed'] },
    ]);
    const changes = await told(server, [2, 4, 6]);
    expect(changes.filter((change) => /completed|failed|skipped/.test(change)).toSorted()).toEqual([
      'dfl-0 completed',
      'dfl-1 completed',
      'dfl-2 skipped',
      'dfl-3 failed',
    ]);
  });

  it('goes on after a job was cancelled until what was under way has ended', async () => {
    await using server = await startBatch([
      { status: 'running', items: ['completed', 'processing', 'pending'] },
      { status: 'cancelled', items: ['completed', 'processing', 'cancelled'] },
      { status: 'cancelled', items: ['completed', 'processing', 'cancelled'] },
      { status: 'cancelled', items: ['completed', 'completed', 'cancelled'] },
    ]);
    const changes = await told(server, [2]);
    expect(changes.slice(3)).toEqual(['dfl-2 cancelled', 'dfl-1 completed']);
  });

  it('gives up on items that do not end although the job has', async () => {
    await using server = await startBatch([
      { status: 'failed', items: ['completed', 'processing', 'pending'] },
    ]);
    const changes = await told(server, [], { grace: 30 });
    expect(changes).toEqual(['dfl-0 completed', 'dfl-1 processing', 'dfl-2 pending']);
    // At 0, 5, 12.5, 23.75 and, when the time is over, 30 ms.
    expect(server.lists()).toHaveLength(5);
  });

  it('passes on that there is no such job', async () => {
    await using server = await startServer((_, response) => json(response, {}, 404));
    const items = batchItems(connectTo(server.url), 'bjb-1', quick);
    await expect(lastValueFrom(items)).rejects.toMatchObject({ name: 'JobError', kind: 'gone' });
  });

  it('sends nothing before it is subscribed, and stops when it is unsubscribed', async () => {
    await using server = await startBatch([{ status: 'running', items: inOrder(2_000, 0) }]);
    const items = batchItems(connectTo(server.url), 'bjb-1', quick);
    expect(server.requests).toEqual([]);
    await lastValueFrom(items.pipe(take(1)));
    await server.until(() => server.sockets() === 0 || server.requests.length === 2);
    expect(server.lists()).toEqual(['0+1000']);
  });

  it.each([{ grace: 0 }, { grace: NaN }, { grace: Infinity }, { interval: { min: 0 } }])(
    'refuses %j when called',
    (config) => {
      const connection = connectTo('http://127.0.0.1:1');
      expect(() => batchItems(connection, 'bjb-1', config)).toThrow(RangeError);
    },
  );

  it('tells what becomes of every file at the embedded cloud', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const { id } = await lastValueFrom(createDirectory(connection, { name: 'birds' }));
    for (let n = 0; n < 12; n += 1) {
      const name = n === 7 ? 'broken.pdf' : `${n}.md`;
      const upload_file = new File([`Heron ${n}.`], name);
      await lastValueFrom(uploadDirectoryFile(connection, id, { upload_file, unique_id: name }));
    }
    const job = await lastValueFrom(
      createBatchJob(connection, { directory_id: id, job_config: {} }),
    );
    const config = { interval: { min: 5, max: 20 } };
    const seen = await lastValueFrom(batchItems(connection, job.id, config).pipe(toArray()));

    const last = new Map(seen.map((item: BatchItem) => [item.item_name, item.status]));
    expect(last.size).toBe(12);
    expect(last.get('broken.pdf')).toBe('failed');
    expect([...last.values()].filter((status) => status === 'completed')).toHaveLength(11);
    expect(new Set(seen.map(({ item_id, status }) => item_id + status)).size).toBe(seen.length);
  });

  it.each([0, -1, 1, 1.5, null, 'two', undefined])(
    'finds every item of a job that says it has %j',
    async (total_items) => {
      await using server = await startServer((request, response) => {
        if (request.url.startsWith(`${base}/items`)) {
          const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
          const items = ['a', 'b'].map((id) => ({
            item_id: id,
            item_name: id,
            status: 'completed',
          }));
          json(response, { items: items.slice(offset), total_size: 2 });
        } else {
          const job = { id: 'bjb-1', status: 'completed', total_items, processed_items: 2 };
          json(response, { job, progress_percentage: null });
        }
      });
      const items = batchItems(connectTo(server.url), 'bjb-1', quick).pipe(toArray());
      expect((await lastValueFrom(items)).map(({ item_id }) => item_id)).toEqual(['a', 'b']);
      expect(server.requests).toHaveLength(2);
    },
  );
});
