import { lastValueFrom, type Observable, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { download } from '../../src/http/download.ts';
import { request } from '../../src/http/request.ts';
import { json, startServer, type TestServer } from '../support/server.ts';

function call(connection: Connection, id: string): Observable<unknown> {
  return request<unknown, 'GET /api/v1/things/{id}'>(connection, 'GET /api/v1/things/{id}', {
    params: { id },
  });
}

/** Turns some requests away, and asks for a silence of so many seconds when it does. */
function throttling(seconds: number, turnsAway: (count: number) => boolean): Promise<TestServer> {
  const server = startServer(async (_, response) => {
    const away = turnsAway((await server).requests.length);
    json(response, {}, away ? 429 : 200, away ? { 'retry-after': String(seconds) } : {});
  });
  return server;
}

/** A connection whose time passes only in `scheduler.flush()`. */
function connectTo(
  { url }: TestServer,
  config: ConnectionConfig = {},
): { connection: Connection; scheduler: VirtualTimeScheduler } {
  const scheduler = new VirtualTimeScheduler();
  const connection = connect({
    token: 't',
    baseUrl: url,
    scheduler,
    adaptiveRate: false,
    timeouts: { total: Infinity },
    ...config,
  });
  return { connection, scheduler };
}

async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const paths = ({ requests }: TestServer): string[] =>
  requests.map(({ url }) => url.slice('/api/v1/things/'.length));

describe('the line of a connection', () => {
  it('stands still for as long as one answer asks, and nobody waits longer for it', async () => {
    await using server = await throttling(7, (count) => count === 1);
    const { connection, scheduler } = connectTo(server, { concurrency: 1 });
    const done = Promise.all(['a', 'b', 'c'].map((id) => lastValueFrom(call(connection, id))));
    await vi.waitFor(() => expect(scheduler.actions.length).toBe(2));
    await turns();
    expect(paths(server)).toEqual(['a']);
    scheduler.flush();
    await done;
    // The one that was turned away has waited longest.
    expect(paths(server)).toEqual(['a', 'a', 'b', 'c']);
    expect(scheduler.now()).toBe(7_000);
  });

  it('is left at once by who unsubscribes while it stands still', async () => {
    await using server = await throttling(7, (count) => count === 1);
    const { connection, scheduler } = connectTo(server, { concurrency: 1 });
    const subscriptions = ['a', 'b', 'c'].map((id) => call(connection, id).subscribe());
    await vi.waitFor(() => expect(scheduler.actions.length).toBe(2));
    for (const subscription of subscriptions) {
      subscription.unsubscribe();
    }
    await turns();
    scheduler.flush();
    await turns();
    expect(paths(server)).toEqual(['a']);
  });

  it('stands still for maxDelay at most, and tells who asked of all that was wished', async () => {
    await using server = await throttling(3_600, (count) => count === 1);
    const { connection, scheduler } = connectTo(server, {
      concurrency: 1,
      retry: { maxDelay: 5_000 },
    });
    const first = lastValueFrom(call(connection, 'a'));
    const second = lastValueFrom(call(connection, 'b'));
    const error: unknown = await first.catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 429, attempts: 1, retryAfterMs: 3_600_000 });
    await turns();
    expect(paths(server)).toEqual(['a']);
    scheduler.flush();
    await second;
    expect(scheduler.now()).toBe(5_000);
  });

  it('stands still after a 503 that says for how long, and not after one that does not', async () => {
    const answers = [{ 'retry-after': '2' }, undefined];
    await using server = await startServer((_, response) => {
      const headers = answers.shift();
      json(response, {}, server.requests.length <= 2 ? 503 : 200, headers);
    });
    const { connection, scheduler } = connectTo(server, {
      concurrency: 1,
      retry: { attempts: 1 },
    });
    await expect(lastValueFrom(call(connection, 'a'))).rejects.toThrow('503');
    const held = lastValueFrom(call(connection, 'b'));
    await turns();
    expect(paths(server)).toEqual(['a']);
    scheduler.flush();
    await expect(held).rejects.toThrow('503');
    expect(await lastValueFrom(call(connection, 'c'))).toEqual({});
    expect(scheduler.now()).toBe(2_000);
  });

  it('does not hold back what goes to another server, nor is it held back by one', async () => {
    await using storage = await startServer((_, response) => {
      if (storage.requests.length > 1) {
        json(response, {}, 503, { 'retry-after': '9' });
      } else {
        response.end('bytes');
      }
    });
    await using server = await throttling(7, (count) => count === 2);
    const { connection, scheduler } = connectTo(server, { retry: { attempts: 1 } });
    const presigned = { url: `${storage.url}/file`, expires_at: '2099-01-01T00:00:00Z' };
    expect(await lastValueFrom(call(connection, 'a'))).toEqual({});
    await expect(lastValueFrom(call(connection, 'b'))).rejects.toThrow('429');
    expect(await lastValueFrom(download(connection, presigned))).toEqual(Buffer.from('bytes'));

    const other = connectTo(server);
    await expect(lastValueFrom(download(other.connection, presigned))).rejects.toThrow('503');
    expect(await lastValueFrom(call(other.connection, 'c'))).toEqual({});
    expect(scheduler.now()).toBe(0);
    expect(other.scheduler.now()).toBe(0);
  });

  it('takes a clock that is set back for what it is', async () => {
    await using server = await throttling(1, (count) => count === 1);
    const clock = vi.spyOn(Date, 'now');
    const retry = { attempts: 1, maxDelay: 30 };
    const connection = connect({ token: 't', baseUrl: server.url, retry });
    await expect(lastValueFrom(call(connection, 'a'))).rejects.toThrow('429');
    clock.mockReturnValue(0);
    expect(await lastValueFrom(call(connection, 'b'))).toEqual({});
    clock.mockRestore();
  });
});
