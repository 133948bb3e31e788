import { inspect } from 'node:util';
import { lastValueFrom, map, type Observable, VirtualTimeScheduler } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { activity } from '../../src/http/activity.ts';
import type { ActivityEvent } from '../../src/http/activityEvent.ts';
import { connect, type Connection, wireOf } from '../../src/http/connection.ts';
import { request } from '../../src/http/request.ts';
import { type Answerer, json, startServer } from '../support/server.ts';

const canary = 'llx-SECRETKEY123';
const route = 'GET /api/v1/things/{id}';

function call(connection: Connection, id = 'a'): Observable<unknown> {
  return request<unknown, typeof route>(connection, route, { params: { id }, query: { q: 'why' } });
}

function heard(connection: Connection): ActivityEvent[] {
  const events: ActivityEvent[] = [];
  activity(connection).subscribe((event) => events.push(event));
  return events;
}

/** Answers with each status in turn, and with the last for ever. */
function inTurn(...statuses: number[]): Answerer {
  return (_, response) => {
    json(response, { id: 'x' }, statuses.length > 1 ? statuses.shift() : statuses[0]);
  };
}

describe('activity', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('tells of a request from the line to its last byte', async () => {
    await using server = await startServer(inTurn(200));
    const connection = connect({ token: canary, baseUrl: server.url });
    const events = heard(connection);
    await lastValueFrom(call(connection));
    const attempt = { request: 1, attempt: 1, route };
    const ms: unknown = expect.any(Number);
    await vi.waitFor(() => expect(events).toHaveLength(6));
    expect(events).toEqual([
      { type: 'queued', ...attempt },
      { type: 'sent', ...attempt, ms },
      { type: 'line', queued: 0, active: 1 },
      { type: 'answered', ...attempt, status: 200, ms },
      { type: 'received', ...attempt, status: 200, ms, bytes: '{"id":"x"}'.length },
      { type: 'line', queued: 0, active: 0 },
    ]);
  });

  it('ties the attempts of a call together, and says why and how long it waits', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.01);
    await using server = await startServer(inTurn(503, 503, 500));
    const connection = connect({ token: canary, baseUrl: server.url });
    const events = heard(connection);
    await expect(lastValueFrom(call(connection))).rejects.toThrow('500');
    const told = events.filter(({ type }) => type === 'retrying' || type === 'failed');
    expect(told).toEqual([
      { type: 'retrying', request: 1, attempt: 1, route, reason: '503', waitMs: 3 },
      { type: 'retrying', request: 1, attempt: 2, route, reason: '503', waitMs: 5 },
      { type: 'failed', request: 1, attempt: 3, route, reason: '500' },
    ]);
    expect(events.filter(({ type }) => type === 'sent')).toHaveLength(server.requests.length);
  });

  it('tells of connections that are lost, and of requests that nobody waits for', async () => {
    await using server = await startServer((_, __, raw) => {
      if (raw.url?.includes('lost')) {
        raw.socket.destroy();
      }
    });
    const connection = connect({ token: canary, baseUrl: server.url, retry: { attempts: 1 } });
    const events = heard(connection);
    await expect(lastValueFrom(call(connection, 'lost'))).rejects.toThrow();
    const subscription = call(connection).subscribe();
    await server.until(() => server.requests.length === 2);
    subscription.unsubscribe();
    expect(events.filter(({ type }) => /lost|failed|cancelled/.test(type))).toMatchObject([
      { type: 'lost', request: 1, reason: 'closed' },
      { type: 'failed', request: 1, reason: 'closed' },
      { type: 'cancelled', request: 2 },
    ]);
  });

  it('tells when the server asks for silence, and when the line moves again', async () => {
    const scheduler = new VirtualTimeScheduler();
    await using server = await startServer((_, response) => {
      const first = server.requests.length === 1;
      json(response, {}, first ? 429 : 200, { 'retry-after': '7' });
    });
    const timeouts = { total: Infinity };
    const connection = connect({ token: canary, baseUrl: server.url, scheduler, timeouts });
    const events = heard(connection);
    const done = lastValueFrom(call(connection));
    await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain('retrying'));
    scheduler.flush();
    await done;
    expect(events.filter(({ type }) => /throttled|retrying|resumed/.test(type))).toEqual([
      { type: 'throttled', request: 1, attempt: 1, route, status: 429, waitMs: 7_000 },
      { type: 'retrying', request: 1, attempt: 1, route, reason: '429', waitMs: 7_000 },
      { type: 'resumed' },
    ]);
    expect(events.some(({ type }) => type === 'rate')).toBe(true);
  });

  it('makes no events while nobody listens', async () => {
    await using server = await startServer(inTurn(503, 200));
    const connection = connect({ token: canary, baseUrl: server.url });
    const announce = vi.spyOn(wireOf(connection).hub, 'announce');
    activity(connection).subscribe().unsubscribe();
    await lastValueFrom(call(connection));
    expect(announce).not.toHaveBeenCalled();
  });

  it('holds no id, no query, no body and no key', async () => {
    await using server = await startServer((_, response) => {
      json(response, { detail: `${canary} is wrong` }, 401);
    });
    const connection = connect({ token: canary, baseUrl: server.url });
    const events = heard(connection);
    await expect(lastValueFrom(call(connection, 'thing-1'))).rejects.toThrow();
    expect(events.length).toBeGreaterThan(4);
    expect(inspect(events, { depth: 9 })).not.toMatch(/SECRETKEY|thing-1|why|wrong/);
  });

  it('breaks no request when a listener throws or takes the request back', async () => {
    const thrown: unknown[] = [];
    process.on('uncaughtException', (error) => thrown.push(error));
    const [listener] = process.listeners('uncaughtException').slice(-1);
    await using server = await startServer(inTurn(200));
    const connection = connect({ token: canary, baseUrl: server.url, concurrency: 1 });
    activity(connection)
      .pipe(
        map(({ type }) => {
          if (type === 'sent') {
            throw new Error('of the listener');
          }
        }),
      )
      .subscribe({ error: (error: unknown) => thrown.push(error) });
    expect(await lastValueFrom(call(connection))).toEqual({ id: 'x' });
    expect(thrown).toEqual([new Error('of the listener')]);

    const taken = new Set(['queued', 'sent', 'answered', 'received']);
    for (const type of taken) {
      const listening = activity(connection).subscribe((event) => {
        if (event.type === type) {
          subscription.unsubscribe();
        }
      });
      const subscription = call(connection).subscribe(() => expect.unreachable());
      await vi.waitFor(() => expect(subscription.closed).toBe(true));
      listening.unsubscribe();
    }
    expect(await lastValueFrom(call(connection))).toEqual({ id: 'x' });
    if (listener) {
      process.off('uncaughtException', listener);
    }
  });
});
