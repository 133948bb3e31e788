import { lastValueFrom, type Observable, of, throwError, VirtualTimeScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import { connect, type Connection, wireOf } from '../../src/http/connection.ts';
import { request } from '../../src/http/request.ts';
import type { RetryFailure, RetryPolicy } from '../../src/http/retryPolicy.ts';
import { retryTransient } from '../../src/http/retryTransient.ts';
import { upload } from '../../src/http/upload.ts';
import { json, startServer } from '../support/server.ts';

const read = 'GET /api/v1/things';
const create = 'POST /api/v1/things';

function connectTo(baseUrl: string, retry: RetryPolicy): Connection {
  return connect({ token: 't', baseUrl, retry });
}

function call(connection: Connection, route: typeof read | typeof create): Observable<unknown> {
  return request<unknown, typeof route>(connection, route, {});
}

describe('a retry policy of the user', () => {
  it('decides after each failure, knowing what is known', async () => {
    await using server = await startServer((_, response) => {
      json(response, { detail: 'not yet' }, server.requests.length < 5 ? 404 : 200);
    });
    const asked: RetryFailure[] = [];
    const connection = connectTo(server.url, (failure) => {
      asked.push(failure);
      return failure.error instanceof HttpError && failure.error.status === 404 ? 1 : undefined;
    });
    // More often than the usual policy would, and for what it takes for final.
    expect(await lastValueFrom(call(connection, read))).toEqual({ detail: 'not yet' });
    expect(asked.map(({ attempts }) => attempts)).toEqual([1, 2, 3, 4]);
    expect(asked[0]).toMatchObject({
      route: read,
      retryClass: 'safe',
      mayHaveArrived: true,
      defaultWaitMs: undefined,
      error: { status: 404 },
    });
  });

  it('can leave it at what the usual policy would do, or pass everything on', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const waits: unknown[] = [];
    const usual = connectTo(server.url, ({ defaultWaitMs }) => {
      waits.push(defaultWaitMs);
      return defaultWaitMs === undefined ? undefined : 0;
    });
    await expect(lastValueFrom(call(usual, read))).rejects.toMatchObject({ attempts: 3 });
    expect(waits).toEqual([expect.any(Number), expect.any(Number), undefined]);
    const never = connectTo(server.url, () => undefined);
    await expect(lastValueFrom(call(never, read))).rejects.toMatchObject({ attempts: 1 });
  });

  it('sends what may have been done already again only when it says so in as many words', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const hasty = connectTo(server.url, () => 0);
    await expect(lastValueFrom(call(hasty, create))).rejects.toMatchObject({ attempts: 1 });
    expect(server.requests).toHaveLength(1);
    const knowing = connectTo(server.url, ({ attempts }) =>
      attempts < 3 ? { waitMs: 0, mayRepeat: true } : undefined,
    );
    await expect(lastValueFrom(call(knowing, create))).rejects.toMatchObject({ attempts: 3 });
    expect(server.requests).toHaveLength(4);
    expect(
      new Set(server.requests.slice(1).map(({ headers }) => headers['idempotency-key'])).size,
    ).toBe(1);
  });

  it('is not asked about what can be read only once', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url, () => ({ waitMs: 0, mayRepeat: true }));
    const sent = upload(connection, 'POST /api/v1/beta/directories/{directory_id}/files/upload', {
      params: { directory_id: 'dir-1' },
      fileField: 'upload_file',
      file: new Blob(['text']).stream(),
    });
    await expect(lastValueFrom(sent)).rejects.toMatchObject({ status: 503, attempts: 1 });
    expect(server.requests).toHaveLength(1);
  });

  it.each([NaN, -1, Infinity])('fails on a wait of %d', async (wait) => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url, () => wait);
    await expect(lastValueFrom(call(connection, read))).rejects.toThrow(/retry policy.*got/);
  });

  it('passes on what it throws', async () => {
    await using server = await startServer((_, response) => json(response, {}, 503));
    const connection = connectTo(server.url, () => {
      throw new Error('of the policy');
    });
    await expect(lastValueFrom(call(connection, read))).rejects.toThrow('of the policy');
  });

  it('waits as long as it says, on the scheduler of the connection', () => {
    const scheduler = new VirtualTimeScheduler();
    const wire = wireOf(connect({ token: 't', scheduler, retry: () => 12_345 }));
    const failure = new HttpError('x', { status: 500, body: {}, detail: [] });
    const values: unknown[] = [];
    retryTransient(
      wire,
      ({ attempt }) => (attempt === 1 ? throwError(() => failure) : of(attempt)),
      { route: read, retryClass: 'safe' },
    ).subscribe((value) => values.push(value));
    scheduler.flush();
    expect(values).toEqual([2]);
    expect(scheduler.now()).toBe(12_345);
  });
});
