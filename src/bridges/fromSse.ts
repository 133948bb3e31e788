import {
  asyncScheduler,
  concatMap,
  concatWith,
  defer,
  EMPTY,
  type NextObserver,
  type Observable,
  of,
  retry,
  type SchedulerLike,
  takeWhile,
  throwError,
  timer,
} from 'rxjs';
import { ApiError, StreamError } from '../errors.ts';
import { isRecord } from '../types/isRecord.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { openEvents, type SseSignal } from './sse/openEvents.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How the connection of {@link fromSse} fares. Times in milliseconds. */
export type SseConnectionEvent =
  /** The server has answered: values come, or will. */
  | { readonly type: 'open' }
  /**
   * Values are missing before the next one: how many, or `null` where the stream begins anew, so that what was made of the
   * values so far is to be made from the beginning.
   */
  | { readonly type: 'gap'; readonly missed: number | null }
  /** The connection was lost; the next attempt is made after so long. */
  | { readonly type: 'waiting'; readonly wait: number; readonly error: ApiError };

/** What {@link fromSse} accepts. Times in milliseconds. */
export interface FromSseConfig<T> {
  /**
   * How the stream is asked for: what `fetch` takes, such as `method`, `body`, `headers` and `credentials`, or a function
   * that is called for each connection. A `signal` has no effect: unsubscribe. @defaultValue a GET
   */
  readonly request?: RequestInit | (() => RequestInit) | undefined;
  /** Makes a value of an event's data; what it throws is the error. @defaultValue the data is read as JSON */
  readonly parse?: ((data: string, event: string) => T) | undefined;
  /** Where to begin, as an earlier page has kept it. @defaultValue at what the server begins with */
  readonly lastEventId?: string | undefined;
  /** Is told how the connection fares, in turn with the values. */
  readonly connectionObserver?: NextObserver<SseConnectionEvent> | undefined;
  /**
   * The wait before connecting again: `min` at first, or what the server asks for with `retry:`, then twice as long each
   * time, up to `max`, each shortened at random by up to a half. @defaultValue `{ min: 1_000, max: 30_000 }`
   */
  readonly interval?:
    { readonly min?: number | undefined; readonly max?: number | undefined } | undefined;
  /** After so long without a byte the connection counts as lost; `Infinity` for never. @defaultValue `45_000` */
  readonly silence?: number | undefined;
  /** For how long to go on connecting in vain; then the last failure is the error. @defaultValue `Infinity` */
  readonly patience?: number | undefined;
  /** @defaultValue the global `fetch` */
  readonly fetch?: typeof fetch | undefined;
  /** @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * The other end of `toSse`, in browsers, Workers, Node, Deno and Bun: connects when subscribed to and emits the values of the
 * stream, each once. A connection that is lost is made again, with `Last-Event-ID`, so that the values go on where they
 * were. Completes when the source at the other end has completed.
 *
 * ```text
 * server:  --a--b-#       -c--|      # the connection breaks
 * result:  --a--b----------c--|
 * ```
 *
 * Errors with `StreamError` of the kind `server` when the source at the other end has failed (`cause` is what was told of it),
 * with `HttpError` for a refusal that does not pass by itself, with `ResponseError` for what is no event stream.
 * Unsubscribing closes the connection at once.
 *
 * Unlike an `EventSource` it sends headers and bodies, tells gaps, and gives up on a connection that has fallen silent.
 *
 * @example
 * ```ts
 * fromSse<{ percent: number }>('/progress').pipe(map(({ percent }) => `${percent} %`));
 * ```
 *
 * @throws RangeError when called with a time that cannot be meant.
 */
export function fromSse<T>(url: string | URL, config: FromSseConfig<T> = {}): Observable<T> {
  if (!(url instanceof URL)) {
    checkKind('fromSse: url', url, 'text');
  }
  checkKind('fromSse: config', config, 'object');
  const { parse = JSON.parse as (data: string) => T, connectionObserver } = config;
  const { request = {}, silence = 45_000, patience = Infinity } = config;
  const { fetch = globalThis.fetch, scheduler = asyncScheduler } = config;
  const { min = 1_000, max = Math.max(30_000, min) } = config.interval ?? {};
  if (!(min > 0 && max >= min && max <= LONGEST_TIMER)) {
    throw new RangeError(
      `fromSse: interval must be positive, min at most max and max at most ${LONGEST_TIMER}, got { min: ${min}, max: ${max} }`,
    );
  }
  for (const [name, value] of Object.entries({ silence, patience })) {
    if (!(value > 0 && (value <= LONGEST_TIMER || value === Infinity))) {
      throw new RangeError(
        `fromSse: ${name} must be from 1 to ${LONGEST_TIMER} or Infinity, got ${value}`,
      );
    }
  }

  return defer(() => {
    let { lastEventId } = config;
    let first = min;
    let wait = min;
    let failingSince: number | undefined;

    const connection = defer(() => {
      const init = typeof request === 'function' ? request() : request;
      const route = `${init.method ?? 'GET'} ${String(url).split(/[?#]/)[0] ?? ''}`;
      const brokenOff = throwError(() => incomplete(route));
      return openEvents(url, { fetch, request: init, lastEventId, silence, scheduler, route }).pipe(
        concatWith(brokenOff),
        takeWhile((signal) => !isEnd(signal)),
        concatMap((signal) => take(signal, route)),
      );
    });

    const take = (signal: SseSignal, route: string): Observable<T> => {
      if (signal.type === 'open') {
        connectionObserver?.next({ type: 'open' });
      }
      if (signal.type === 'retry') {
        first = wait = Math.min(signal.wait, max);
      }
      if (signal.type !== 'message') {
        return EMPTY;
      }
      failingSince = undefined;
      wait = first;
      const { event, data } = signal;
      const told = event === 'gap' ? gapIn(data) : undefined;
      if (event === 'error') {
        return throwError(() => serverError(data, route));
      }
      const value = told ?? parse(data, event);
      // Noted only now: what was not taken would be lost.
      lastEventId = signal.id ?? lastEventId;
      if (told) {
        connectionObserver?.next(told);
        return EMPTY;
      }
      return of(value as T);
    };

    const delay = (error: unknown): Observable<unknown> => {
      const now = scheduler.now();
      failingSince ??= now;
      const left = patience - (now - failingSince);
      if (!(error instanceof ApiError && error.retryable) || left <= 0) {
        throw error;
      }
      const asked = error.retryAfterMs ?? 0;
      const next = Math.min(Math.max(asked, wait * (1 - Math.random() / 2)), left, LONGEST_TIMER);
      wait = Math.min(max, wait * 2);
      connectionObserver?.next({ type: 'waiting', wait: next, error });
      return timer(next, scheduler);
    };
    return connection.pipe(retry({ delay }));
  });
}

/** Whether nothing follows: the last event of `toSse`, or its answer to a client that has seen it. */
function isEnd(signal: SseSignal): boolean {
  return signal.type === 'away' || (signal.type === 'message' && signal.event === 'end');
}

function gapIn(data: string): Extract<SseConnectionEvent, { type: 'gap' }> {
  const told: unknown = parsed(data);
  const missed = isRecord(told) && typeof told.missed === 'number' ? told.missed : null;
  return { type: 'gap', missed };
}

function serverError(data: string, route: string): StreamError {
  const told = parsed(data);
  const words = isRecord(told) && typeof told.message === 'string' ? told.message : data;
  const message = `${route}: the source at the server has failed: ${words}`;
  return new StreamError(message, { route, kind: 'server', received: [], cause: told });
}

function incomplete(route: string): StreamError {
  return new StreamError(`${route}: the stream ended without its last event`, {
    route,
    kind: 'incomplete',
    received: [],
    retryable: true,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
