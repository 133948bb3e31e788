import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { lastValueFrom, NEVER, of, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromAsyncIterable } from '../../src/bridges/fromAsyncIterable.ts';
import { toAsyncIterable } from '../../src/bridges/toAsyncIterable.ts';
import { listOf } from '../../src/http/list.ts';

/** Numbers from 1 that the test hands out one by one; who asked for them and whether it was closed is noted. */
function handedOut(closing: () => Promise<unknown> = async () => Promise.resolve()): {
  readonly iterable: AsyncIterable<number>;
  readonly log: { iterators: number; asked: number; closed: number };
  readonly hand: (next: IteratorResult<number>) => void;
  readonly fail: (error: unknown) => void;
} {
  const log = { iterators: 0, asked: 0, closed: 0 };
  let call = Promise.withResolvers<IteratorResult<number>>();
  const iterator: AsyncIterator<number> = {
    next() {
      log.asked += 1;
      call = Promise.withResolvers();
      return call.promise;
    },
    async return() {
      log.closed += 1;
      await closing();
      return { done: true, value: undefined };
    },
  };
  return {
    iterable: {
      [Symbol.asyncIterator]() {
        log.iterators += 1;
        return iterator;
      },
    },
    log,
    hand: (next) => call.resolve(next),
    fail: (error) => call.reject(error),
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* count(end: number): AsyncGenerator<number> {
  for (let n = 1; n <= end; n += 1) {
    yield await Promise.resolve(n);
  }
}

describe('fromAsyncIterable', () => {
  it('emits every value in order, then completes', async () => {
    expect(await lastValueFrom(fromAsyncIterable(count(4)).pipe(toArray()))).toEqual([1, 2, 3, 4]);
  });

  it('completes with an empty iterable, and leaves the value of its end out', async () => {
    const { iterable, hand, log } = handedOut();
    const all = lastValueFrom(fromAsyncIterable(iterable).pipe(toArray()));
    hand({ done: true, value: 7 });
    expect(await all).toEqual([]);
    expect(log.closed).toBe(0);
  });

  it('asks for nothing before there is a subscription, and then for one value at a time', async () => {
    const { iterable, hand, log } = handedOut();
    const source = fromAsyncIterable(iterable);
    expect(log).toEqual({ iterators: 0, asked: 0, closed: 0 });
    const seen: number[] = [];
    const subscription = source.subscribe((n) => seen.push(n));
    await turn();
    expect(log).toEqual({ iterators: 1, asked: 1, closed: 0 });
    hand({ done: false, value: 1 });
    await turn();
    expect(seen).toEqual([1]);
    expect(log.asked).toBe(2);
    subscription.unsubscribe();
  });

  it('iterates anew for each subscription', async () => {
    const source = fromAsyncIterable({ [Symbol.asyncIterator]: () => count(2) });
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual([1, 2]);
    expect(await lastValueFrom(source.pipe(toArray()))).toEqual([1, 2]);
  });

  it('closes the iterator at once when it is unsubscribed while a value is awaited', async () => {
    const { iterable, hand, log } = handedOut();
    const seen: number[] = [];
    const subscription = fromAsyncIterable(iterable).subscribe((n) => seen.push(n));
    subscription.unsubscribe();
    expect(log).toEqual({ iterators: 1, asked: 1, closed: 1 });
    hand({ done: false, value: 1 });
    await turn();
    expect(seen).toEqual([]);
    expect(log).toEqual({ iterators: 1, asked: 1, closed: 1 });
  });

  it('asks no further than downstream takes', async () => {
    let asked = 0;
    let closed = 0;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (;;) {
          yield await Promise.resolve((asked += 1));
        }
      } finally {
        closed += 1;
      }
    }
    const some = fromAsyncIterable(endless()).pipe(take(3), toArray());
    expect(await lastValueFrom(some)).toEqual([1, 2, 3]);
    await turn();
    expect([asked, closed]).toEqual([3, 1]);
  });

  it('aborts the request under way of a list that is unsubscribed', () => {
    let aborted = 0;
    const list = listOf<number>((subscriber) => {
      subscriber.add(() => (aborted += 1));
    });
    fromAsyncIterable(list).subscribe().unsubscribe();
    expect(aborted).toBe(1);
  });

  it('cancels a web stream at once', async () => {
    let cancelled = 0;
    const stream = new ReadableStream<number>(
      { start: (controller) => controller.enqueue(1), cancel: () => void (cancelled += 1) },
      { highWaterMark: 0 },
    );
    const seen: number[] = [];
    const subscription = fromAsyncIterable(stream).subscribe((n) => seen.push(n));
    await turn();
    expect(seen).toEqual([1]);
    subscription.unsubscribe();
    expect(cancelled).toBe(1);
  });

  it('lets a web stream go in the end, however it ends', async () => {
    const cancelled = new ReadableStream<number>({ start: (stream) => stream.enqueue(1) });
    const subscription = fromAsyncIterable(cancelled).subscribe();
    const read = ReadableStream.from([1, 2]);
    const broken = new ReadableStream({ start: (stream) => stream.error(new Error('broken')) });
    await lastValueFrom(fromAsyncIterable(read));
    await expect(lastValueFrom(fromAsyncIterable(broken))).rejects.toThrow('broken');
    subscription.unsubscribe();
    await expect
      .poll(() => [read, broken, cancelled].map(({ locked }) => locked))
      .toEqual([false, false, false]);
  });

  it('reads web and Node streams to their end, and passes on their errors', async () => {
    const all = fromAsyncIterable(ReadableStream.from([1, 2])).pipe(toArray());
    expect(await lastValueFrom(all)).toEqual([1, 2]);
    const lines = fromAsyncIterable<string>(Readable.from(['a', 'b'])).pipe(toArray());
    expect(await lastValueFrom(lines)).toEqual(['a', 'b']);
    const broken = new Error('broken');
    const failing = new ReadableStream({ pull: (controller) => controller.error(broken) });
    await expect(lastValueFrom(fromAsyncIterable(failing))).rejects.toBe(broken);
  });

  it('destroys a Node stream at once', async () => {
    const stream = new Readable({ read: () => undefined });
    const subscription = fromAsyncIterable(stream).subscribe();
    await turn();
    subscription.unsubscribe();
    expect(stream.destroyed).toBe(true);
    await turn();
  });

  it('gives each subscription a signal that tells a generator to stop where it waits', async () => {
    const log: string[] = [];
    async function* ticks(signal: AbortSignal): AsyncGenerator<number> {
      try {
        yield 1;
        await setTimeout(2 ** 31 - 1, undefined, { signal });
      } finally {
        log.push(signal.aborted ? 'aborted' : 'ended');
      }
    }
    const source = fromAsyncIterable(ticks);
    const one = source.subscribe();
    const other = source.subscribe();
    await turn();
    one.unsubscribe();
    await turn();
    expect(log).toEqual(['aborted']);
    other.unsubscribe();
    await turn();
    expect(log).toEqual(['aborted', 'aborted']);
  });

  it('unsubscribes a stream that went through a loop', () => {
    let closed = 0;
    const silent = NEVER.pipe((source) => source);
    const watched = toAsyncIterable(silent);
    const iterator = watched[Symbol.asyncIterator]();
    const noted: AsyncIterable<never> = {
      [Symbol.asyncIterator]: () => ({
        next: () => iterator.next(),
        return: () => {
          closed += 1;
          return iterator.return?.() ?? Promise.reject(new Error('cannot be closed'));
        },
      }),
    };
    fromAsyncIterable(noted).subscribe().unsubscribe();
    expect(closed).toBe(1);
  });
});

describe('a failure in fromAsyncIterable', () => {
  it('is passed on when a value is rejected, and closes nothing', async () => {
    const { iterable, fail, log } = handedOut();
    const broken = new Error('broken');
    const result = lastValueFrom(fromAsyncIterable(iterable));
    fail(broken);
    await expect(result).rejects.toBe(broken);
    expect(log.closed).toBe(0);
  });

  it('is passed on when next() throws', async () => {
    const broken = new Error('broken');
    const iterable: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next() {
          throw broken;
        },
      }),
    };
    await expect(lastValueFrom(fromAsyncIterable(iterable))).rejects.toBe(broken);
  });

  it('is passed on when there is no iterator to be had', async () => {
    const broken = new Error('broken');
    const iterable: AsyncIterable<number> = {
      [Symbol.asyncIterator]() {
        throw broken;
      },
    };
    await expect(lastValueFrom(fromAsyncIterable(iterable))).rejects.toBe(broken);
  });

  it('is passed over when closing fails, and when it comes after unsubscribing', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    const { iterable, fail, log } = handedOut(() => Promise.reject(new Error('stuck')));
    fromAsyncIterable(iterable).subscribe().unsubscribe();
    expect(log.closed).toBe(1);
    fail(new Error('late'));
    await turn();
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  it('is passed over when closing throws', () => {
    const iterable: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return() {
          throw new Error('stuck');
        },
      }),
    };
    expect(() => fromAsyncIterable(iterable).subscribe().unsubscribe()).not.toThrow();
  });
});

it('leads back to the same values through toAsyncIterable', async () => {
  const there = fromAsyncIterable(toAsyncIterable(of(1, 2, 3)));
  expect(await lastValueFrom(there.pipe(toArray()))).toEqual([1, 2, 3]);
});
