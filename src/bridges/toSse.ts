import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  asyncScheduler,
  catchError,
  EMPTY,
  mergeMap,
  NEVER,
  type Observable,
  ReplaySubject,
  type SchedulerLike,
  share,
  timer,
} from 'rxjs';
import { toJson } from '../types/toJson.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { deliver, type Outlet } from './sse/deliver.ts';
import { inSubscriberContext } from '../context/inSubscriberContext.ts';
import { describeError } from './sse/describeError.ts';
import { handle } from './sse/handle.ts';
import { logOf } from './sse/logOf.ts';
import type { MessageLog } from './sse/messageLog.ts';
import { respond } from './sse/respond.ts';
import type { SseMessage } from './sse/sseMessage.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link toSse} accepts. Times in milliseconds. */
export interface SseConfig<T> {
  /** The content of a message. @defaultValue the value as JSON */
  readonly data?: ((value: T) => string) | undefined;
  /**
   * The name of a message, one line; without one it is a plain `message`. `end`, `error` and `gap` are taken:
   * to give one fails the stream.
   * @defaultValue none
   */
  readonly event?: ((value: T) => string | undefined) | undefined;
  /**
   * What is told of an error of the source.
   * @defaultValue its class, its HTTP status and a sentence that gives nothing away
   */
  readonly error?: ((error: unknown) => object) | undefined;
  /**
   * Whether all clients share one subscription to the source. It begins with the first client and ends `linger` after
   * the last. @defaultValue `false`: each client has its own
   */
  readonly shared?: boolean | undefined;
  /**
   * Messages kept for clients that are slow, and with `shared` for those that come late or back. 1 or more.
   * @defaultValue `1_000`
   */
  readonly keep?: number | undefined;
  /** How long a shared source waits for a client to come back when the last one has left. @defaultValue `10_000` */
  readonly linger?: number | undefined;
  /** Time between the comments that keep a connection alive; `Infinity` for none. @defaultValue `15_000` */
  readonly heartbeat?: number | undefined;
  /** How long a client is to wait before it connects again. @defaultValue the client's own, often 3,000 */
  readonly retry?: number | undefined;
  /** Tells the time. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** A stream as server-sent events, for one client or many. The functions need no `this`. */
export interface SseFeed {
  /** Answers a web request: Hono, Deno, Bun, Next and whatever speaks `fetch`. */
  readonly response: (request: Request) => Response;
  /** Answers a request of `node:http`, which Express and Fastify pass on. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** What goes to one client, for Nest's `@Sse` and for transports of your own. Completes after the last message. */
  readonly messages: (lastEventId?: string | null) => Observable<SseMessage>;
}

/** The status that makes an `EventSource` stay away. */
const stayAway = 204;

/**
 * Makes a stream of server-sent events out of `source`. A client that leaves is unsubscribed at once.
 *
 * Each value is a message. The end of the source is a message too, of the name `end`, and so is its failure, of the
 * name `error`; then the connection is closed, and a client that was told so and connects again is sent away with
 * status 204, so that nothing is started twice.
 *
 * A client gets messages as fast as it reads them. The `keep` latest ones wait for it; when more have come meanwhile,
 * the oldest are left out and a message of the name `gap` says how many: `{ "missed": 3 }`.
 *
 * With `shared`, a client that comes back with `Last-Event-ID` gets what it has missed, and a new one first gets what
 * is kept. A source that has completed is not subscribed to again; one that failed is, by the next new client.
 * The shared source runs in the async context of the client that came first; each client is served in its own.
 *
 * Without `shared`, or when the source was begun anew meanwhile, a client that comes back gets everything from the
 * beginning after a `gap` whose `missed` is `null`.
 *
 * @example All browsers watch one job, in Express and in `node:http`
 * ```ts
 * const feed = toSse(watchBatchJob(connection, jobId).pipe(batchProgress()), { shared: true });
 * // app.get('/progress', feed.handle);
 * ```
 *
 * @throws RangeError when called with a time that is negative or a `keep` that is no whole number from 1 on.
 */
export function toSse<T>(source: Observable<T>, config: SseConfig<T> = {}): SseFeed {
  checkKind('toSse: source', source, 'observable');
  checkKind('toSse: config', config, 'object');
  const { data = toJson, event, error = describeError, shared = false } = config;
  const { keep = 1_000, linger = 10_000, heartbeat = 15_000, retry } = config;
  const { scheduler = asyncScheduler } = config;
  if (!(keep === Infinity || (Number.isInteger(keep) && keep >= 1))) {
    throw new RangeError(`toSse: keep must be a whole number from 1 on or Infinity, got ${keep}`);
  }
  if (!(heartbeat > 0 && (heartbeat <= LONGEST_TIMER || heartbeat === Infinity))) {
    throw new RangeError(
      `toSse: heartbeat must be from 1 to ${LONGEST_TIMER} or Infinity, got ${heartbeat}`,
    );
  }
  for (const [name, value] of Object.entries({ linger, retry })) {
    if (value !== undefined && !(value >= 0 && value <= LONGEST_TIMER)) {
      throw new RangeError(`toSse: ${name} must be from 0 to ${LONGEST_TIMER}, got ${value}`);
    }
  }

  const once = logOf(source, { data, event, error, keep });
  const logs = shared
    ? once.pipe(
        share({
          connector: () => new ReplaySubject<MessageLog>(1),
          resetOnComplete: false,
          resetOnRefCountZero: () => timer(linger, scheduler),
        }),
      )
    : once;
  const sent = (outlet: Outlet): Observable<SseMessage> =>
    logs.pipe(
      // The log says by itself, and in its turn, that the source failed.
      catchError(() => EMPTY),
      mergeMap((log) => deliver(log, outlet, { heartbeat, retry, scheduler })),
      inSubscriberContext(),
    );

  return {
    response: (request) =>
      hasSeenEnd(request.headers.get('last-event-id'))
        ? new Response(null, { status: stayAway })
        : respond(request, sent),
    handle(request, response) {
      if (hasSeenEnd(request.headers['last-event-id'])) {
        response.writeHead(stayAway).end();
      } else {
        handle(request, response, sent);
      }
    },
    messages: (lastEventId) =>
      hasSeenEnd(lastEventId)
        ? EMPTY
        : sent({ lastEventId: lastEventId ?? undefined, isReady: () => true, ready: NEVER }),
  };
}

/** Whether a client that names this id has been told how the source ended. */
function hasSeenEnd(lastEventId: string | string[] | null | undefined): boolean {
  return String(lastEventId).endsWith('.end');
}
