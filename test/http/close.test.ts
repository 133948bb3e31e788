import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  filter,
  lastValueFrom,
  mergeMap,
  type Observable,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { Agent } from 'undici';
import { describe, expect, it, vi } from 'vitest';
import { NetworkError } from '../../src/errors.ts';
import { activity } from '../../src/http/activity.ts';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { eventStream } from '../../src/http/eventStream.ts';
import { request } from '../../src/http/request.ts';
import { watchBatchJob } from '../../src/sources/batchJobs.ts';
import { watchIndex } from '../../src/sources/indexes.ts';
import { watchSheetsJob } from '../../src/sources/sheets.ts';
import { watchSplitJob } from '../../src/sources/split.ts';
import { batchItems } from '../../src/workflows/batchItems.ts';
import { watchAgentData } from '../../src/workflows/watchAgentData.ts';
import { watchDirectory } from '../../src/workflows/watchDirectory.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { type Answerer, json, startServer } from '../support/server.ts';
import { root } from '../support/snippets.ts';

const run = promisify(execFile);
const route = 'GET /api/v1/things/{id}';

function call(connection: Connection, id: string): Observable<unknown> {
  return request<unknown, typeof route>(connection, route, { params: { id } });
}

function connectTo(baseUrl: string, config: ConnectionConfig = {}): Connection {
  return connect({ token: 't', baseUrl, ...config });
}

/** What became of a call, when it did; subscribed at once. */
function outcomeOf(source: Observable<unknown>): { value?: unknown; error?: unknown } {
  const outcome: { value?: unknown; error?: unknown } = {};
  source.subscribe({
    next: (value) => (outcome.value = value),
    error: (error: unknown) => (outcome.error = error),
  });
  return outcome;
}

/** Answers only when it is told to. */
function holding(): { hold: Answerer; release: () => void } {
  const held: (() => void)[] = [];
  return {
    hold: (_, response) => {
      held.push(() => json(response, { id: 'x' }));
    },
    release: () => held.splice(0).forEach((answer) => answer()),
  };
}

describe('close', () => {
  it('does nothing before it is subscribed', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    const connection = connectTo(server.url);
    close(connection);
    expect(await lastValueFrom(call(connection, 'a'))).toEqual({});
  });

  it('closes the sockets of an idle connection, and whatever comes later errors at once', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    const connection = connectTo(server.url);
    await lastValueFrom(call(connection, 'a'));
    expect(server.sockets()).toBe(1);
    expect(await lastValueFrom(close(connection).pipe(toArray()))).toEqual([undefined]);
    await server.until(() => server.sockets() === 0);

    const late = outcomeOf(call(connection, 'b'));
    expect(late.error).toBeInstanceOf(NetworkError);
    expect(late.error).toMatchObject({ kind: 'shutdown', ambiguous: false, retryable: false });
    expect(String(late.error)).toContain(route);
    expect(String(late.error)).toContain('connect()');
    expect(server.requests).toHaveLength(1);
  });

  it('lets what is on the wire finish within the grace, and sends nothing that waits', async () => {
    const { hold, release } = holding();
    await using server = await startServer(hold);
    const connection = connectTo(server.url, { concurrency: 1 });
    const sent = outcomeOf(call(connection, 'sent'));
    const queued = outcomeOf(call(connection, 'queued'));
    await server.until(() => server.requests.length === 1);
    let closed = false;
    const closing = lastValueFrom(close(connection, { graceMs: Infinity })).then(
      () => (closed = true),
    );
    expect(queued.error).toMatchObject({ kind: 'shutdown', ambiguous: false });
    expect(sent).toEqual({});
    release();
    await closing;
    expect(closed).toBe(true);
    expect(sent).toEqual({ value: { id: 'x' } });
    expect(server.requests).toHaveLength(1);
    await server.until(() => server.sockets() === 0);
  });

  it('aborts what is on the wire when the grace is over, streams too', async () => {
    await using server = await startServer(holding().hold);
    await using streaming = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\n');
    });
    const scheduler = new VirtualTimeScheduler();
    const quiet = { scheduler, timeouts: { total: Infinity } };
    const connection = connectTo(server.url, quiet);
    const other = connectTo(streaming.url, quiet);
    const call1 = outcomeOf(call(connection, 'a'));
    const stream = outcomeOf(
      eventStream(other, 'POST /api/v1/things', { isLast: () => false, body: {} }),
    );
    await server.until(() => server.requests.length === 1);
    await vi.waitFor(() => expect(stream.value).toEqual({ n: 1 }));

    const closing = Promise.all([
      lastValueFrom(close(connection, { graceMs: 5_000 })),
      lastValueFrom(close(other, { graceMs: 5_000 })),
    ]);
    expect(call1.error).toBeUndefined();
    scheduler.flush();
    expect(scheduler.now()).toBe(5_000);
    expect(call1.error).toMatchObject({ kind: 'shutdown', ambiguous: true });
    expect(stream.error).toMatchObject({ name: 'StreamError', cause: { kind: 'shutdown' } });
    await closing;
    await server.until(() => server.sockets() === 0);
    await streaming.until(() => streaming.sockets() === 0);
  });

  it('passes on the last failure of what waits to be tried again', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url, { retry: () => 60_000 });
    const events: string[] = [];
    activity(connection).subscribe(({ type }) => events.push(type));
    const waiting = outcomeOf(call(connection, 'a'));
    await vi.waitFor(() => expect(events).toContain('retrying'));
    await lastValueFrom(close(connection, { graceMs: 60_000 }));
    expect(waiting.error).toMatchObject({ status: 503, attempts: 1 });
  });

  it('does not wait when it is called by who hears of the wait', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url, { retry: () => 60_000 });
    const told = activity(connection).pipe(filter(({ type }) => type === 'retrying'));
    told.pipe(mergeMap(() => close(connection))).subscribe();
    const waiting = outcomeOf(call(connection, 'a'));
    await vi.waitFor(() => expect(waiting.error).toMatchObject({ status: 503, attempts: 1 }));
  });

  const slowly = { interval: { min: 60_000, max: 60_000 } };
  it.each<[string, (connection: Connection) => Observable<unknown>]>([
    ['watchBatchJob', (connection) => watchBatchJob(connection, 'x', slowly)],
    ['watchIndex', (connection) => watchIndex(connection, 'x', slowly)],
    ['watchSheetsJob', (connection) => watchSheetsJob(connection, 'x', slowly)],
    ['watchSplitJob', (connection) => watchSplitJob(connection, 'x', slowly)],
    ['watchMany', (connection) => watchMany(connection, { index: ['x'] }, slowly)],
    ['watchDirectory', (connection) => watchDirectory(connection, 'x', slowly)],
    [
      'watchAgentData',
      (connection) => watchAgentData(connection, { deployment_name: 'x' }, slowly),
    ],
    ['batchItems', (connection) => batchItems(connection, 'x', slowly)],
  ])('ends %s, which waits for its next question', async (_, watched) => {
    await using server = await startServer(({ url }, response) => {
      const job = { id: 'x', status: 'processing', total_items: 0 };
      const state = { ...job, metadata: { status: 'syncing' }, job };
      json(response, /files|search|items/.test(url) ? { items: [] } : state);
    });
    const connection = connectTo(server.url);
    const watching = outcomeOf(watched(connection));
    await server.until(() => server.requests.length > 0);
    // Its answer may be on the way: the grace is there to let it come.
    await lastValueFrom(close(connection, { graceMs: 5_000 }));
    await vi.waitFor(() => expect(watching.error).toMatchObject({ kind: 'shutdown' }));
    expect(watching.error).toMatchObject({ ambiguous: false });
  });

  it('lets a watcher have the answer that is on the way before it ends it', async () => {
    const { hold, release } = holding();
    await using server = await startServer(hold);
    const connection = connectTo(server.url);
    const watching = outcomeOf(watchIndex(connection, 'x', slowly));
    await server.until(() => server.requests.length === 1);
    const closing = lastValueFrom(close(connection, { graceMs: Infinity }));
    release();
    await closing;
    await vi.waitFor(() => expect(watching.error).toMatchObject({ kind: 'shutdown' }));
    expect(watching.value).toEqual({ id: 'x' });
  });

  it('lets an answer that is compressed be passed on before it says that it is done', async () => {
    const held: (() => void)[] = [];
    await using server = await startServer((_, response) => {
      held.push(() => {
        const headers = { 'content-encoding': 'gzip', 'content-type': 'application/json' };
        response.writeHead(200, headers).end(gzipSync('{"id":"x"}'));
      });
    });
    const connection = connectTo(server.url);
    const log: string[] = [];
    const slowly = { interval: { min: 60_000, max: 60_000 } };
    watchIndex(connection, 'x', slowly).subscribe({
      next: ({ id }) => log.push(id),
      error: (error: unknown) => log.push(error instanceof NetworkError ? error.kind : 'error'),
    });
    call(connection, 'y').subscribe(() => log.push('y'));
    await server.until(() => server.requests.length === 2);
    const closing = lastValueFrom(close(connection, { graceMs: Infinity })).then(() =>
      log.push('closed'),
    );
    held.forEach((answer) => answer());
    await closing;
    await vi.waitFor(() => expect(log).toContain('shutdown'));
    expect(
      log
        .filter((word) => word !== 'shutdown')
        .slice(0, 2)
        .sort(),
    ).toEqual(['x', 'y']);
    expect(log.indexOf('shutdown')).toBeGreaterThan(log.indexOf('x'));
  });

  it('can be called again, and the shorter grace holds', async () => {
    await using server = await startServer(holding().hold);
    const connection = connectTo(server.url);
    const sent = outcomeOf(call(connection, 'a'));
    await server.until(() => server.requests.length === 1);
    const patient = lastValueFrom(close(connection, { graceMs: Infinity }));
    const hasty = lastValueFrom(close(connection));
    expect(sent.error).toMatchObject({ kind: 'shutdown' });
    expect(await Promise.all([patient, hasty])).toEqual([undefined, undefined]);
    expect(await lastValueFrom(close(connection).pipe(toArray()))).toEqual([undefined]);
  });

  it('leaves a dispatcher alone that was given', async () => {
    await using server = await startServer((_, response) => json(response, {}));
    const dispatcher = new Agent();
    const connection = connectTo(server.url, { dispatcher });
    await lastValueFrom(call(connection, 'a'));
    await lastValueFrom(close(connection));
    expect(await lastValueFrom(call(connectTo(server.url, { dispatcher }), 'b'))).toEqual({});
    await dispatcher.destroy();
  });

  it('completes the activity of the connection, also for who listens later', async () => {
    const connection = connectTo('http://127.0.0.1:1');
    const listening = lastValueFrom(activity(connection).pipe(toArray()));
    await lastValueFrom(close(connection));
    expect(await listening).toEqual([]);
    expect(await lastValueFrom(activity(connection).pipe(toArray()))).toEqual([]);
  });

  it.each([-1, NaN, 2 ** 31])('refuses a grace of %d when called', (graceMs) => {
    expect(() => close(connectTo('http://127.0.0.1:1'), { graceMs })).toThrow(RangeError);
  });
});

describe('an idle connection', () => {
  it('does not keep the process alive', async () => {
    await using server = await startServer((_, response) => {
      json(response, {}, server.requests.length === 1 ? 200 : 429, { 'retry-after': '60' });
    });
    const program = `
      import { activity, connect, getIndex } from 'rx-llamacloud';
      const retry = { attempts: 1, maxDelay: 60_000 };
      const connection = connect({ token: 't', baseUrl: ${JSON.stringify(server.url)}, retry });
      activity(connection).subscribe();
      getIndex(connection, 'a').subscribe(() => {
        getIndex(connection, 'b').subscribe({ error: ({ status }) => console.log(status) });
      });
    `;
    const options = [
      '--conditions=@rx-llamacloud/source',
      '--input-type=module',
      '--eval',
      program,
    ];
    const running = run(process.execPath, options, { cwd: root });
    let printedAt = NaN;
    running.child.stdout?.once('data', () => (printedAt = performance.now()));
    expect((await running).stdout.trim()).toBe('429');
    // Sockets are kept open for four seconds, and the silence lasts a minute.
    expect(performance.now() - printedAt).toBeLessThan(3_000);
  });
});
