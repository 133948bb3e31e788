import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { lastValueFrom, type Observable, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError, ResponseError, StreamError } from '../../src/errors.ts';
import { connect } from '../../src/http/connection.ts';
import { eventStream } from '../../src/http/eventStream.ts';
import { type Answerer, json, startServer, type TestServer } from '../support/server.ts';

interface Event {
  readonly type?: string;
  readonly content?: string;
}

const route = 'POST /api/v1/chat/{session_id}/messages/stream';
const stop = 'event: message\ndata: {"type":"stop"}\n\n';

function stream(url: string): Observable<Event> {
  const connection = connect({
    token: 't',
    baseUrl: url,
    retry: { maxDelay: 5 },
    adaptiveRate: false,
  });
  return eventStream(connection, route, {
    params: { session_id: 'ses-1' },
    body: { prompt: 'hi' },
    isLast: ({ type }: Event) => type === 'stop',
  });
}

function serve(...pieces: (string | Uint8Array)[]): Promise<TestServer> {
  return startServer(async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
}

async function outcome(source: Observable<Event>): Promise<{ events: Event[]; error: unknown }> {
  const events: Event[] = [];
  return new Promise((resolve) => {
    source.subscribe({
      next: (event) => events.push(event),
      error: (error: unknown) => resolve({ events, error }),
      complete: () => resolve({ events, error: undefined }),
    });
  });
}

describe('eventStream', () => {
  it('posts on subscription and emits what the events hold until the last', async () => {
    await using server = await serve(
      ': heartbeat\n\nevent: delta\ndata: {"type":"text_delta","content":"a"}\n\n',
      'data: {"content":"no type"}\r\n\r\nevent: x\nfoo: bar\nretry: no\nid: 1\ndata: {"type":"new"}\n\n',
      'data:\n\n',
      stop,
      'data: {"type":"late"}\n\n',
    );
    const source = stream(server.url);
    expect(server.requests).toHaveLength(0);
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual([
      { type: 'text_delta', content: 'a' },
      { content: 'no type' },
      { type: 'new' },
      { type: 'stop' },
    ]);
    expect(server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/api/v1/chat/ses-1/messages/stream',
      headers: { accept: 'text/event-stream', 'accept-encoding': 'identity' },
    });
    expect(server.requests[0]?.json()).toEqual({ prompt: 'hi' });
  });

  it('completes at the last event although the server keeps the stream open', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(stop);
    });
    expect(await lastValueFrom(stream(server.url).pipe(toArray()))).toEqual([{ type: 'stop' }]);
    await server.until(() => server.sockets() === 0);
  });

  it('makes an error of a stream that ends before its last event, with what was received', async () => {
    await using server = await serve('data: {"type":"text_delta","content":"half"}\n\n');
    const { events, error } = await outcome(stream(server.url));
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({
      kind: 'incomplete',
      received: events,
      receivedCount: 1,
      attempts: 1,
    });
    expect(events).toHaveLength(1);
    expect(server.requests).toHaveLength(1);
  });

  it('makes the same of a connection that breaks, and does not post again', async () => {
    await using server = await startServer(async (_, response, raw) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"type":"text_delta"}\n\n');
      await new Promise((resolve) => setTimeout(resolve, 20));
      raw.socket.destroy();
    });
    const { error } = await outcome(stream(server.url));
    expect(error).toMatchObject({ kind: 'incomplete', received: [{ type: 'text_delta' }] });
    expect((error as StreamError).cause).toMatchObject({ name: 'NetworkError' });
    expect(server.requests).toHaveLength(1);
  });

  it('brings along the end of a stream that was too long to be kept', async () => {
    const content = 'x'.repeat(3_000);
    const event = `data: ${JSON.stringify({ type: 'text_delta', content })}\n\n`;
    await using server = await serve(...Array.from({ length: 50 }, () => event));
    const { events, error } = await outcome(stream(server.url));
    expect(events).toHaveLength(50);
    expect(error).toMatchObject({ kind: 'incomplete', receivedCount: 50 });
    const { received } = error as StreamError;
    expect(received.length).toBeGreaterThanOrEqual(10);
    expect(received.length).toBeLessThanOrEqual(20);
    expect(received).toEqual(events.slice(-received.length));
  });

  it('names every post by a key that all its attempts share', async () => {
    await using server = await startServer((_, response) => {
      if (server.requests.length % 2 === 1) {
        json(response, {}, 429, { 'retry-after': '0' });
      } else {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stop);
      }
    });
    const source = stream(server.url);
    await outcome(source);
    await outcome(source);
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys[1]).toBe(keys[0]);
    expect(keys[2]).not.toBe(keys[0]);
    expect(keys[3]).toBe(keys[2]);
  });

  it('names an event that is not JSON', async () => {
    await using server = await serve('data: {"type":\n\n', stop);
    const { events, error } = await outcome(stream(server.url));
    expect(events).toEqual([]);
    expect(error).toMatchObject({ name: 'StreamError', kind: 'parse' });
  });

  it.each(['null', '[5]', '5', '"x"'])('names an event that is %s', async (data) => {
    await using server = await serve(`data: ${data}\n\n`, stop);
    const { events, error } = await outcome(stream(server.url));
    expect(events).toEqual([]);
    expect(error).toMatchObject({ name: 'StreamError', kind: 'parse' });
  });

  it('does not show the key when the server puts it where JSON is due', async () => {
    await using server = await serve(`data: llx-SECRETKEY123\n\n`);
    const connection = connect({ token: 'llx-SECRETKEY123', baseUrl: server.url });
    const spec = { params: { session_id: 's' }, isLast: () => false };
    const { error } = await outcome(eventStream<Event, typeof route>(connection, route, spec));
    expect(error).toMatchObject({ kind: 'parse' });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('SECRETKEY123');
  });

  it('stops at an event that does not end', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: ');
      const line = 'x'.repeat(2 ** 20);
      const feed = (): void => {
        while (!response.destroyed && response.write(line));
        response.once('drain', feed);
      };
      feed();
    });
    const { error } = await outcome(stream(server.url));
    expect(error).toMatchObject({ name: 'StreamError', kind: 'overflow' });
    await server.until(() => server.sockets() === 0);
  });

  it.each<[string, Answerer, unknown]>([
    ['an error status', (_, response) => json(response, { detail: 'busy' }, 409), HttpError],
    ['JSON in place of events', (_, response) => json(response, { ok: true }), ResponseError],
    ['a web page', (_, response) => void response.end('<html>'), ResponseError],
    ['an empty answer', (_, response) => void response.end(), ResponseError],
  ])('passes on %s', async (_, answer, type) => {
    await using server = await startServer(answer);
    const { error } = await outcome(stream(server.url));
    expect(error).toBeInstanceOf(type);
  });

  it.each([500, 200])(
    'does not wait for ever for the end of an answer of status %i',
    async (status) => {
      await using server = await startServer((_, response) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 2);
        response.on('close', () => clearInterval(drip));
      });
      const connection = connect({ token: 't', baseUrl: server.url, timeouts: { total: 40 } });
      const spec = { params: { session_id: 's' }, isLast: () => false };
      const { error } = await outcome(eventStream<Event, typeof route>(connection, route, spec));
      const late = { name: 'NetworkError', kind: 'timeout' };
      // Of a refusal the status counts.
      const expected = status < 300 ? late : { name: 'HttpError', status, cause: late };
      expect(error).toMatchObject({ ...expected, attempts: 1 });
      await server.until(() => server.sockets() === 0);
    },
  );

  it('lets a stream take longer than any other answer', async () => {
    await using server = await startServer(async (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      await new Promise((resolve) => setTimeout(resolve, 40));
      response.end(stop);
    });
    const connection = connect({ token: 't', baseUrl: server.url, timeouts: { total: 10 } });
    const spec = { params: { session_id: 's' }, isLast: ({ type }: Event) => type === 'stop' };
    const { events } = await outcome(eventStream(connection, route, spec));
    expect(events).toEqual([{ type: 'stop' }]);
  });

  it('reads an error that is compressed, though that was not asked for', async () => {
    await using server = await startServer((_, response) => {
      response
        .writeHead(409, { 'content-encoding': 'gzip' })
        .end(gzipSync('{"detail":"too busy"}'));
    });
    const { error } = await outcome(stream(server.url));
    expect(error).toMatchObject({ status: 409, body: { detail: 'too busy' } });
  });

  it('closes the socket when unsubscribed in the middle, and emits nothing more', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const drip = setInterval(() => response.write('data: {"type":"text_delta"}\n\n'), 1);
      response.on('close', () => clearInterval(drip));
    });
    let seen = 0;
    await new Promise<void>((resolve) => {
      const subscription = stream(server.url).subscribe(() => {
        seen += 1;
        if (seen === 3) {
          subscription.unsubscribe();
          resolve();
        }
      });
    });
    await server.until(() => server.sockets() === 0);
    expect(seen).toBe(3);
  });

  it('does not hold a place in the line while it streams', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"type":"text_delta"}\n\n');
      if (server.requests.length === 2) {
        response.end(stop);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, concurrency: 1 });
    const turn = eventStream<Event, typeof route>(connection, route, {
      params: { session_id: 's' },
      isLast: ({ type }) => type === 'stop',
    });
    const first = turn.subscribe();
    await server.until(() => server.requests.length === 1);
    expect(await lastValueFrom(turn)).toEqual({ type: 'stop' });
    first.unsubscribe();
  });
});
