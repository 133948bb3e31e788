import fc from 'fast-check';
import { concat, EMPTY, finalize, NEVER, Observable, of, range, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type OverflowConfig, OverflowError } from '../../src/bridges/overflow.ts';
import { toAsyncIterable, type ToAsyncIterableConfig } from '../../src/bridges/toAsyncIterable.ts';

const done = { done: true, value: undefined };
const given = (value: number) => ({ done: false, value });

/** A stream that the test feeds, its subscriptions counted. */
function fed<T = string>(): {
  readonly feed: Subject<T>;
  readonly source: Observable<T>;
  readonly log: { subscribed: number; unsubscribed: number };
} {
  const feed = new Subject<T>();
  const log = { subscribed: 0, unsubscribed: 0 };
  const source = new Observable<T>((subscriber) => {
    log.subscribed += 1;
    subscriber.add(() => (log.unsubscribed += 1));
    return feed.subscribe(subscriber);
  });
  return { feed, source, log };
}

function walk<T>(source: Observable<T>, config?: ToAsyncIterableConfig): AsyncIterator<T> {
  return toAsyncIterable(source, config)[Symbol.asyncIterator]();
}

describe('toAsyncIterable', () => {
  it('gives every value in order, then ends', async () => {
    const seen: number[] = [];
    for await (const value of toAsyncIterable(range(1, 5))) {
      seen.push(value);
      await Promise.resolve();
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('keeps what comes while nobody asks, as its docs draw it', async () => {
    const { feed, source } = fed();
    const iterator = walk(source);
    const first = iterator.next();
    feed.next('a');
    feed.next('b');
    expect(await first).toEqual({ done: false, value: 'a' });
    expect(await iterator.next()).toEqual({ done: false, value: 'b' });
    const third = iterator.next();
    feed.next('c');
    expect(await third).toEqual({ done: false, value: 'c' });
    const last = iterator.next();
    feed.complete();
    expect(await last).toEqual(done);
    expect(await iterator.next()).toEqual(done);
  });

  it('subscribes when a loop asks for its first value, and for each loop anew', async () => {
    const { feed, source, log } = fed();
    const iterable = toAsyncIterable(source);
    const one = iterable[Symbol.asyncIterator]();
    const other = iterable[Symbol.asyncIterator]();
    expect(log.subscribed).toBe(0);
    const asked = [one.next(), other.next()];
    expect(log.subscribed).toBe(2);
    feed.next('a');
    expect(await Promise.all(asked)).toEqual([
      { done: false, value: 'a' },
      { done: false, value: 'a' },
    ]);
  });

  it('ends at once with an empty source, and knows undefined as a value', async () => {
    expect(await walk(EMPTY).next()).toEqual(done);
    const iterator = walk(of(undefined, null));
    expect(await iterator.next()).toEqual({ done: false, value: undefined });
    expect(await iterator.next()).toEqual({ done: false, value: null });
    expect(await iterator.next()).toEqual(done);
  });

  it('answers overlapping calls in their order, and those beyond the end with the end', async () => {
    const { feed, source } = fed();
    const iterator = walk(source);
    const calls = [iterator.next(), iterator.next(), iterator.next(), iterator.next()];
    feed.next('a');
    feed.next('b');
    feed.complete();
    expect(await Promise.all(calls)).toEqual([
      { done: false, value: 'a' },
      { done: false, value: 'b' },
      done,
      done,
    ]);
  });

  it('throws the error of the source after the kept values, once', async () => {
    const broken = new Error('broken');
    const iterator = walk(
      concat(
        of(1, 2),
        throwError(() => broken),
      ),
    );
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(await iterator.next()).toEqual({ done: false, value: 2 });
    await expect(iterator.next()).rejects.toBe(broken);
    expect(await iterator.next()).toEqual(done);
  });

  it('rejects one of the calls that wait when the source fails', async () => {
    const { feed, source } = fed();
    const iterator = walk(source);
    const calls = [iterator.next(), iterator.next()];
    const broken = new Error('broken');
    feed.error(broken);
    expect(await Promise.allSettled(calls)).toEqual([
      { status: 'rejected', reason: broken },
      { status: 'fulfilled', value: done },
    ]);
  });

  it('unsubscribes when the loop is left', async () => {
    const { feed, source, log } = fed();
    const loop = (async () => {
      for await (const value of toAsyncIterable(source)) {
        return value;
      }
      return 'nothing';
    })();
    feed.next('a');
    feed.next('b');
    expect(await loop).toBe('a');
    expect(log).toEqual({ subscribed: 1, unsubscribed: 1 });
  });

  it('unsubscribes at once when it is closed while a value is awaited', async () => {
    let closed = 0;
    const iterator = walk(NEVER.pipe(finalize(() => (closed += 1))));
    const waiting = iterator.next();
    const closing = iterator.return?.();
    expect(closed).toBe(1);
    expect(await closing).toEqual(done);
    expect(await waiting).toEqual(done);
    expect(await iterator.next()).toEqual(done);
  });

  it('never subscribes when it is closed before it is asked for anything', async () => {
    const { source, log } = fed();
    const iterator = walk(source);
    await iterator.return?.();
    expect(await iterator.next()).toEqual(done);
    expect(log.subscribed).toBe(0);
  });

  it.each<[OverflowConfig, unknown[]]>([
    [{}, [given(1), given(2), given(3), given(4), given(5), done]],
    [{ strategy: 'buffer', capacity: 2 }, [given(1), given(2), given(3), 'OverflowError', done]],
    [{ strategy: 'latest' }, [given(1), given(5), done]],
    [{ strategy: 'latest', capacity: 2 }, [given(1), given(4), given(5), done]],
    [{ strategy: 'drop' }, [given(1), given(2), done]],
    [{ strategy: 'drop', capacity: 3 }, [given(1), given(2), given(3), given(4), done]],
    [{ strategy: 'error', capacity: 2 }, [given(1), 'OverflowError', done]],
    [{ strategy: 'error', capacity: 4 }, [given(1), given(2), given(3), given(4), given(5), done]],
  ])('keeps with %j what its strategy says of five values at once', async (config, expected) => {
    const iterator = walk(range(1, 5), config);
    const seen: unknown[] = [];
    while (seen.length < expected.length) {
      const next = await iterator.next().catch((error: unknown) => error);
      seen.push(next instanceof OverflowError ? next.name : next);
    }
    expect(seen).toEqual(expected);
  });

  it('stops a source without end once there is too much of it', async () => {
    let emitted = 0;
    const flood = new Observable<number>((subscriber) => {
      while (!subscriber.closed) {
        subscriber.next((emitted += 1));
      }
    });
    const iterator = walk(flood, { strategy: 'buffer', capacity: 100 });
    await iterator.next();
    expect(emitted).toBe(102);
    await iterator.return?.();
  });

  it('says how much was kept when there was too much', () => {
    expect(new OverflowError(3)).toMatchObject({
      name: 'OverflowError',
      capacity: 3,
      message: expect.stringContaining('(3)') as string,
    });
  });

  it('takes what is kept in order while more comes', async () => {
    const { feed, source } = fed<number>();
    const iterator = walk(source);
    const first = iterator.next();
    const seen: unknown[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      feed.next(n);
      if (n % 2 === 1) {
        seen.push((await iterator.next()).value);
      }
    }
    expect((await first).value).toBe(0);
    expect(seen).toEqual(Array.from({ length: 5_000 }, (_, n) => n + 1));
  });
});

it('loses and repeats nothing, in whatever order values come and are asked for', async () => {
  const steps = fc.array(fc.constantFrom<'come' | 'ask' | 'wait'>('come', 'ask', 'wait'));
  await fc.assert(
    fc.asyncProperty(steps, async (order) => {
      const { feed, source } = fed<number>();
      const iterator = walk(source);
      const asked = [iterator.next()];
      let come = 0;
      for (const step of order) {
        if (step === 'come') {
          feed.next((come += 1));
        } else if (step === 'ask') {
          asked.push(iterator.next());
        } else {
          await Promise.resolve();
        }
      }
      feed.complete();
      while (asked.length <= come) {
        asked.push(iterator.next());
      }
      const answers = await Promise.all(asked);
      expect(answers).toEqual(answers.map((_, n) => (n < come ? given(n + 1) : done)));
    }),
  );
});

describe('the signal of toAsyncIterable', () => {
  it('unsubscribes, drops what is kept and throws its reason', async () => {
    const { feed, source, log } = fed();
    const controller = new AbortController();
    const iterator = walk(source, { signal: controller.signal });
    const first = iterator.next();
    feed.next('a');
    feed.next('b');
    const reason = new Error('enough');
    controller.abort(reason);
    expect(log).toEqual({ subscribed: 1, unsubscribed: 1 });
    expect(await first).toEqual({ done: false, value: 'a' });
    await expect(iterator.next()).rejects.toBe(reason);
    expect(await iterator.next()).toEqual(done);
  });

  it('ends the wait of a call', async () => {
    const controller = new AbortController();
    const waiting = walk(NEVER, { signal: controller.signal }).next();
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('drops what is kept of a source that has completed', async () => {
    const controller = new AbortController();
    const iterator = walk(of(1, 2, 3), { signal: controller.signal });
    await iterator.next();
    controller.abort('late');
    await expect(iterator.next()).rejects.toBe('late');
  });

  it('keeps from subscribing when it is aborted already', async () => {
    const { source, log } = fed();
    const iterator = walk(source, { signal: AbortSignal.abort('early') });
    await expect(iterator.next()).rejects.toBe('early');
    expect(await iterator.next()).toEqual(done);
    expect(log.subscribed).toBe(0);
  });

  it('is let go of when the loop has ended', async () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listeners.add(given[1]);
      add(...given);
    };
    const remove = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listeners.delete(given[1]);
      remove(...given);
    };
    const iterator = walk(of(1), { signal });
    await iterator.next();
    expect(listeners.size).toBe(1);
    expect(await iterator.next()).toEqual(done);
    expect(listeners.size).toBe(0);
  });
});

describe('a config of toAsyncIterable that cannot be meant', () => {
  it.each([0, 1.5, -1, NaN])('is refused when called: capacity %s', (capacity) => {
    expect(() => toAsyncIterable(EMPTY, { strategy: 'drop', capacity })).toThrow(RangeError);
  });

  it('is refused when called: a strategy that there is not', () => {
    const config = JSON.parse('{"strategy":"newest"}') as ToAsyncIterableConfig;
    expect(() => toAsyncIterable(EMPTY, config)).toThrow(
      new TypeError(
        `toAsyncIterable: strategy must be one of buffer, latest, drop, error, got "newest"`,
      ),
    );
  });
});
