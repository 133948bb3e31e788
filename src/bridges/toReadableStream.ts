import type { Observable } from 'rxjs';
import { type OverflowConfig, overflowPlan } from './overflow.ts';
import { toAsyncIterable } from './toAsyncIterable.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * A web `ReadableStream`, as `new Response(…)`, `pipeTo` and other runtimes take it. Nothing is asked of the source
 * before the stream is read; cancelling the stream unsubscribes, and an error of the source is the stream's.
 *
 * What can be pulled is: a list of this package, a folder's files or another asynchronous iterable gives a value only
 * when the reader asks for one, and a list fetches a page only when the items before it are read. An Observable
 * pushes, so what comes before the reader asks is kept, within `strategy` and `capacity`.
 *
 * Each call makes a stream that is read once; `tee()` splits one.
 *
 * @example A chat as an HTTP answer, cancelled when the client goes away
 * ```ts
 * const text$ = streamChat(connection, sessionId, body).pipe(chatText());
 * const answer = new Response(toReadableStream(text$).pipeThrough(new TextEncoderStream()));
 * ```
 *
 * @throws TypeError or RangeError when called with a `strategy` or `capacity` that cannot be meant.
 */
export function toReadableStream<T>(source: AsyncIterable<T>): ReadableStream<T>;
export function toReadableStream<T>(
  source: Observable<T>,
  config?: OverflowConfig,
): ReadableStream<T>;
export function toReadableStream<T>(
  source: AsyncIterable<T> | Observable<T>,
  config: OverflowConfig = {},
): ReadableStream<T> {
  checkKind('toReadableStream: source', source, 'source');
  const plan = overflowPlan('toReadableStream', config);
  return ReadableStream.from(
    Symbol.asyncIterator in source ? source : toAsyncIterable(source, plan),
  );
}
