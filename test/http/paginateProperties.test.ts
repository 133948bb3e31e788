import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { lastValueFrom } from 'rxjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../src/errors.ts';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { List } from '../../src/http/list.ts';
import { listBatchJobs } from '../../src/sources/batchJobs.ts';
import { listDirectories } from '../../src/sources/directories.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

/** What goes wrong with one answer. All of it passes by itself. */
const faults = ['503', '429', 'reset', 'reset in the body', 'cut body'] as const;
type Fault = (typeof faults)[number];

/** How often a request is sent at most, by default. */
const ATTEMPTS = 3;

/** A list as the server has it. */
interface Script {
  /** How many items each page holds, and what goes wrong with the answers to it before one goes well. */
  readonly pages: readonly { readonly size: number; readonly faults: readonly Fault[] }[];
  /** Whether the pages have tokens, or begin at an offset and tell the total, or do not. */
  readonly style: 'token' | 'offset' | 'offset without a total';
}

/** How the list is read. */
interface Reading {
  readonly pull: boolean;
  readonly ahead: 0 | 1;
}

/** A page on the server. */
interface ServedPage {
  readonly items: readonly { readonly id: string }[];
  readonly faults: Fault[];
}

let server: TestServer;
/** The pages by their cursors, in order. Nothing is the cursor of the first page of a list by token. */
let served = new Map<string, ServedPage>();
let totalSize: number | undefined;

beforeAll(async () => {
  server = await startServer(({ url }, response, raw) => {
    const { searchParams } = new URL(url, 'http://x');
    const cursor = searchParams.get('page_token') ?? searchParams.get('offset') ?? '';
    const page = served.get(cursor) ?? { items: [], faults: [] };
    const cursors = [...served.keys()];
    const body = {
      items: page.items,
      next_page_token: cursors[cursors.indexOf(cursor) + 1],
      total_size: totalSize,
    };
    const fault = page.faults.shift();
    if (fault) {
      fail(fault, body, response, raw);
    } else {
      json(response, body);
    }
  });
});
afterAll(() => server[Symbol.asyncDispose]());

function fail(fault: Fault, body: object, response: ServerResponse, raw: IncomingMessage): void {
  const text = JSON.stringify(body);
  const head = { 'content-type': 'application/json', 'content-length': text.length };
  switch (fault) {
    case '503':
      json(response, {}, 503);
      return;
    case '429':
      json(response, {}, 429, { 'retry-after-ms': '1' });
      return;
    case 'reset':
      raw.socket.resetAndDestroy();
      return;
    case 'reset in the body':
      response.writeHead(200, head).write(text.slice(0, text.length / 2), () => {
        raw.socket.resetAndDestroy();
      });
      return;
    case 'cut body':
      response.writeHead(200, head).write(text.slice(0, text.length / 2), () => {
        raw.socket.destroy();
      });
  }
}

/** Puts a list on the server. Gives the cursors of its pages and all its items. */
function serve({ pages, style }: Script): { cursors: (string | number)[]; ids: string[] } {
  served = new Map();
  const ids: string[] = [];
  const cursors: (string | number)[] = [];
  for (const [n, { size, faults: wrong }] of pages.entries()) {
    const cursor = style === 'token' ? (n === 0 ? '' : `page ${n}`) : ids.length;
    const items = [...Array(size).keys()].map((i) => ({ id: String(ids.length + i) }));
    ids.push(...items.map(({ id }) => id));
    cursors.push(cursor);
    served.set(String(cursor), { items, faults: [...wrong] });
  }
  totalSize = style === 'offset' ? ids.length : undefined;
  return { cursors, ids };
}

/** The list, from a cursor on. */
function listFrom(
  connection: Connection,
  style: Script['style'],
  cursor: string | number | undefined,
): List<{ readonly id: string }> {
  return style === 'token'
    ? listDirectories(connection, { page_token: typeof cursor === 'string' ? cursor : undefined })
    : listBatchJobs(connection, typeof cursor === 'number' ? { offset: cursor } : {});
}

/** Reads a list to its end or its failure. */
async function read(
  list: List<{ readonly id: string }>,
  { pull, ahead }: Reading,
): Promise<{ ids: string[]; error: unknown }> {
  const ids: string[] = [];
  try {
    const source = list.prefetch(ahead);
    if (pull) {
      for await (const { id } of source) {
        ids.push(id);
      }
    } else {
      await source.forEach(({ id }) => void ids.push(id));
    }
    return { ids, error: undefined };
  } catch (error) {
    return { ids, error };
  }
}

/** With a connection of its own, whose retries no other run has paid for. */
async function withConnection<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = connect({
    token: 't',
    baseUrl: server.url,
    retry: { maxDelay: 1 },
    // What a 429 says of the server's rate is of no concern here.
    adaptiveRate: false,
  });
  try {
    return await work(connection);
  } finally {
    await lastValueFrom(close(connection), { defaultValue: undefined });
  }
}

const fault = fc.constantFrom(...faults);
const page = fc.record({
  size: fc.integer({ min: 0, max: 4 }),
  faults: fc.array(fault, { maxLength: ATTEMPTS - 1 }),
});
const reading = fc.record({ pull: fc.boolean(), ahead: fc.constantFrom(0 as const, 1 as const) });
const script = fc
  .record({
    pages: fc.array(page, { minLength: 1, maxLength: 12 }),
    style: fc.constantFrom<Script['style']>('token', 'offset', 'offset without a total'),
  })
  // An empty page ends a list by offset, and a fourth one in a row a list by token.
  .map(({ pages, style }) => ({
    style,
    pages: pages.filter(
      ({ size }, n) =>
        size > 0 ||
        (style === 'token' && pages.slice(Math.max(0, n - 3), n).some((p) => p.size > 0)),
    ),
  }))
  .filter(({ pages }) => pages.length > 0);

describe('a list over a bad line', () => {
  it('emits each item once and in order, whatever goes wrong twice with a page', async () => {
    await fc.assert(
      fc.asyncProperty(script, reading, (list, how) =>
        withConnection(async (connection) => {
          const { ids } = serve(list);
          const before = server.requests.length;
          expect(await read(listFrom(connection, list.style, undefined), how)).toEqual({
            ids,
            error: undefined,
          });
          const failures = list.pages.flatMap(({ faults: wrong }) => wrong).length;
          const last = list.style === 'offset without a total' ? 1 : 0;
          expect(server.requests.length - before).toBe(list.pages.length + failures + last);
        }),
      ),
      { numRuns: 50 },
    );
  });

  it('goes on where it failed, with nothing emitted twice and nothing left out', async () => {
    const fatal = fc.array(fault, { minLength: ATTEMPTS, maxLength: ATTEMPTS });
    await fc.assert(
      fc.asyncProperty(script, reading, fc.nat(), fatal, (list, how, at, wrong) =>
        withConnection(async (connection) => {
          const failing = at % list.pages.length;
          const { cursors, ids } = serve({
            ...list,
            pages: list.pages.map((one, n) => (n === failing ? { ...one, faults: wrong } : one)),
          });
          const first = await read(listFrom(connection, list.style, undefined), how);
          const emitted = list.pages.slice(0, failing).reduce((sum, { size }) => sum + size, 0);
          expect(first.ids).toEqual(ids.slice(0, emitted));
          const { error } = first;
          if (!(error instanceof ApiError)) {
            expect.fail(`expected an ApiError, got ${String(error)}`);
          }
          expect(error.attempts).toBe(ATTEMPTS);
          expect(error.resumeFrom ?? '').toBe(cursors[failing]);

          const rest = await read(listFrom(connection, list.style, error.resumeFrom), how);
          expect(rest).toEqual({ ids: ids.slice(emitted), error: undefined });
        }),
      ),
      { numRuns: 50 },
    );
  });
});
