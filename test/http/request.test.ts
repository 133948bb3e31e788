import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { firstValueFrom, lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { ApiError, HttpError, NetworkError, ResponseError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { request } from '../../src/http/request.ts';
import { errorOf } from '../support/errorOf.ts';
import { json, startServer } from '../support/server.ts';

const canary = 'llx-SECRETKEY123';
const route = 'GET /api/v1/things/{thing_id}';
const once1 = { retry: { attempts: 1 } };

function get(url: string, config: ConnectionConfig = {}): Observable<unknown> {
  const connection = connect({ token: canary, baseUrl: url, ...config });
  return request<unknown, typeof route>(connection, route, { params: { thing_id: 'a:b+' } });
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? '') : ''}`;
}

describe('request', () => {
  it('sends nothing before it is subscribed and one request for each subscription', async () => {
    await using server = await startServer((_, response) => json(response, { id: 'x' }));
    const call = get(server.url, { projectId: 'prj-1', organizationId: 'org-1' });
    expect(server.requests).toHaveLength(0);
    expect(server.sockets()).toBe(0);

    expect(await lastValueFrom(call.pipe(toArray()))).toEqual([{ id: 'x' }]);
    await lastValueFrom(call);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/v1/things/a%3Ab%2B?project_id=prj-1&organization_id=org-1',
      'GET /api/v1/things/a%3Ab%2B?project_id=prj-1&organization_id=org-1',
    ]);
    expect(server.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${canary}`,
      accept: 'application/json',
    });
  });

  it("prefers a call's project to the connection's, repeats arrays, leaves out what is null", async () => {
    await using server = await startServer((_, response) => json(response, {}));
    const connection = connect({ token: 't', baseUrl: `${server.url}/gate`, projectId: 'prj-1' });
    await lastValueFrom(
      request(connection, 'POST /api/v1/things', {
        query: { project_id: 'prj-2', ids: ['a', 'b&c'], none: null, absent: undefined, no: false },
        body: { name: 'ü' },
        headers: { 'x-extra': 'yes', 'x-none': null },
      }),
    );
    const [seen] = server.requests;
    expect(seen?.url).toBe('/gate/api/v1/things?project_id=prj-2&ids=a&ids=b%26c&no=false');
    expect(seen?.json()).toEqual({ name: 'ü' });
    expect(seen?.headers).toMatchObject({ 'content-type': 'application/json', 'x-extra': 'yes' });
    expect(seen?.headers).not.toHaveProperty('x-none');
    expect(seen?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each(['', '.', '..'])('refuses the path value %j when called', (thing_id) => {
    const connection = connect({ token: 't', baseUrl: 'http://127.0.0.1:1' });
    expect(() => request(connection, route, { params: { thing_id } })).toThrow(/thing_id/);
  });

  it('closes the socket when unsubscribed while waiting for the headers', async () => {
    await using server = await startServer(() => undefined);
    const subscription = get(server.url).subscribe();
    await server.until(() => server.requests.length === 1);
    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
  });

  it('closes the socket when unsubscribed in the middle of the body', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"a":');
    });
    const subscription = get(server.url).subscribe();
    await server.until(() => server.requests.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    subscription.unsubscribe();
    await server.until(() => server.sockets() === 0);
  });

  it('never sends a request that is unsubscribed in the line', async () => {
    const held: (() => void)[] = [];
    await using server = await startServer((_, response) => {
      held.push(() => json(response, {}));
    });
    const connection = connect({ token: 't', baseUrl: server.url, concurrency: 1 });
    const call = (id: string): Observable<unknown> =>
      request(connection, route, { params: { thing_id: id } });
    const first = lastValueFrom(call('first'));
    const queued = call('queued').subscribe();
    await server.until(() => held.length === 1);
    queued.unsubscribe();
    const third = lastValueFrom(call('third'));
    held[0]?.();
    await first;
    await server.until(() => held.length === 2);
    held[1]?.();
    await third;
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/api/v1/things/first',
      '/api/v1/things/third',
    ]);
  });

  it('is not held up by a subscriber that unsubscribes in the value', async () => {
    await using server = await startServer((_, response) => json(response, 1));
    expect(await firstValueFrom(get(server.url))).toBe(1);
  });

  it('turns an error answer into an HttpError that says all it knows and not the token', async () => {
    await using server = await startServer((_, response) =>
      json(response, { detail: `no thing for ${canary}` }, 404, { 'x-request-id': 'req-7' }),
    );
    const error = await errorOf(get(server.url));
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({
      name: 'HttpError',
      message: `${route} answered 404: no thing for [redacted]`,
      status: 404,
      route,
      requestId: 'req-7',
      attempts: 1,
      retryable: false,
      body: { detail: 'no thing for [redacted]' },
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
    expect(JSON.stringify(error)).not.toContain(canary);
  });

  it('reads the complaints of a 422', async () => {
    const detail = [{ loc: ['body', 'name'], msg: 'Field required', type: 'missing' }];
    await using server = await startServer((_, response) => json(response, { detail }, 422));
    expect(await errorOf(get(server.url))).toMatchObject({
      message: `${route} answered 422: body.name: Field required`,
      detail,
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
    ['identity', (text: string) => Buffer.from(text)],
  ])('undoes the encoding %s', async (encoding, compress) => {
    await using server = await startServer((_, response) => {
      response
        .writeHead(200, { 'content-encoding': encoding })
        .end(compress(JSON.stringify({ text: 'ü'.repeat(5000) })));
    });
    expect(await lastValueFrom(get(server.url))).toEqual({ text: 'ü'.repeat(5000) });
  });

  it('stops at the size limit before and after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, 32));
    await using server = await startServer(({ url }, response) => {
      if (url.includes('bomb')) {
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
      } else {
        response.end('x'.repeat(200_000));
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, maxResponseBytes: 100_000 });
    for (const thing_id of ['bomb', 'plain']) {
      const error = await errorOf(request(connection, route, { params: { thing_id } }));
      expect(error).toBeInstanceOf(ResponseError);
      expect(error).toMatchObject({ kind: 'too-large' });
    }
  });

  it.each([
    ['too many encodings', { 'content-encoding': 'gzip, gzip, gzip' }, 'x', 'decode'],
    ['an unknown encoding', { 'content-encoding': 'rot13' }, 'x', 'decode'],
    ['a damaged encoding', { 'content-encoding': 'gzip' }, 'x', 'decode'],
    ['a web page', { 'content-type': 'text/html' }, '<html><title>Sign in</title>', 'content-type'],
    ['cut JSON', {}, '{"a":', 'parse'],
    ['an empty answer', {}, '', 'parse'],
  ])('names %s', async (_, headers, body, kind) => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, headers).end(body);
    });
    const error = await errorOf(get(server.url));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ kind });
  });

  it('sends a read again after a passing failure, and emits once', async () => {
    await using server = await startServer((_, response) => {
      json(response, { n: server.requests.length }, server.requests.length < 3 ? 503 : 200);
    });
    const fast = { retry: { maxDelay: 5 } };
    expect(await lastValueFrom(get(server.url, fast).pipe(toArray()))).toEqual([{ n: 3 }]);
  });

  it('gives up after the set number of attempts and says how many there were', async () => {
    await using server = await startServer((_, response) => json(response, {}, 500));
    const error = await errorOf(get(server.url, { retry: { attempts: 2, maxDelay: 5 } }));
    expect(error).toMatchObject({ status: 500, attempts: 2, retryable: true });
    expect(server.requests).toHaveLength(2);
  });

  it.each([500, 503, 408])('never sends a POST again after %d', async (status) => {
    await using server = await startServer((_, response) => json(response, {}, status));
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 5 } });
    const call = request(connection, 'POST /api/v1/things', { body: {} });
    expect(await errorOf(call)).toMatchObject({ status, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it('never sends a POST again after the connection broke', async () => {
    await using server = await startServer((_, __, raw) => void raw.socket.destroy());
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 5 } });
    const error = await errorOf(request(connection, 'POST /api/v1/things', { body: {} }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ kind: 'closed', ambiguous: true, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it('sends a POST again after a 429, with the same idempotency key', async () => {
    await using server = await startServer((_, response) => {
      json(response, {}, server.requests.length === 1 ? 429 : 200);
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 5 } });
    await lastValueFrom(request(connection, 'POST /api/v1/things', { body: {} }));
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('does not wait longer than allowed, but tells how long the server wants', async () => {
    await using server = await startServer((_, response) =>
      json(response, {}, 429, { 'retry-after': '30' }),
    );
    expect(await errorOf(get(server.url))).toMatchObject({
      status: 429,
      attempts: 1,
      retryAfterMs: 30_000,
    });
  });

  it('takes a 404 for success when its own lost DELETE was there before', async () => {
    await using server = await startServer((_, response, raw) => {
      if (server.requests.length === 1) {
        raw.socket.destroy();
      } else {
        json(response, { detail: 'gone' }, 404);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 5 } });
    const call = request(connection, 'DELETE /api/v1/things', { answer: 'nothing' });
    expect(await lastValueFrom(call.pipe(toArray()))).toEqual([undefined]);
    expect(await errorOf(call)).toMatchObject({ status: 404 });
  });

  it('remembers a lost DELETE over a 429 that comes between', async () => {
    await using server = await startServer((_, response, raw) => {
      const { length } = server.requests;
      if (length === 1) {
        raw.socket.destroy();
      } else {
        json(response, {}, length === 2 ? 429 : 404, { 'retry-after-ms': '1' });
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 5 } });
    const call = request(connection, 'DELETE /api/v1/things', { answer: 'nothing' });
    expect(await lastValueFrom(call.pipe(toArray()))).toEqual([undefined]);
    expect(server.requests).toHaveLength(3);
  });

  it('names a refused connection, which no request has reached', async () => {
    const unused = createServer().listen(0, '127.0.0.1');
    await once(unused, 'listening');
    const address = unused.address();
    unused.close();
    await once(unused, 'close');
    const port = typeof address === 'object' ? address?.port : undefined;
    const error = await errorOf(get(`http://127.0.0.1:${port ?? ''}`, once1));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ kind: 'connect', code: 'ECONNREFUSED', ambiguous: false });
  });

  it('names an answer that breaks off, and what is not HTTP', async () => {
    const answers = ['HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"a":1', 'SSH-2.0-x\r\n'];
    const raw = createServer((socket) => {
      socket.once('data', () => socket.end(answers.shift() ?? ''));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const url = urlOf(raw);
    expect(await errorOf(get(url, once1))).toMatchObject({ kind: 'truncated' });
    expect(await errorOf(get(url, once1))).toMatchObject({ kind: 'protocol' });
    raw.close();
  });

  it.each([
    ['sends back what it is sent', (sent: string) => sent],
    ['puts the key into a page', () => `HTTP/1.1 200 OK\r\n\r\n<title>no ${canary}</title>`],
    ['puts the key where JSON is due', () => `HTTP/1.1 200 OK\r\n\r\n${canary}`],
    ['puts the key into the id', () => `HTTP/1.1 500 x\r\nx-request-id: ${canary}\r\n\r\n`],
  ])('does not show the key when the server %s', async (_, answer) => {
    const raw = createServer((socket) => {
      socket.once('data', (sent) => socket.end(answer(sent.toString())));
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(raw, 'listening');
    const error = await errorOf(get(urlOf(raw), once1));
    raw.close();
    expect(error).toBeInstanceOf(ApiError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(canary);
    expect(JSON.stringify(error)).not.toContain(canary);
  });

  it('closes a socket that is being connected when unsubscribed, and no other', async () => {
    const sockets = new Set<Socket>();
    // Takes connections and says nothing, so that the TLS handshake never ends.
    const mute = createServer((socket) => {
      sockets.add(socket.resume());
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const connection = connect({ token: 't', baseUrl: urlOf(mute).replace('http:', 'https:') });
    const [first, second] = ['1', '2'].map((thing_id) =>
      request(connection, route, { params: { thing_id } }).subscribe({
        error: () => expect.unreachable(),
      }),
    );
    await vi.waitUntil(() => sockets.size === 2, { interval: 2 });
    first?.unsubscribe();
    await vi.waitUntil(() => sockets.size === 1, { interval: 2 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sockets.size).toBe(1);
    second?.unsubscribe();
    await vi.waitUntil(() => sockets.size === 0, { interval: 2 });
    mute.close();
  });

  it('takes a byte order mark for none of the JSON', async () => {
    await using server = await startServer((_, response) => {
      response.end('\uFEFF{"id":"x"}');
    });
    expect(await lastValueFrom(get(server.url))).toEqual({ id: 'x' });
  });

  it('does not follow a redirect', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    expect(await errorOf(get(server.url))).toMatchObject({ status: 302 });
    expect(server.requests).toHaveLength(1);
  });

  it('keeps __proto__ in an answer from reaching any prototype', async () => {
    await using server = await startServer((_, response) => {
      response.end('{"__proto__":{"polluted":true}}');
    });
    await lastValueFrom(get(server.url));
    expect({}).not.toHaveProperty('polluted');
  });
});
