import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { serve } from '@hono/node-server';
import { Subject } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { type SseFeed, toSse } from '../../src/bridges/toSse.ts';

const servers = {
  handle: (feed: SseFeed) => createServer(feed.handle).listen(0, '127.0.0.1'),
  response: (feed: SseFeed) => serve({ fetch: feed.response, port: 0, hostname: '127.0.0.1' }),
};

async function start(kind: keyof typeof servers, feed: SseFeed) {
  const server = servers[kind](feed);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      await once(server.close(), 'close');
    },
  };
}

/** An answer that nobody reads yet. */
async function open(url: string, method = 'GET'): Promise<IncomingMessage> {
  const call = request(url, { method, agent: false }).end();
  const [answer] = (await once(call, 'response')) as [IncomingMessage];
  return answer;
}

describe.each(['handle', 'response'] as const)('%s', (kind) => {
  it('holds messages back from a client that does not read, and leaves out the oldest', async () => {
    const count = 20_000;
    const source = new Subject<{ at: number; filling: string }>();
    const feed = toSse(source, { keep: 100 });
    await using server = await start(kind, feed);
    const answer = await open(server.url);
    await vi.waitFor(() => expect(source.observed).toBe(true));

    const filling = 'x'.repeat(1_000);
    for (let at = 1; at <= count; at += 1) {
      source.next({ at, filling });
      if (at % 500 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    source.complete();

    const body = await text(answer);
    const numbers = [...body.matchAll(/"at":(\d+)/g)].map(([, at]) => Number(at));
    const gaps = [...body.matchAll(/^event: gap\nid: .*\ndata: {"missed":(\d+)}/gm)];
    const missed = gaps.reduce((sum, [, some]) => sum + Number(some), 0);
    expect(missed).toBeGreaterThan(0);
    expect(numbers.length + missed).toBe(count);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    expect(numbers.slice(-99)).toEqual(Array.from({ length: 99 }, (_, at) => count - 98 + at));
    expect(body).toMatch(/event: end\nid: [\da-f]{8}\.end\ndata: null\n\n$/);
  });

  it('does not keep a fast client waiting for a slow one', async () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true, keep: 10, linger: 0 });
    await using server = await start(kind, feed);
    const slow = await open(server.url);
    const fast = await open(server.url);
    await vi.waitFor(() => expect(source.observed).toBe(true));
    let read = 0;
    let gaps = 0;
    fast.setEncoding('utf8').on('data', (piece: string) => {
      read += piece.length;
      gaps += Number(piece.includes('event: gap'));
    });

    const filling = 'x'.repeat(100_000);
    for (let at = 1; at <= 200; at += 1) {
      source.next(filling);
      await vi.waitFor(() => expect(read).toBeGreaterThan(at * filling.length), { interval: 1 });
    }

    expect(gaps).toBe(0);
    slow.destroy();
    fast.destroy();
    await vi.waitFor(() => expect(source.observed).toBe(false));
  });

  it('answers HEAD with the headers alone', async () => {
    const source = new Subject<string>();
    await using server = await start(kind, toSse(source));

    const answer = await open(server.url, 'HEAD');

    expect(answer.headers['content-type']).toBe('text/event-stream');
    expect(await text(answer)).toBe('');
    expect(source.observed).toBe(false);
  });

  it('sends a first byte before the first message', async () => {
    await using server = await start(kind, toSse(new Subject()));
    const answer = await open(server.url);

    const [piece] = (await once(answer, 'data')) as [Buffer];

    expect(piece.toString()).toBe(':\n\n');
    answer.destroy();
  });
});

describe('a client that has left', () => {
  it('before handle was called is not subscribed', async () => {
    const source = new Subject<string>();
    const feed = toSse(source);
    const late = Promise.withResolvers<boolean>();
    const server = createServer((incoming, response) => {
      response.once('close', () => {
        feed.handle(incoming, response);
        late.resolve(source.observed);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const call = request({ port, agent: false }).on('error', () => undefined);
    call.end();
    await once(server, 'request');

    call.destroy();

    expect(await late.promise).toBe(false);
    server.close();
  });

  it('before response was called is not subscribed, and later is unsubscribed', async () => {
    const source = new Subject<string>();
    const feed = toSse(source);
    const leaving = new AbortController();
    const { signal } = leaving;

    const answer = feed.response(new Request('http://a/', { signal }));
    expect(source.observed).toBe(true);
    leaving.abort();
    expect(source.observed).toBe(false);
    expect(await answer.text()).toBe(':\n\n');

    const late = feed.response(new Request('http://a/', { signal }));
    expect(source.observed).toBe(false);
    expect(await late.text()).toBe(':\n\n');
  });

  it('by cancelling the body is unsubscribed', async () => {
    const source = new Subject<string>();
    const { body } = toSse(source).response(new Request('http://a/'));

    await body?.cancel();

    expect(source.observed).toBe(false);
  });
});
