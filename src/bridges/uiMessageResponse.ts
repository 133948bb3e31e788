import {
  asyncScheduler,
  catchError,
  endWith,
  interval,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  takeWhile,
} from 'rxjs';
import { toJson } from '../types/toJson.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { toReadableStream } from './toReadableStream.ts';
import type { UIMessageChunk } from './uiMessage/uiMessageChunk.ts';

/** What {@link uiMessageResponse} accepts. */
export interface UIMessageResponseConfig {
  /** Headers beside those of the protocol. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Time between two comments that keep proxies from closing a silent connection, in milliseconds, 24 days at most;
   * `Infinity` for none. @defaultValue `15_000`
   */
  readonly heartbeat?: number | undefined;
  /** Times the heartbeat. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

const protocol = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache',
  // nginx holds answers back otherwise.
  'x-accel-buffering': 'no',
  'x-vercel-ai-ui-message-stream': 'v1',
};

const DONE = 'data: [DONE]\n\n';

/**
 * A web `Response` that sends chunks as the AI SDK's `useChat` reads them: server-sent events, ended by `[DONE]`.
 *
 * The chunks are subscribed to when the body is read, and unsubscribed when the client goes away. An error of theirs
 * becomes an `error` chunk that gives nothing away. Chunks wait in memory for a slow client.
 *
 * @example
 * ```ts
 * const chunks$ = streamChat(connection, sessionId, body).pipe(toUIMessageStream());
 * const response = uiMessageResponse(chunks$);
 * ```
 *
 * @throws RangeError when called with a heartbeat that is not positive or that no timer can wait for.
 */
export function uiMessageResponse(
  chunks: Observable<UIMessageChunk>,
  config: UIMessageResponseConfig = {},
): Response {
  const { headers = {}, heartbeat = 15_000, scheduler = asyncScheduler } = config;
  if (!(heartbeat > 0 && (heartbeat <= LONGEST_TIMER || heartbeat === Infinity))) {
    throw new RangeError(
      `uiMessageResponse: heartbeat must be above 0 and at most ${LONGEST_TIMER}, or Infinity, got ${heartbeat}`,
    );
  }
  const failure: UIMessageChunk = { type: 'error', errorText: 'The answer broke off.' };
  const frames = chunks.pipe(
    catchError(() => of(failure)),
    map((chunk) => `data: ${toJson(chunk)}\n\n`),
    endWith(DONE),
  );
  const beats =
    heartbeat === Infinity
      ? NEVER
      : interval(heartbeat, scheduler).pipe(map(() => ': heartbeat\n\n'));
  const encoder = new TextEncoder();
  const bytes = merge(beats, frames).pipe(
    takeWhile((line) => line !== DONE, true),
    map((line) => encoder.encode(line)),
  );
  return new Response(toReadableStream(bytes), { headers: { ...protocol, ...headers } });
}
