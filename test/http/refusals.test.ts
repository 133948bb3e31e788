import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import type { ConnectionConfig } from '../../src/http/connectionConfig.ts';
import { eventStream } from '../../src/http/eventStream.ts';
import { request } from '../../src/http/request.ts';
import { startRawServer } from '../faults/support/rawServer.ts';
import { startServer } from '../support/server.ts';

const token = 'SECRETKEY123';

function call(url: string, config: ConnectionConfig = {}): Promise<unknown> {
  const connection = connect({ token, baseUrl: url, retry: { maxDelay: 5 }, ...config });
  return lastValueFrom(request(connection, 'DELETE /api/v1/things', { answer: 'nothing' }));
}

async function refusal(status: number, headers: Record<string, string>, body: string | Buffer) {
  await using server = await startServer((_, response) => {
    response.writeHead(status, headers).end(body);
  });
  return await call(server.url, { maxResponseBytes: 100_000 }).catch((error: unknown) => error);
}

describe('an answer whose encoding is named and whose body is left out', () => {
  it.each([200, 204])('is a success with %d', async (status) => {
    await using server = await startServer((_, response) => {
      response.writeHead(status, { 'content-encoding': 'gzip' }).end();
    });
    expect(await call(server.url)).toBeUndefined();
  });
});

describe('an answer whose encoding is the key', () => {
  it.each([
    ['of JSON', 'application/json', 'unknown encoding'],
    ['of events', 'text/event-stream', 'the events are compressed'],
  ])('does not show it in the error, in whatever case: %s', async (_, type, words) => {
    await using server = await startServer((__, response) => {
      response.writeHead(200, { 'content-encoding': token, 'content-type': type }).end('{}');
    });
    const connection = connect({ token, baseUrl: server.url });
    const source =
      type === 'application/json'
        ? request(connection, 'GET /api/v1/things', {})
        : eventStream(connection, 'POST /api/v1/things', { isLast: () => false });
    const error: unknown = await lastValueFrom(source).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ResponseError', kind: 'decode' });
    expect(String(error)).toContain(words);
    expect(inspect(error, { depth: 8 }).toLowerCase()).not.toContain(token.toLowerCase());
  });

  it('does not show it where it is the type of what should be events', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': `application/${token}` }).end('{}');
    });
    const connection = connect({ token, baseUrl: server.url });
    const source = eventStream(connection, 'POST /api/v1/things', { isLast: () => false });
    const error: unknown = await lastValueFrom(source).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'content-type' });
    expect(inspect(error, { depth: 8 }).toLowerCase()).not.toContain(token.toLowerCase());
  });
});

describe('a refusal', () => {
  it.each([
    ['is damaged', { 'content-encoding': 'gzip' }, 'busy'],
    ['has an unknown encoding', { 'content-encoding': 'rot13' }, 'busy'],
    ['is left out', { 'content-encoding': 'gzip' }, ''],
    ['is larger than allowed', {}, 'x'.repeat(200_000)],
    [
      'complains of a place that is no place',
      {},
      '{"detail":[{"loc":[{"toString":1}],"msg":"m"}]}',
    ],
    [
      'complains of a place without end',
      {},
      `{"detail":[{"loc":${'['.repeat(100_000)}${']'.repeat(100_000)},"msg":"m"}]}`,
    ],
  ])('keeps its status, and is met as that says, where its body %s', async (_, headers, body) => {
    const error = await refusal(503, headers, body);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ status: 503, attempts: 3, detail: [] });
  });

  it.each([401, 404, 422])('keeps its status %d where its body breaks off', async (status) => {
    await using server = await startServer((_, response) => {
      response.writeHead(status, { 'content-length': 100 }).write('{"d');
      response.socket?.end();
    });
    const error = await call(server.url).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'HttpError', status, attempts: 1, detail: [] });
    expect(error).toHaveProperty('cause.kind', 'truncated');
    expect(server.requests).toHaveLength(1);
  });

  it('says of what a lost request has deleted that it is gone, also where its body breaks off', async () => {
    await using server = await startServer((_, response) => {
      if (server.requests.length === 1) {
        response.socket?.resetAndDestroy();
      } else {
        response.writeHead(404, { 'content-length': 100 }).write('{"d');
        response.socket?.end();
      }
    });
    expect(await call(server.url)).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  it('is met as its status says where its body stalls', async () => {
    await using server = await startServer((_, response) => {
      const headers = { 'content-length': 100, 'retry-after': '0' };
      response.writeHead(server.requests.length < 3 ? 429 : 401, headers).write('{"d');
    });
    const error = await call(server.url, { timeouts: { bodyGap: 40 } }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'HttpError', status: 401, attempts: 3 });
  });

  it('does not show the key where the server writes it with escapes', async () => {
    const error = await refusal(400, {}, '{"detail":"\\u0053ECRETKEY123 is no key"}');
    expect(error).toMatchObject({ status: 400, body: { detail: '[redacted] is no key' } });
    expect(inspect(error, { depth: 8 })).not.toContain(token);
  });
});

it('says of a "100 Continue" that nobody asked for what it is', async () => {
  await using server = await startRawServer((socket) => {
    socket.write('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
  });
  const error = await call(server.url).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'NetworkError', kind: 'protocol', attempts: 1 });
  expect(String(error)).toContain('"100 Continue", which was not asked for');
});
