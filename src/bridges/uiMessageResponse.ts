import {
  asyncScheduler,
  catchError,
  endWith,
  interval,
  map,
  NEVER,
  type Observable,
  of,
  type SchedulerLike,
  Subject,
  takeUntil,
} from 'rxjs';
import { toJson } from '../types/toJson.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { eventStreamHeaders } from './sse/eventStreamHeaders.ts';
import type { UIMessageChunk } from './uiMessage/uiMessageChunk.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link uiMessageResponse} accepts. */
export interface UIMessageResponseConfig {
  /** Headers beside those of the protocol, by names in any case; one of the same name takes its place. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Time between two comments that keep proxies from closing a silent connection, in milliseconds, 24 days at most;
   * `Infinity` for none. @defaultValue `15_000`
   */
  readonly heartbeat?: number | undefined;
  /**
   * Bytes that a client may leave unread. When it leaves more, the answer breaks off, and the chunks are unsubscribed.
   * @defaultValue `8_388_608`, which is far more than an answer has
   */
  readonly maxUnreadBytes?: number | undefined;
  /** Times the heartbeat. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

const protocol = { 'x-vercel-ai-ui-message-stream': 'v1' };

const DONE = 'data: [DONE]\n\n';

/**
 * A web `Response` that sends chunks as the AI SDK's `useChat` reads them: server-sent events, ended by `[DONE]`.
 *
 * The chunks are subscribed to when the body is read, and unsubscribed when the client goes away. An error of theirs
 * becomes an `error` chunk that gives nothing away. Chunks wait in memory for a slow client, up to `maxUnreadBytes`.
 *
 * @example
 * ```ts
 * const chunks$ = streamChat(connection, sessionId, body).pipe(toUIMessageStream());
 * const response = uiMessageResponse(chunks$);
 * ```
 *
 * @throws RangeError when called with a heartbeat that is not positive or that no timer can wait for, or with a number of
 * bytes that is not positive.
 */
export function uiMessageResponse(
  chunks: Observable<UIMessageChunk>,
  config: UIMessageResponseConfig = {},
): Response {
  checkKind('uiMessageResponse: chunks', chunks, 'observable');
  checkKind('uiMessageResponse: config', config, 'object');
  const { headers, heartbeat = 15_000, maxUnreadBytes = 8_388_608 } = config;
  const { scheduler = asyncScheduler } = config;
  if (!(heartbeat > 0 && (heartbeat <= LONGEST_TIMER || heartbeat === Infinity))) {
    throw new RangeError(
      `uiMessageResponse: heartbeat must be above 0 and at most ${LONGEST_TIMER}, or Infinity, got ${heartbeat}`,
    );
  }
  if (!(maxUnreadBytes > 0)) {
    throw new RangeError(
      `uiMessageResponse: maxUnreadBytes must be above 0, got ${maxUnreadBytes}`,
    );
  }
  const failure: UIMessageChunk = { type: 'error', errorText: 'The answer broke off.' };
  const frames = chunks.pipe(
    catchError(() => of(failure)),
    map((chunk) => `data: ${toJson(chunk)}\n\n`),
    endWith(DONE),
  );
  const beats = heartbeat === Infinity ? NEVER : interval(heartbeat, scheduler);
  const encoder = new TextEncoder();
  const over = new Subject<void>();

  const begin = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    const unread = (): number => -(controller.desiredSize ?? 0);
    const end = (last: () => void): void => {
      over.next();
      last();
    };
    const error = (failure: unknown): void => end(() => controller.error(failure));
    const send = (frame: string): void => {
      controller.enqueue(encoder.encode(frame));
      if (frame === DONE) {
        end(() => controller.close());
      } else if (unread() > maxUnreadBytes) {
        const left = `the client left more than ${maxUnreadBytes} bytes unread`;
        error(new Error(`uiMessageResponse: ${left}`));
      }
    };
    // A beat that nobody reads need not be kept.
    const beat = (): void => {
      if (unread() <= 0) {
        send(': heartbeat\n\n');
      }
    };
    beats.pipe(takeUntil(over)).subscribe({ next: beat, error });
    frames.pipe(takeUntil(over)).subscribe({ next: send, error });
  };
  let isBegun = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        // Later reads ask for nothing: chunks come by themselves.
        if (!isBegun) {
          isBegun = true;
          begin(controller);
        }
      },
      cancel: () => over.next(),
    },
    { highWaterMark: 0, size: ({ byteLength }) => byteLength },
  );
  return new Response(body, { headers: eventStreamHeaders({ ...protocol, ...headers }) });
}
