import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type Connection,
  type Directory,
  firstValue,
  fromAsyncIterable,
  lastValue,
  listDirectories,
  type SheetsJob,
  toAsyncIterable,
  toReadableStream,
  watchSheetsJob,
} from '../../src/index.ts';

declare const connection: Connection;
const jobs = watchSheetsJob(connection, 'spr-1');
const { signal } = new AbortController();

it('keeps the type of the values on both sides', () => {
  expectTypeOf(toAsyncIterable(jobs)).toEqualTypeOf<AsyncIterable<SheetsJob, undefined>>();
  expectTypeOf(fromAsyncIterable(listDirectories(connection))).toEqualTypeOf<
    Observable<Directory>
  >();
  expectTypeOf(toReadableStream(jobs, { strategy: 'latest' })).toEqualTypeOf<
    ReadableStream<SheetsJob>
  >();
  expectTypeOf(toReadableStream(listDirectories(connection))).toEqualTypeOf<
    ReadableStream<Directory>
  >();
});

it('says that a value may be the default', () => {
  expectTypeOf(firstValue(jobs)).toEqualTypeOf<Promise<SheetsJob>>();
  expectTypeOf(firstValue(jobs, { signal })).toEqualTypeOf<Promise<SheetsJob>>();
  expectTypeOf(lastValue(jobs, { signal, defaultValue: null })).toEqualTypeOf<
    Promise<SheetsJob | null>
  >();
});

it('refuses what cannot be meant', () => {
  // @ts-expect-error there is no such strategy
  toAsyncIterable(jobs, { strategy: 'newest' });
  // @ts-expect-error a stream of numbers is no iterable
  fromAsyncIterable(jobs);
  // @ts-expect-error capacity counts values
  toReadableStream(jobs, { strategy: 'drop', capacity: '2' });
});
