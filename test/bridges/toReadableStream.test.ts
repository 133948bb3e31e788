import { EMPTY, finalize, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OverflowError } from '../../src/bridges/overflow.ts';
import { toReadableStream } from '../../src/bridges/toReadableStream.ts';
import { byToken, paginate } from '../../src/http/paginate.ts';

/** A list of so many pages of two numbers each, and which of its pages were asked for. */
function numbered(pages: number) {
  const asked: number[] = [];
  const list = paginate('GET /api/v1/list', undefined, byToken, (token: string | undefined) => {
    const n = Number(token ?? 0);
    asked.push(n);
    return of({
      items: [n * 2, n * 2 + 1],
      next_page_token: n + 1 < pages ? String(n + 1) : null,
    });
  });
  return { list, asked };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function all<T>(stream: ReadableStream<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of stream) {
    values.push(value);
  }
  return values;
}

describe('toReadableStream', () => {
  it('gives every value of a stream or a list, then closes', async () => {
    expect(await all(toReadableStream(range(1, 4)))).toEqual([1, 2, 3, 4]);
    expect(await all(toReadableStream(numbered(2).list))).toEqual([0, 1, 2, 3]);
    expect(await all(toReadableStream(EMPTY))).toEqual([]);
  });

  it('asks for nothing before it is read', async () => {
    const { list, asked } = numbered(2);
    let subscribed = 0;
    const pulled = toReadableStream(list);
    const pushed = toReadableStream(
      new Observable<number>(() => {
        subscribed += 1;
      }),
    );
    await turn();
    expect(asked).toEqual([]);
    expect(subscribed).toBe(0);
    await Promise.all([pulled.cancel(), pushed.cancel()]);
  });

  it('fetches a page of a list when the items before it are read', async () => {
    const { list, asked } = numbered(1_000);
    const reader = toReadableStream(list).getReader();
    for (const expected of [[0], [0], [0, 1], [0, 1], [0, 1, 2]]) {
      await reader.read();
      await turn();
      expect(asked).toEqual(expected);
    }
    await reader.cancel();
    await turn();
    expect(asked).toEqual([0, 1, 2]);
  });

  it('holds a list back while a pipe is full', async () => {
    const { list, asked } = numbered(1_000);
    const gate = Promise.withResolvers<undefined>();
    const controller = new AbortController();
    const slow = new WritableStream<number>({ write: () => gate.promise });
    const piping = toReadableStream(list).pipeTo(slow, { signal: controller.signal });
    for (let n = 0; n < 10; n += 1) {
      await turn();
    }
    expect(asked).toEqual([0]);
    controller.abort(new Error('stop'));
    gate.resolve(undefined);
    await expect(piping).rejects.toThrow('stop');
  });

  it('aborts the page under way when it is cancelled', async () => {
    let aborted = 0;
    const list = paginate(
      'GET /api/v1/list',
      undefined,
      byToken,
      () => new Observable<{ items: number[] }>(() => () => (aborted += 1)),
    );
    const reader = toReadableStream(list).getReader();
    const reading = reader.read();
    await turn();
    await reader.cancel();
    expect(aborted).toBe(1);
    expect(await reading).toEqual({ done: true, value: undefined });
  });

  it('unsubscribes when it is cancelled, also while it waits', async () => {
    let closed = 0;
    const reader = toReadableStream(NEVER.pipe(finalize(() => (closed += 1)))).getReader();
    const reading = reader.read();
    await turn();
    await reader.cancel('enough');
    expect(closed).toBe(1);
    expect(await reading).toEqual({ done: true, value: undefined });
  });

  it('fails with the error of the source, after what came before', async () => {
    const broken = new Error('broken');
    const feed = new Subject<number>();
    const reader = toReadableStream(feed).getReader();
    const first = reader.read();
    await turn();
    feed.next(1);
    feed.next(2);
    feed.error(broken);
    expect(await first).toEqual({ done: false, value: 1 });
    expect(await reader.read()).toEqual({ done: false, value: 2 });
    await expect(reader.read()).rejects.toBe(broken);
    await expect(all(toReadableStream(throwError(() => broken)))).rejects.toBe(broken);
  });

  it('keeps of a stream what the strategy says', async () => {
    expect(await all(toReadableStream(range(1, 5), { strategy: 'latest' }))).toEqual([1, 5]);
    expect(await all(toReadableStream(range(1, 5), { strategy: 'drop', capacity: 2 }))).toEqual([
      1, 2, 3,
    ]);
    const tooMuch = toReadableStream(range(1, 5), { strategy: 'error' });
    await expect(all(tooMuch)).rejects.toBeInstanceOf(OverflowError);
  });

  it('is the body of a Response', async () => {
    const text = new TextEncoder();
    const stream = toReadableStream(of(text.encode('two '), text.encode('words')));
    expect(await new Response(stream).text()).toBe('two words');
  });

  it('refuses when called what cannot be meant', () => {
    expect(() => toReadableStream(EMPTY, { capacity: 0 })).toThrow(
      new RangeError(
        'toReadableStream: capacity must be a whole number from 1, or Infinity, got 0',
      ),
    );
  });
});
