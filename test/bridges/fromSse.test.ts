import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  concat,
  firstValueFrom,
  lastValueFrom,
  NEVER,
  of,
  Subject,
  tap,
  throwError,
  toArray,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromSse, type FromSseConfig, type SseConnectionEvent } from '../../src/bridges/fromSse.ts';
import { toSse } from '../../src/bridges/toSse.ts';
import { HttpError, NetworkError, ResponseError, StreamError } from '../../src/errors.ts';
import { errorOf } from '../support/errorOf.ts';

const fast = { interval: { min: 1, max: 20 } };

/** A server of `node:http` at one port, which can be taken down. */
async function listen(answer: RequestListener, port = 0) {
  const server: Server = createServer(answer).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${own}/feed`,
    port: own,
    server,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** Answers with event streams whose text is given, one an answer, the last one again and again. */
function texts(...answers: string[]): RequestListener {
  let count = 0;
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(answers[Math.min(count, answers.length - 1)]);
    count += 1;
  };
}

/** What an observer of the connection is told. */
function told<T>(config: FromSseConfig<T> = {}) {
  const seen: SseConnectionEvent[] = [];
  return {
    seen,
    config: {
      ...fast,
      ...config,
      connectionObserver: { next: (event: SseConnectionEvent) => void seen.push(event) },
    },
  };
}

/** Text of one event. */
const event = (id: number, data: unknown, name?: string): string =>
  `id: ${id}\n${name === undefined ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
const end = event(99, null, 'end');

describe('fromSse', () => {
  it('goes on where it was when the connection breaks, and completes with the source', async () => {
    const source = new Subject<string>();
    const feed = toSse(source, { shared: true });
    await using server = await listen(feed.handle);
    const { seen, config } = told<string>();
    const values: string[] = [];
    const done = lastValueFrom(
      fromSse<string>(server.url, config).pipe(
        tap((value) => values.push(value)),
        toArray(),
      ),
    );
    await expect.poll(() => source.observed).toBe(true);
    source.next('a');
    source.next('b');
    await expect.poll(() => values).toEqual(['a', 'b']);
    server.server.closeAllConnections();
    source.next('c');
    await expect.poll(() => seen.some(({ type }) => type === 'waiting')).toBe(true);
    source.next('d');
    source.complete();
    expect(await done).toEqual(['a', 'b', 'c', 'd']);
    expect(seen.map(({ type }) => type)).toEqual(['open', 'waiting', 'open']);
  });

  it('waits for a server that is restarted, and is told that the stream begins anew', async () => {
    const first = await listen(toSse(concat(of(1, 2), NEVER)).handle);
    const { seen, config } = told<number>();
    const values: number[] = [];
    const done = lastValueFrom(
      fromSse<number>(first.url, config).pipe(tap((value) => values.push(value))),
    );
    await expect.poll(() => values).toEqual([1, 2]);
    await first.stop();
    await expect
      .poll(() => seen.filter(({ type }) => type === 'waiting').length)
      .toBeGreaterThan(2);
    await using second = await listen(toSse(of(1, 2, 3)).handle, first.port);
    await done;
    expect(second.port).toBe(first.port);
    expect(values).toEqual([1, 2, 1, 2, 3]);
    expect(seen.at(-1)).toEqual({ type: 'gap', missed: null });
  });

  it('tells how many values are missing, in turn with the values', async () => {
    await using server = await listen(
      texts(event(1, 'a') + event(7, { missed: 6 }, 'gap') + event(8, 'b') + end),
    );
    const all: unknown[] = [];
    const connectionObserver = { next: (each: SseConnectionEvent) => void all.push(each) };
    await lastValueFrom(
      fromSse<string>(server.url, { connectionObserver }).pipe(tap((value) => all.push(value))),
    );
    expect(all).toEqual([{ type: 'open' }, 'a', { type: 'gap', missed: 6 }, 'b']);
  });

  it('is an error with the words of the server where the source there has failed', async () => {
    const source = throwError(
      () => new HttpError('GET /x answered 404', { status: 404, body: '', detail: [] }),
    );
    await using server = await listen(toSse(source).handle);
    const error = await errorOf(fromSse(server.url, fast));
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({
      kind: 'server',
      message:
        'GET ' +
        server.url +
        ': the source at the server has failed: The service answered with the status 404.',
      cause: { kind: 'HttpError', status: 404 },
    });
  });

  it('sends what it is given with each connection, asked for anew, and where it was', async () => {
    const requests: unknown[] = [];
    const answers = [`retry: 1\n\n${event(1, 'a')}`, event(2, 'b'), end];
    await using server = await listen((request, response) => {
      const { authorization, 'last-event-id': id } = request.headers;
      void text(request).then((body) => {
        requests.push([request.method, authorization, id, body]);
        texts(answers.shift() ?? '')(request, response);
      });
    });
    let token = 0;
    const request = (): RequestInit => ({
      method: 'POST',
      body: 'all',
      headers: { authorization: `Bearer ${(token += 1)}` },
    });
    const values = fromSse<string>(server.url, { ...fast, request, lastEventId: 'ü0' });
    expect(await lastValueFrom(values.pipe(toArray()))).toEqual(['a', 'b']);
    expect(requests).toEqual([
      ['POST', 'Bearer 1', Buffer.from('ü0').toString('latin1'), 'all'],
      ['POST', 'Bearer 2', '1', 'all'],
      ['POST', 'Bearer 3', '2', 'all'],
    ]);
  });

  it('does not come back where it is sent away', async () => {
    await using server = await listen((_, response) => response.writeHead(204).end());
    expect(await lastValueFrom(fromSse(server.url).pipe(toArray()))).toEqual([]);
  });

  it.each([
    [401, HttpError],
    [404, HttpError],
    [200, ResponseError],
  ])('is an error at once where it is refused with %d', async (status, kind) => {
    let requests = 0;
    await using server = await listen((_, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'text/html' }).end('<p>no</p>');
    });
    const error = await errorOf(fromSse(server.url, fast));
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toContain('GET http://127.0.0.1');
    expect(requests).toBe(1);
  });

  it('waits as long as a busy server asks, at least', async () => {
    const times: number[] = [];
    await using server = await listen((request, response) => {
      times.push(performance.now());
      if (times.length === 1) {
        response.writeHead(503, { 'retry-after': '1' }).end();
      } else {
        texts(end)(request, response);
      }
    });
    await lastValueFrom(fromSse(server.url, fast), { defaultValue: undefined });
    const [first = NaN, second = NaN] = times;
    expect(second - first).toBeGreaterThan(990);
  });

  it('waits longer each time up to the bound, and briefly again after a value', async () => {
    const { seen, config } = told({ interval: { min: 4, max: 8 } });
    await using server = await listen(texts('', '', '', '', event(1, 'a'), end));
    await lastValueFrom(fromSse(server.url, config));
    const waits = seen.flatMap((each) => (each.type === 'waiting' ? [each.wait] : []));
    const bounds = [4, 8, 8, 8, 4];
    expect(waits).toHaveLength(bounds.length);
    waits.forEach((wait, at) => {
      expect(wait).toBeGreaterThanOrEqual((bounds[at] ?? NaN) / 2);
      expect(wait).toBeLessThanOrEqual(bounds[at] ?? NaN);
    });
  });

  it('gives up with the last failure when its patience is over', async () => {
    const { url, stop } = await listen(() => undefined);
    await stop();
    const error = await errorOf(fromSse(url, { ...fast, patience: 30 }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ kind: 'closed', retryable: true });
  });

  it('connects again where a connection has fallen silent', async () => {
    let requests = 0;
    await using server = await listen((_, response) => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      if (requests === 1) {
        response.write(event(1, 'a'));
      } else {
        response.end(end);
      }
    });
    const { seen, config } = told<string>({ silence: 40 });
    expect(await lastValueFrom(fromSse<string>(server.url, config))).toBe('a');
    expect(seen[1]).toMatchObject({ type: 'waiting', error: { kind: 'timeout' } });
  });

  it('closes the connection at once when it is unsubscribed, also before there is an answer', async () => {
    for (const answers of [true, false]) {
      let closed: Promise<unknown> | undefined;
      await using server = await listen((_, response) => {
        closed = once(response, 'close');
        if (answers) {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event(1, 'a'));
        }
      });
      const subscription = fromSse(server.url).subscribe();
      await expect.poll(() => closed !== undefined).toBe(true);
      subscription.unsubscribe();
      await closed;
    }
  });

  it('waits no longer when it is unsubscribed', async () => {
    const { url, stop } = await listen(() => undefined);
    await stop();
    const { seen, config } = told({ interval: { min: 60_000, max: 60_000 } });
    const timers = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    const before = timers();
    const subscription = fromSse(url, config).subscribe();
    await expect.poll(() => seen.length).toBe(1);
    subscription.unsubscribe();
    expect(timers()).toBe(before);
  });

  it('is an error where a value cannot be read, and does not come back', async () => {
    await using server = await listen(texts('id: 1\ndata: {half\n\n'));
    expect(await errorOf(fromSse(server.url, fast))).toBeInstanceOf(SyntaxError);
    const parse = (data: string, name: string): string => `${name}:${data}`;
    expect(await firstValueFrom(fromSse(server.url, { ...fast, parse }))).toBe('message:{half');
  });

  it.each<[FromSseConfig<unknown>, string]>([
    [{ interval: { min: 0 } }, 'interval must be positive'],
    [{ interval: { min: 5, max: 4 } }, 'min at most max'],
    [{ silence: 0 }, 'silence must be from 1'],
    [{ patience: NaN }, 'patience must be from 1'],
  ])('refuses %o when called', (config, message) => {
    expect(() => fromSse('http://127.0.0.1/', config)).toThrow(message);
  });
});
