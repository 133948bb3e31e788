import { lastValueFrom, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ApiError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { request } from '../../src/http/request.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer } from '../support/server.ts';

const route = 'GET /api/v1/things/{thing_id}';
const once1 = { retry: { attempts: 1 } };

function get(url: string, config: ConnectionConfig): Observable<unknown> {
  const connection = connect({ token: 't', baseUrl: url, ...config });
  return request<unknown, typeof route>(connection, route, { params: { thing_id: 'x' } });
}

describe('the timeouts of a request', () => {
  it('gives up on headers, on a stalled body and on the whole call', async () => {
    await using silent = await startServer(() => undefined);
    await using stalled = await startServer((_, response) => {
      response.writeHead(200).write('{');
    });
    await using slow = await startServer((_, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    const timeouts = { headers: 40, bodyGap: 40, total: 200 };
    const message = { kind: 'timeout', ambiguous: true };
    expect(await errorOf(get(silent.url, { ...once1, timeouts }))).toMatchObject(message);
    expect(await errorOf(get(stalled.url, { ...once1, timeouts }))).toMatchObject(message);
    const error = await errorOf(get(slow.url, { ...once1, timeouts }));
    expect(error).toMatchObject(message);
    expect((error as ApiError).message).toContain('timeouts.total');
    await slow.until(() => slow.sockets() === 0);
  });

  it('does not wait for headers longer than it should, interim answers or not', async () => {
    for (const interim of [false, true]) {
      await using silent = await startServer((_, response) => {
        const hints = (): void => response.writeEarlyHints({ link: '</a>; rel=preload' });
        const repeated = interim ? setInterval(hints, 10) : undefined;
        response.on('close', () => clearInterval(repeated));
      });
      const timeouts = { headers: 100, total: Infinity };
      const error = await errorOf(get(silent.url, { ...once1, timeouts }));
      expect(error).toMatchObject({ kind: 'timeout', ambiguous: true, attempts: 1 });
      expect((error as ApiError).message).toContain('no answer in time');
      await silent.until(() => silent.sockets() === 0);
    }
  });

  it('takes the answer that comes after interim ones', async () => {
    await using server = await startServer((_, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      setTimeout(() => json(response, { id: 'x' }), 30);
    });
    const timeouts = { headers: 2_000, total: Infinity };
    expect(await lastValueFrom(get(server.url, { ...once1, timeouts }))).toEqual({ id: 'x' });
  });

  it('tells what was sent when the time for the whole call is over, and why it went on', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const error = await errorOf(get(server.url, { retry: () => 20, timeouts: { total: 150 } }));
    expect(error).toMatchObject({ kind: 'timeout' });
    // The last one may not have arrived yet.
    const unseen = (error as ApiError).attempts - server.requests.length;
    expect([0, 1]).toContain(unseen);
    expect(error).toHaveProperty('cause.status', 503);
    expect((error as ApiError).totalDelayMs).toBeGreaterThan(0);
    expect(server.requests.length).toBeGreaterThan(1);
  });

  // On a busy machine the place may become free before the second call's time is up.
  it(
    'says of a call that stood in line all the time that nothing was sent',
    { retry: 3 },
    async () => {
      await using server = await startServer(() => undefined);
      const connection = connect({
        token: 't',
        baseUrl: server.url,
        concurrency: 1,
        timeouts: { total: 100 },
      });
      const of = (id: string): Observable<unknown> =>
        request<unknown, 'POST /api/v1/things/{id}'>(connection, 'POST /api/v1/things/{id}', {
          params: { id },
          body: {},
        });
      const [first, second] = await Promise.all([errorOf(of('a')), errorOf(of('b'))]);
      expect(first).toMatchObject({ kind: 'timeout', ambiguous: true, attempts: 1 });
      expect(second).toMatchObject({ kind: 'timeout', ambiguous: false, attempts: 0 });
      expect(server.requests).toHaveLength(1);
    },
  );
});
