import { distinct, map, mergeMap, type Observable, range, take, tap } from 'rxjs';
import { describe, expect } from 'vitest';
import type { Connection } from '../../src/http/connection.ts';
import { listBatchJobItems } from '../../src/sources/batchItems.ts';
import { createBatchJob, listBatchJobs } from '../../src/sources/batchJobs.ts';
import { createDirectory, listDirectories } from '../../src/sources/directories.ts';
import { json, type TestServer } from '../support/server.ts';
import { fault } from './support/fault.ts';
import type { FaultRun } from './support/faultRun.ts';

const list = 'GET /api/v1/beta/directories';

/** A list by token with these pages: the first one without a token, the others by theirs. */
function pages(
  run: FaultRun,
  script: Readonly<Record<string, { readonly items?: unknown; readonly next?: unknown }>>,
): Promise<TestServer> {
  return run.server(({ url }, response) => {
    const token = new URL(url, 'http://x').searchParams.get('page_token') ?? '';
    const { items, next } = script[token] ?? {};
    json(response, { items, next_page_token: next });
  });
}

/** A list by offset of the items that there are at the time, which also names a next page. */
function stretches(run: FaultRun, items: readonly string[], withTotal = true): Promise<TestServer> {
  return run.server(({ url }, response) => {
    const { searchParams } = new URL(url, 'http://x');
    const offset = Number(searchParams.get('offset'));
    const page = items.slice(offset, offset + Number(searchParams.get('limit')));
    json(response, {
      items: page.map(named),
      ...(withTotal && { total_size: items.length }),
      next_page_token: 'not for this list',
    });
  });
}

function named(id: string): { id: string; name: string; item_id: string } {
  return { id, name: id, item_id: id };
}

/** The names of the directories, in pages of so many. */
function names(connection: Connection, page_size: number, page_token?: string): Observable<string> {
  return listDirectories(connection, { page_size, page_token }).pipe(map(({ name }) => name));
}

/** Makes so many directories, named by their numbers. */
async function fill(run: FaultRun, connection: Connection, count: number): Promise<void> {
  await run.valuesOf(
    range(0, count).pipe(mergeMap((n) => createDirectory(connection, { name: String(n) }), 1)),
  );
}

const numbers = (from: number, to: number): string[] =>
  [...Array(to - from).keys()].map((n) => String(from + n));

describe('Lists', () => {
  fault(
    41,
    'a page token that comes back: the page’s own, or that of an earlier page',
    { behaviour: 'The kind `cursor-loop`, after each item once.' },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      await fill(run, connection, 6);
      // The first page has a token of its own, which the second one repeats.
      cloud.faults.next(list, { page: 'same-token' }, 2);
      const before = run.requests().length;
      const same = run.watch(names(connection, 2));
      await run.ended(same);
      expect(same.values).toEqual(numbers(0, 4));
      expect(same.error).toMatchObject({ name: 'ResponseError', kind: 'cursor-loop', route: list });
      expect(run.requests()).toHaveLength(before + 2);

      const server = await pages(run, {
        '': { items: [named('a')], next: 'x' },
        x: { items: [named('b')], next: 'y' },
        y: { items: [named('c')], next: 'x' },
      });
      for (const ahead of [0, 1] as const) {
        const circle = run.watch(listDirectories(run.connect(server)).prefetch(ahead));
        await run.ended(circle);
        expect(circle.values).toEqual(['a', 'b', 'c'].map(named));
        expect(circle.error).toMatchObject({ kind: 'cursor-loop', attempts: 1 });
      }
      expect(server.requests).toHaveLength(6);
    },
  );

  fault(
    42,
    'empty pages that always name a next one',
    {
      behaviour:
        'Three in a row are passed over. After a fourth the list ends with the kind `cursor-loop`; `resumeFrom` names the page after it.',
    },
    async (run) => {
      const server = await run.server(({ url }, response) => {
        const n = Number(new URL(url, 'http://x').searchParams.get('page_token') ?? 0);
        const items = n === 3 || n === 10 ? [named(String(n))] : [];
        json(response, { items, next_page_token: n < 10 ? String(n + 1) : null });
      });
      const connection = run.connect(server);
      const desert = run.watch(names(connection, 5));
      await run.ended(desert);
      expect(desert.values).toEqual(['3']);
      expect(desert.error).toMatchObject({ kind: 'cursor-loop', resumeFrom: '8' });
      expect(server.requests).toHaveLength(8);
      expect(await run.valuesOf(names(connection, 5, '8'))).toEqual(['10']);
    },
  );

  fault(
    43,
    'items that come in front while a list by offset is read',
    {
      behaviour:
        'The service shows an item again on the next page, and so does the list. `distinct(({ id }) => id)` drops it.',
    },
    async (run) => {
      for (const drop of [false, true]) {
        const items = ['d', 'c', 'b', 'a'];
        const connection = run.connect(await stretches(run, items));
        const jobs = listBatchJobs(connection, { limit: 2 }).pipe(
          map(({ id }) => id),
          tap((id) => {
            if (id === 'c' && items.length === 4) {
              items.unshift('e');
            }
          }),
        );
        const seen = await run.valuesOf(drop ? jobs.pipe(distinct()) : jobs);
        expect(seen).toEqual(drop ? ['d', 'c', 'b', 'a'] : ['d', 'c', 'c', 'b', 'a']);
      }
    },
  );

  fault(
    44,
    'a page whose `items` is `null` or missing, or is no list',
    { behaviour: 'Taken for an empty page; the kind `parse` where it is something else.' },
    async (run) => {
      const server = await pages(run, {
        '': { items: null, next: 'x' },
        x: { next: 'y' },
        y: { items: [named('a')] },
      });
      expect(await run.valuesOf(names(run.connect(server), 5))).toEqual(['a']);
      for (const items of [{}, 'abc', 5]) {
        const broken = await pages(run, { '': { items, next: 'x' } });
        const error = await run.errorOf(names(run.connect(broken), 5));
        expect(error).toMatchObject({ name: 'ResponseError', kind: 'parse', route: list });
      }
    },
  );

  fault(
    45,
    'a last page whose token is empty, `null` or missing',
    { behaviour: 'The list is complete in all three cases; no further page is asked for.' },
    async (run) => {
      for (const last of ['', null, undefined]) {
        const server = await pages(run, {
          '': { items: [named('a')], next: 'x' },
          x: { items: [named('b')], next: last },
        });
        expect(await run.valuesOf(names(run.connect(server), 1))).toEqual(['a', 'b']);
        expect(server.requests.map(({ url }) => url)).toEqual([
          '/api/v1/beta/directories?page_size=1',
          '/api/v1/beta/directories?page_size=1&page_token=x',
        ]);
      }
    },
  );

  fault(
    46,
    'a list by offset that also names a next page',
    {
      behaviour:
        'The offset counts, up to `total_size`, or where that is missing to the first empty page. The token is not sent.',
    },
    async (run) => {
      for (const withTotal of [true, false]) {
        const server = await stretches(run, numbers(0, 6), withTotal);
        const connection = run.connect(server);
        const lists = [
          listBatchJobs(connection, { limit: 2 }).pipe(map(({ id }) => id)),
          listBatchJobItems(connection, 'bjb-1', { limit: 2 }).pipe(map(({ item_id }) => item_id)),
        ];
        for (const one of lists) {
          expect(await run.valuesOf(one)).toEqual(numbers(0, 6));
        }
        const offsets = server.requests.map(({ url }) =>
          new URL(url, 'http://x').searchParams.get('offset'),
        );
        const each = withTotal ? ['0', '2', '4'] : ['0', '2', '4', '6'];
        expect(offsets).toEqual([...each, ...each]);
        expect(server.requests.filter(({ url }) => url.includes('page_token'))).toEqual([]);
      }

      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      const [directory] = await run.valuesOf(createDirectory(connection, { name: 'x' }));
      const body = { directory_id: directory?.id ?? '', job_config: {} };
      const made = await run.valuesOf(
        range(0, 5).pipe(mergeMap(() => createBatchJob(connection, body), 1)),
      );
      const listed = await run.valuesOf(listBatchJobs(connection, { limit: 2 }));
      expect(listed.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    },
  );

  fault(
    47,
    'five items of ten thousand are taken',
    {
      behaviour:
        'No page is asked for beyond the one that holds the fifth; with `prefetch()` at most one, which is given up.',
    },
    async (run) => {
      const server = await run.server(({ url }, response) => {
        const { searchParams } = new URL(url, 'http://x');
        const start = Number(searchParams.get('page_token') ?? 0);
        const end = start + Number(searchParams.get('page_size'));
        const items = numbers(start, end).map(named);
        json(response, { items, next_page_token: end < 10_000 ? String(end) : null });
      });
      const connection = run.connect(server);
      for (const [page_size, needed] of [
        [5, 1],
        [100, 1],
        [2, 3],
      ] as const) {
        const before = server.requests.length;
        const five = names(connection, page_size).pipe(take(5));
        expect(await run.valuesOf(five)).toEqual(numbers(0, 5));
        expect(server.requests.length - before).toBe(needed);

        const pulled: string[] = [];
        for await (const { name } of listDirectories(connection, { page_size })) {
          pulled.push(name);
          if (pulled.length === 5) {
            break;
          }
        }
        expect(pulled).toEqual(numbers(0, 5));
        expect(server.requests.length - before).toBe(needed * 2);

        const ahead = listDirectories(connection, { page_size }).prefetch().pipe(take(5));
        expect(await run.valuesOf(ahead)).toHaveLength(5);
        expect(server.requests.length - before).toBeLessThanOrEqual(needed * 3 + 1);
      }
    },
  );

  fault(
    48,
    'the seventh page fails, however often it is asked for',
    {
      behaviour:
        'The items of the six pages before it are emitted. `resumeFrom` of the error starts the list again at the seventh, and all items have come once.',
    },
    async (run) => {
      const cloud = await run.cloud();
      const connection = run.connect(cloud);
      await fill(run, connection, 16);
      const failing = run.watch(
        names(connection, 2).pipe(
          tap((name) => {
            if (name === '11') {
              cloud.faults.next(list, { status: 503 }, 3);
            }
          }),
        ),
      );
      await run.ended(failing);
      expect(failing.values).toEqual(numbers(0, 12));
      expect(failing.error).toMatchObject({ name: 'HttpError', status: 503, attempts: 3 });
      const token = resumeFrom(failing.error);
      expect(token).toEqual(expect.any(String));
      expect(await run.valuesOf(names(connection, 2, String(token)))).toEqual(numbers(12, 16));

      const items = numbers(0, 16);
      const server = await run.server(({ url }, response) => {
        const offset = Number(new URL(url, 'http://x').searchParams.get('offset'));
        const isFailing = offset === 12 && server.requests.length < 10;
        const page = { items: items.slice(offset, offset + 2).map(named), total_size: 16 };
        json(response, isFailing ? {} : page, isFailing ? 500 : 200);
      });
      const counted = run.connect(server);
      const offsets = run.watch(listBatchJobs(counted, { limit: 2 }));
      await run.ended(offsets);
      expect(offsets.values).toHaveLength(12);
      expect(offsets.error).toMatchObject({ status: 500, attempts: 3, resumeFrom: 12 });
      const rest = await run.valuesOf(listBatchJobs(counted, { limit: 2, offset: 12 }));
      expect(rest.map(({ id }) => id)).toEqual(numbers(12, 16));
    },
  );
});

function resumeFrom(error: unknown): unknown {
  return error instanceof Error && 'resumeFrom' in error ? error.resumeFrom : undefined;
}
