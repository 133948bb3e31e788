import { createParser } from 'eventsource-parser';
import { Observable, type SchedulerLike, type Subscription } from 'rxjs';
import { HttpError, NetworkError, ResponseError, StreamError } from '../../errors.ts';

/** An event longer than this, in characters, is none that anybody means to send. */
const LONGEST_EVENT = 4 * 1024 * 1024;

/** What comes over one connection of an event stream. */
export type SseSignal =
  | { readonly type: 'open' }
  | {
      readonly type: 'message';
      readonly id: string | undefined;
      readonly event: string;
      readonly data: string;
    }
  /** How long to wait before connecting again, in milliseconds. */
  | { readonly type: 'retry'; readonly wait: number }
  /** The server has said with 204 that there is nothing to come back for. */
  | { readonly type: 'away' };

/** How {@link openEvents} connects. */
export interface OpenEventsConfig {
  readonly fetch: typeof fetch;
  readonly request: RequestInit;
  readonly lastEventId: string | undefined;
  /** The longest time without a byte, in milliseconds. */
  readonly silence: number;
  readonly scheduler: SchedulerLike;
  /** What errors call it. */
  readonly route: string;
}

/**
 * Asks for an event stream once and emits what it says; completes when the answer ends. Errors with `HttpError`,
 * `ResponseError` for an answer that is no event stream, `NetworkError`, and `StreamError` for an event that is too long.
 * Unsubscribing ends the request at once.
 */
export function openEvents(url: string | URL, config: OpenEventsConfig): Observable<SseSignal> {
  const { request, lastEventId, silence, scheduler, route } = config;
  return new Observable((subscriber) => {
    const abort = new AbortController();
    let timer: Subscription | undefined;
    subscriber.add(() => {
      timer?.unsubscribe();
      abort.abort();
    });
    const heard = (): void => {
      timer?.unsubscribe();
      if (silence !== Infinity && !subscriber.closed) {
        timer = scheduler.schedule(() => subscriber.error(silent(route, silence)), silence);
      }
    };
    const read = async (): Promise<void> => {
      const headers = new Headers(request.headers);
      headers.set('accept', 'text/event-stream');
      if (lastEventId !== undefined) {
        // Bytes of UTF-8 are what a server expects, and all that a header can hold.
        headers.set('last-event-id', latin1(lastEventId));
      }
      // Asked for as a function of its own: browsers refuse a fetch that is called as a method of anything else.
      const { fetch } = config;
      const response = await fetch(url, {
        cache: 'no-store',
        ...request,
        headers,
        signal: abort.signal,
      });
      heard();
      if (response.status === 204) {
        subscriber.next({ type: 'away' });
        return;
      }
      await checkEvents(response, route);
      subscriber.next({ type: 'open' });
      await readBody(response, (text) => {
        heard();
        parser.feed(text);
      });
    };
    const parser = createParser({
      maxBufferSize: LONGEST_EVENT,
      onEvent: ({ id, event = 'message', data }) =>
        subscriber.next({ type: 'message', id, event, data }),
      onRetry: (wait) => subscriber.next({ type: 'retry', wait }),
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') {
          subscriber.error(tooLong(route));
        }
      },
    });
    heard();
    read().then(
      () => subscriber.complete(),
      (error: unknown) => subscriber.error(networkError(error, route)),
    );
  });
}

async function readBody(response: Response, next: (text: string) => void): Promise<void> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    next(part.value);
  }
}

async function checkEvents(response: Response, route: string): Promise<void> {
  const { status, headers } = response;
  if (status !== 200) {
    const body = (await response.text()).slice(0, 2_048);
    const retryable = status >= 500 || [408, 425, 429].includes(status);
    const seconds = headers.get('retry-after') ?? '';
    throw new HttpError(`${route} answered ${status}`, {
      route,
      status,
      body,
      detail: [],
      retryable,
      retryAfterMs: /^\d{1,9}$/.test(seconds) ? Number(seconds) * 1_000 : undefined,
    });
  }
  const type = headers.get('content-type') ?? 'nothing';
  if (!/^text\/event-stream\b/i.test(type)) {
    const snippet = (await response.text()).slice(0, 2_048);
    const message = `${route}: the answer is no event stream but ${type}. Is the address right?`;
    throw new ResponseError(message, { route, kind: 'content-type', snippet });
  }
}

function networkError(error: unknown, route: string): unknown {
  if (error instanceof HttpError || error instanceof ResponseError) {
    return error;
  }
  // What fetch throws is a TypeError without a code, in browsers also for what CORS forbids.
  return new NetworkError(`${route}: the server could not be reached, or the stream broke off`, {
    route,
    kind: 'closed',
    ambiguous: true,
    retryable: true,
    cause: error,
  });
}

function silent(route: string, silence: number): NetworkError {
  return new NetworkError(`${route}: nothing has come for ${silence} ms`, {
    route,
    kind: 'timeout',
    ambiguous: true,
    retryable: true,
  });
}

function tooLong(route: string): StreamError {
  return new StreamError(`${route}: an event is longer than ${LONGEST_EVENT} characters`, {
    route,
    kind: 'overflow',
    received: [],
  });
}

function latin1(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
