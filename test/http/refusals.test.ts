import { inspect } from 'node:util';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect, type ConnectionConfig } from '../../src/http/connection.ts';
import { request } from '../../src/http/request.ts';
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

  it('does not show the key where the server writes it with escapes', async () => {
    const error = await refusal(400, {}, '{"detail":"\\u0053ECRETKEY123 is no key"}');
    expect(error).toMatchObject({ status: 400, body: { detail: '[redacted] is no key' } });
    expect(inspect(error, { depth: 8 })).not.toContain(token);
  });
});
