/**
 * What a fan-out costs: memory over a million items with slow work, and time beside `mergeMap` and a plain loop.
 *
 *     node --conditions=@rx-llamacloud/source --expose-gc bench/fanOut.ts
 */

import { setImmediate } from 'node:timers/promises';
import { from, lastValueFrom, mergeMap, type Observable, of, range } from 'rxjs';
import { fanOut, fanOutFrom, Limiter } from 'rx-llamacloud';

interface Item {
  readonly id: number;
  readonly name: string;
}

async function* items(count: number): AsyncGenerator<Item> {
  for (let id = 0; id < count; id += 1) {
    yield await Promise.resolve({ id, name: `report-${id}.pdf` });
  }
}

function* itemsNow(count: number): Generator<Item> {
  for (let id = 0; id < count; id += 1) {
    yield { id, name: `report-${id}.pdf` };
  }
}

/** Work that is slow beside the source: a whole turn of the event loop. */
async function slow({ name }: Item): Promise<number> {
  await setImmediate();
  return name.length;
}

const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** The most that the heap grew after collections, looked at a hundred times on the way. */
async function heapGrowth(count: number, results: Observable<unknown>): Promise<void> {
  globalThis.gc?.();
  const base = process.memoryUsage().heapUsed;
  const begun = performance.now();
  let most = 0;
  let seen = 0;
  await results.forEach(() => {
    seen += 1;
    if (seen % (count / 100) === 0) {
      globalThis.gc?.();
      most = Math.max(most, process.memoryUsage().heapUsed - base);
    }
  });
  const seconds = (performance.now() - begun) / 1000;
  console.log(`${seen} items: heap at most ${megabytes(most)} MB above, ${seconds.toFixed(1)} s`);
}

/** The shortest of five runs, in microseconds a task. */
async function cost(
  title: string,
  count: number,
  results: () => Observable<unknown>,
): Promise<void> {
  let best = Infinity;
  for (let run = 0; run < 5; run += 1) {
    const begun = performance.now();
    await lastValueFrom(results());
    best = Math.min(best, performance.now() - begun);
  }
  console.log(`${title.padEnd(48)} ${((best * 1000) / count).toFixed(2)} us a task`);
}

const million = 1_000_000;
console.log('Memory, 16 at once');
await heapGrowth(million, fanOutFrom(items(million), slow, { concurrency: 16 }));
await heapGrowth(million, fanOutFrom(itemsNow(million), slow, { concurrency: 16 }));
const adaptive = { concurrency: 16, adaptive: true, onError: 'collect' } as const;
await heapGrowth(million, fanOutFrom(itemsNow(million), slow, adaptive));

const tasks = 100_000;
const promise = (n: number): Promise<number> => Promise.resolve(n);
console.log('\nTime, 100,000 tiny tasks, 16 at once');
await cost('mergeMap, promises', tasks, () => range(tasks).pipe(mergeMap(promise, 16)));
await cost('fanOut, promises', tasks, () =>
  range(tasks).pipe(fanOut(promise, { concurrency: 16 })),
);
await cost('fanOutFrom, promises', tasks, () =>
  fanOutFrom(Array.from({ length: tasks }).keys(), promise, { concurrency: 16 }),
);
await cost('fanOut, promises, with a limiter', tasks, () =>
  range(tasks).pipe(fanOut(promise, { limiter: new Limiter({ concurrency: 16 }) })),
);
await cost('mergeMap, of', tasks, () => range(tasks).pipe(mergeMap((n) => of(n), 16)));
await cost('fanOut, of', tasks, () => range(tasks).pipe(fanOut((n) => of(n), { concurrency: 16 })));

console.log('\nTime, 400,000 tiny tasks from an array, 16 at once');
const many = Array.from({ length: 400_000 }, (_, n) => n);
await cost('fanOut, promises', many.length, () =>
  from(many).pipe(fanOut(promise, { concurrency: 16 })),
);
