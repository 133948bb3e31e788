import { Readable } from 'node:stream';
import type { Subscription } from 'rxjs';
import { type Dispatcher, errors } from 'undici';
import { contextSnapshot } from '../context/contextSnapshot.ts';
import type { Attempt } from './activityEvent.ts';
import type { Wire } from './connection.ts';
import { type Dial, dialling, hangUp } from './dialling.ts';
import { explainFailure } from './explainFailure.ts';
import { reasonOf } from './reasonOf.ts';
import { shutdownError } from './lifetime.ts';
import type { TokenSource } from './tokenSource.ts';
import { retryAfter } from './retryAfter.ts';

/** The headers of an answer, names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** One request, ready for the wire. */
export interface ExchangeSpec {
  /** Names the operation in errors and events. */
  readonly attempt: Attempt;
  readonly origin: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A function is called when the request has come to the head of the line; its rejection ends the request. */
  readonly body?: Buffer | (() => Promise<ExchangeBody>) | undefined;
  /** Gives the credentials, when it is sent; none are added without it. */
  readonly tokens?: TokenSource | undefined;
  /** Gives the place in line back once the headers are there; for answers that go on for long. */
  readonly longLived?: boolean | undefined;
}

/** A body that is made when it is needed, with all headers of the request, some of which only it knows. */
export interface ExchangeBody {
  readonly content: Buffer | Readable;
  readonly headers: Readonly<Record<string, string>>;
}

/** What happens to one request; `onEnd` or `onError` is called once, last, and not after an abort. */
export interface ExchangeHandler {
  onHeaders(status: number, headers: AnswerHeaders): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  onError(error: Error): void;
  /** It has left the line for the wire. */
  onSent?(): void;
  /** So many more bytes of the request's body were handed to the socket. */
  onBodySent?(bytes: number): void;
}

/**
 * Sends one request over undici's `dispatch`, the shortest way from bytes to callbacks, and waits in the
 * connection's line before it. The function that it returns aborts: the request is not sent if it was still
 * in line, the socket is closed if it was under way, and nothing is called any more.
 *
 * Errors are `NetworkError`s that say whether the server may have seen the request. What an answer says about the
 * server's load is passed to the line; what happens is announced as activity.
 *
 * All of it runs in the async context of the caller, the handler's functions and the announcements included: a socket
 * that is kept alive would bring that of whoever opened it.
 */
export function exchange(wire: Wire, spec: ExchangeSpec, handler: ExchangeHandler): () => void {
  const { attempt, origin } = spec;
  const { hub, line, lifetime, now } = wire;
  if (lifetime.closed) {
    handler.onError(shutdownError(attempt.route, false));
    return () => undefined;
  }
  const ours = origin === wire.origin;
  const context = contextSnapshot();
  const dial: Dial = {};
  let controller: Dispatcher.DispatchController | undefined;
  let body: Buffer | Readable | undefined;
  let status = 0;
  let bytes = 0;
  let over = false;
  let patience: Subscription | undefined;
  const queuedAt = now();
  let sentAt: number | undefined;
  let lastSentAt = queuedAt;

  /** Milliseconds since it was sent. */
  const elapsed = (): number => (sentAt === undefined ? 0 : now() - sentAt);
  /** Lets go of the wire. False when that was done before. */
  const leave = (): boolean => {
    leaveLine();
    if (over) {
      return false;
    }
    over = true;
    patience?.unsubscribe();
    return true;
  };
  /** The same, and nothing is to come. */
  const finish = (): boolean => {
    const left = leave();
    ended();
    return left;
  };
  /** Takes the request back, from wherever it is. */
  const stop = (reason: string): boolean => {
    if (!finish()) {
      return false;
    }
    if (controller) {
      controller.abort(new Error(reason));
    } else {
      hangUp(dial, new Error(reason));
    }
    dropBody();
    return true;
  };
  // A body that undici never got to read would keep its file open.
  const dropBody = (): void => {
    if (body instanceof Readable) {
      body.destroy();
    }
  };
  const lose = (error: Error): void => {
    if (hub.heard) {
      hub.announce({ type: 'lost', ...attempt, reason: reasonOf(error), ms: elapsed() });
    }
    handler.onError(error);
  };
  const fail = (cause: unknown): void => {
    if (finish()) {
      const started = controller !== undefined;
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const { route } = attempt;
      lose(explainFailure(error, { route, origin, started, answered: status > 0 }));
    }
  };

  /**
   * undici begins its wait for headers anew with each interim answer, and so would wait for ever. Here it begins when the
   * last of the body was sent.
   */
  const awaitHeaders = (wait: number): void => {
    if (wait === Infinity) {
      return;
    }
    patience = wire.scheduler.schedule(() => {
      const left = lastSentAt + wire.timeouts.headers - now();
      const { route } = attempt;
      if (left > 0) {
        awaitHeaders(Math.ceil(left));
      } else if (stop('no answer in time')) {
        const late = new errors.HeadersTimeoutError();
        lose(explainFailure(late, { route, origin, started: true, answered: false }));
      }
    }, wait);
  };

  /** What the answer says about the server's load. Storage elsewhere has a load of its own. */
  const weigh = (headers: AnswerHeaders): void => {
    const asked = status === 429 || status === 503 ? retryAfter(headers) : undefined;
    if (status === 429 || asked !== undefined) {
      const waitMs = line.throttled(sentAt ?? queuedAt, asked);
      if (hub.heard) {
        hub.announce({ type: 'throttled', ...attempt, status, waitMs });
      }
    } else if (status < 300) {
      line.succeeded();
    }
  };

  const onResponseStart = (answeredStatus: number, headers: AnswerHeaders): void => {
    if (over) {
      return;
    }
    // Interim answers (103) are followed by the real one.
    if (answeredStatus < 200) {
      if (!patience) {
        awaitHeaders(Math.max(0, lastSentAt + wire.timeouts.headers - now()));
      }
      return;
    }
    patience?.unsubscribe();
    status = answeredStatus;
    if (ours) {
      wire.serverClock.note(headers);
      weigh(headers);
    }
    if (spec.longLived) {
      leaveLine();
    }
    if (hub.heard) {
      hub.announce({ type: 'answered', ...attempt, status, ms: elapsed() });
    }
    handler.onHeaders(status, headers);
  };
  const onResponseData = (chunk: Buffer): void => {
    if (!over) {
      bytes += chunk.byteLength;
      handler.onData(chunk);
    }
  };
  const onResponseEnd = (): void => {
    if (leave()) {
      if (hub.heard) {
        hub.announce({ type: 'received', ...attempt, status, ms: elapsed(), bytes });
      }
      handler.onEnd();
      // After the answer was passed on, which a connection that is being closed waits for.
      ended();
    }
  };
  const onBodySent = (chunk: Uint8Array): void => {
    if (!over) {
      lastSentAt = now();
      handler.onBodySent?.(chunk.byteLength);
    }
  };

  const dispatch = (headers: ExchangeSpec['headers']): void => {
    wire.dispatcher.dispatch(
      {
        origin,
        method: spec.method,
        path: spec.path,
        headers,
        body: body ?? null,
        headersTimeout: undiciTimeout(wire.timeouts.headers),
        bodyTimeout: undiciTimeout(wire.timeouts.bodyGap),
      },
      {
        onRequestStart(started) {
          controller = started;
          if (over) {
            started.abort(new Error('unsubscribed'));
          }
        },
        onResponseStart: (_, answered, headersOfAnswer) =>
          context.run(onResponseStart, answered, headersOfAnswer),
        onResponseData: (_, chunk) => context.run(onResponseData, chunk),
        onResponseEnd: () => context.run(onResponseEnd),
        onResponseError: (_, error) => context.run(fail, error),
        onBodySent: (chunk) => context.run(onBodySent, chunk),
      },
    );
  };

  const send = (content: Buffer | Readable | undefined, headers: ExchangeSpec['headers']): void => {
    body = content;
    if (over) {
      dropBody();
      return;
    }
    try {
      dialling(dial, () => dispatch(headers));
    } catch (error) {
      // A header or path that cannot be.
      fail(error);
    }
  };

  const sendWith = (credentials: ExchangeSpec['headers'] | undefined): void => {
    if (over) {
      return;
    }
    if (typeof spec.body === 'function') {
      const made = spec.body();
      made.then(({ content, headers }) => send(content, { ...headers, ...credentials }), fail);
    } else {
      send(spec.body, credentials ? { ...spec.headers, ...credentials } : spec.headers);
    }
  };

  const ended = lifetime.begin({
    // Not a getter: objects with those are slow to make, 18 us each.
    sent: () => sentAt !== undefined,
    cut() {
      if (stop('the connection was closed')) {
        lose(shutdownError(attempt.route, controller !== undefined));
      }
    },
  });
  const queue = ours ? (attempt.attempt > 1 ? 'again' : 'first') : 'elsewhere';
  const leaveLine = line.enter(queue, () => {
    sentAt = now();
    lastSentAt = sentAt;
    handler.onSent?.();
    if (hub.heard) {
      hub.announce({ type: 'sent', ...attempt, ms: sentAt - queuedAt });
    }
    // A listener may just have taken it back.
    if (over) {
      return;
    }
    if (spec.tokens) {
      spec.tokens.ask(attempt, sendWith, fail);
    } else {
      sendWith(undefined);
    }
  });
  if (hub.heard) {
    hub.announce({ type: 'queued', ...attempt });
  }
  return () => {
    if (stop('unsubscribed') && hub.heard) {
      hub.announce({ type: 'cancelled', ...attempt, ms: elapsed() });
    }
  };
}

/** undici takes 0 for no limit. */
function undiciTimeout(ms: number): number {
  return ms === Infinity ? 0 : ms;
}
