import { from, map, type Observable, of, take, tap } from 'rxjs';
import { close, connect, createManyAgentData, fanOutUpload } from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { NetworkError } from '../../src/errors.ts';
import { whileOpen } from '../../src/workflows/whileOpen.ts';
import { newDirectory } from './support/uploads.ts';

const lost = { route: 'GET /', ambiguous: false };
const shutdown = new NetworkError('closed', { ...lost, kind: 'shutdown' });
const other = new NetworkError('lost', { ...lost, kind: 'closed' });

/** How a stream ends: its error, or `complete`. */
function endOf<T>(events: Observable<T>, next: (event: T) => void): Promise<unknown> {
  return new Promise((resolve) => {
    events.subscribe({
      next,
      error: (error: unknown) => resolve(error),
      complete: () => resolve('complete'),
    });
  });
}

/** What comes of work that emits each number, or the error that `errors` has for it, and how it ends. */
async function run(numbers: Iterable<number>, errors: Record<number, Error>) {
  const work = (items: AsyncIterable<number>) => from(items).pipe(map((n) => errors[n] ?? n));
  const values: unknown[] = [];
  const end = await endOf(
    whileOpen(numbers, work, (event) => event),
    (value) => values.push(value),
  );
  return { values, end };
}

describe('whileOpen', () => {
  it('asks for nothing more once the connection is closed, and errors when the work is done', async () => {
    const log: string[] = [];
    function* numbers(): Generator<number> {
      try {
        yield* [1, 2, 3];
      } finally {
        log.push('left');
      }
    }
    expect(await run(numbers(), { 2: shutdown })).toEqual({ values: [1, shutdown], end: shutdown });
    expect(log).toEqual(['left']);
  });

  it('goes on after other failures, for each subscription anew', async () => {
    expect(await run([1, 2, 3], { 2: other })).toEqual({ values: [1, other, 3], end: 'complete' });
    expect(await run([], {})).toEqual({ values: [], end: 'complete' });
  });

  it('leaves a source that is waited for as soon as nobody listens', () => {
    let left = 0;
    const silent: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => Promise.resolve({ done: true, value: (left += 1) }),
      }),
    };
    const ask = (items: AsyncIterable<number>): Observable<number> => {
      const walk = items[Symbol.asyncIterator]();
      void walk.next();
      return of(1).pipe(tap(() => void walk.return?.()));
    };
    whileOpen(silent, ask, () => undefined).subscribe();
    expect(left).toBe(1);
  });
});

/** Things without end. */
function* endless<T>(make: (n: number) => T): Generator<T> {
  for (let n = 0; ; n += 1) {
    yield make(n);
  }
}

it('ends uploads and new records without end when their connection is closed', async () => {
  await using cloud = await startLocalCloud({ memory: true });
  const uploads = connect({ baseUrl: cloud.url, token: cloud.token });
  const directoryId = await newDirectory(uploads);
  const source = new TextEncoder().encode('# Tea');
  const items = endless((n) => ({ relativePath: `${n}.md`, source }));
  const uploaded = fanOutUpload(uploads, directoryId, items);
  const endOfUploads = await endOf(uploaded, ({ type }) => {
    if (type === 'uploaded') {
      close(uploads).subscribe();
    }
  });
  expect(endOfUploads).toMatchObject({ kind: 'shutdown' });

  const records = connect({ baseUrl: cloud.url, token: cloud.token });
  const collection = { deployment_name: '_public', collection: 'numbers' };
  const created = createManyAgentData(
    records,
    collection,
    endless((n) => ({ n })),
  ).pipe(take(1_000));
  const endOfRecords = await endOf(created, ({ type }) => {
    if (type === 'created') {
      close(records).subscribe();
    }
  });
  expect(endOfRecords).toMatchObject({ kind: 'shutdown' });
});
