import { randomUUID } from 'node:crypto';
import { defer, Observable, type Subscriber } from 'rxjs';
import { StreamError, type StreamErrorKind } from '../errors.ts';
import type { Attempt } from './activityEvent.ts';
import { Answer } from './answer.ts';
import { complaintOf } from './complaintOf.ts';
import { type Connection, wireOf } from './connection.ts';
import { eventDecoder } from './eventDecoder.ts';
import { eventMeaning } from './eventMeaning.ts';
import { exchange } from './exchange.ts';
import { overdue } from './overdue.ts';
import { isJson, parseComplaint } from './parseJson.ts';
import { RecentTexts } from './recentTexts.ts';
import type { RequestSpec } from './request.ts';
import { requestHead } from './requestHead.ts';
import { reviveJson } from './reviveJson.ts';
import { retryClass } from './retryClass.ts';
import { retryTransient } from './retryTransient.ts';
import type { Route } from './route.ts';
import { toJson } from '../types/toJson.ts';

/**
 * The longest single event, in characters: more than a model can take in at once, and so more than a tool can have
 * told it. A server that never ends a line stops here.
 */
const MAX_EVENT_LENGTH = 4 * 2 ** 20;

/**
 * How much of a stream an error brings along, in characters of the events' data. It is kept as text, so that events die
 * young, and little of it: with 2 ** 20 and as events, a stream of 200,000 took 120 MB more.
 */
const KEPT_SIZE = 2 ** 16;

/** What one streaming operation sends, and how its stream ends. */
export type EventStreamSpec<R extends Route, T> = RequestSpec<R> & {
  /** Whether an event is the stream's last. */
  readonly isLast: (event: T) => boolean;
  /** The types of events that the API describes. These are emitted unseen. @defaultValue none */
  readonly types?: ReadonlySet<string> | undefined;
};

const noTypes: ReadonlySet<string> = new Set();
/** How much of a server's words an error has in its message, in characters. */
const LONGEST_WORDS = 300;

/**
 * A request that is answered by server-sent events: emits the JSON of each event's data as it arrives, and
 * completes right after the last one, also where that lacks the empty line behind it at the end of the stream. Events of
 * unknown types are emitted like the others. What tells nothing is passed over: comments, blank data, keep-alives
 * by their names or words; see `eventMeaning`.
 *
 * Errors with `StreamError` when the stream ends before its last event, holds an event without end, data that
 * is not JSON and may be a part of the content, or an event that tells of an error, whose words are in the message; it
 * carries what was emitted. Errors with `ResponseError` when the answer is no stream of events. A
 * request that the server may have begun to work on is not sent again. Unsubscribing closes the socket.
 */
export function eventStream<T, R extends Route>(
  connection: Connection,
  route: R,
  spec: EventStreamSpec<R, T>,
): Observable<T> {
  const wire = wireOf(connection);
  const head = requestHead(connection, route, spec);
  const kind = retryClass(route);
  const { types = noTypes } = spec;
  const fixedHeaders = {
    ...head.headers,
    accept: 'text/event-stream',
    // Compression would hold events back until a block is full.
    'accept-encoding': 'identity',
    'content-type': 'application/json',
  };
  const body = Buffer.from(toJson(spec.body ?? {}));
  return defer(() => {
    const headers = {
      ...fixedHeaders,
      // The same for all attempts of a call; see `request`.
      ...(kind === 'unsafe' && { 'idempotency-key': randomUUID() }),
    };
    return retryTransient(wire, (attempt) => send(attempt, headers), { route, retryClass: kind });
  });

  /** A stream may take as long as it likes. What comes in its place is an answer like any other. */
  function limitRefusal(subscriber: Subscriber<T>, answer: Answer): void {
    const end = (): void => {
      subscriber.error(answer.brokenOff(overdue(route, wire.timeouts.total, true)));
    };
    subscriber.add(wire.deadlines.begin(end));
  }

  function send(attempt: Attempt, headers: Readonly<Record<string, string>>): Observable<T> {
    return new Observable((subscriber) => {
      const received = new RecentTexts(KEPT_SIZE);
      const answer = new Answer(wire, route);
      let streaming = false;
      let ended = false;

      const fail = (kind: StreamErrorKind, what: string, cause?: unknown): void => {
        subscriber.error(
          new StreamError(`${route}: ${what}`, {
            route,
            kind,
            received: received.list().map((data) => reviveJson(data, wire.reviver) as T),
            receivedCount: received.count,
            cause,
          }),
        );
      };
      const refuse = (): void => {
        try {
          answer.read('events');
        } catch (error) {
          subscriber.error(error);
        }
      };
      const isKnown = (event: unknown): event is T => {
        const type = (event as { readonly type?: unknown } | null)?.type;
        return typeof type === 'string' && types.has(type);
      };
      const judge = (
        name: string | undefined,
        data: string,
        json: unknown,
        cause: unknown,
      ): boolean => {
        switch (eventMeaning({ name, data, json, types })) {
          case 'value':
            return true;
          case 'nothing':
            return false;
          case 'trouble': {
            const said = wordsOf(data, wire.redact);
            const when = received.count === 0 ? 'at once' : `after ${received.count} events`;
            fail('server', `the server told of an error ${when}${said && `: ${said}`}`);
            return false;
          }
          case 'garbage':
            if (ended) {
              return false;
            }
            fail(
              'parse',
              `an event is not ${cause ? 'valid JSON' : 'a JSON object'}`,
              cause && parseComplaint(cause, data, wire.redact),
            );
            return false;
        }
      };
      const decoder = eventDecoder({
        maxLength: MAX_EVENT_LENGTH,
        onEvent(data, name) {
          if (subscriber.closed) {
            return;
          }
          let event: unknown;
          let complaint: unknown;
          // In place, and what else there is to be seen looked for afterwards: together 20 ns an event, of 350.
          try {
            event = reviveJson(data, wire.reviver);
          } catch (cause) {
            if (wire.reviver && isJson(data)) {
              subscriber.error(cause);
              return;
            }
            complaint = cause;
          }
          // Half an event, which the end of the stream has cut off.
          if (ended && complaint && /^[\s[]*(?:\{|$)/.test(data)) {
            return;
          }
          if (!isKnown(event) && !judge(name, data, event, complaint)) {
            return;
          }
          const value = event as T;
          const isLast = spec.isLast(value);
          if (ended && !isLast) {
            return;
          }
          received.add(data);
          subscriber.next(value);
          if (isLast) {
            subscriber.complete();
          }
        },
        onOverflow() {
          fail('overflow', `an event is longer than ${MAX_EVENT_LENGTH} characters`);
        },
      });
      /** Whatever ended the stream: the last event may be there but for the empty line behind it. */
      const end = (what: string, cause?: unknown): void => {
        ended = true;
        decoder.end();
        if (!subscriber.closed) {
          fail('incomplete', what, cause);
        }
      };

      return exchange(
        wire,
        { attempt, ...head, headers, body, longLived: true },
        {
          onHeaders(status, answered) {
            answer.onHeaders(status, answered);
            try {
              streaming = answer.isEventStream();
            } catch (error) {
              subscriber.error(error);
            }
            if (!streaming) {
              limitRefusal(subscriber, answer);
            }
          },
          onData(chunk) {
            try {
              if (streaming) {
                decoder.read(chunk);
              } else {
                answer.onData(chunk);
              }
            } catch (error) {
              subscriber.error(error);
            }
          },
          onEnd() {
            if (streaming) {
              end(`the stream ended after ${received.count} events, before its last one`);
            } else {
              answer.whole(refuse, (error) => subscriber.error(error));
            }
          },
          onError(error) {
            if (streaming) {
              end(`the stream broke off after ${received.count} events`, error);
            } else {
              subscriber.error(answer.brokenOff(error));
            }
          },
        },
      );
    });
  }
}

/** What an event says of an error, short enough for one line; '' where it says nothing. */
function wordsOf(data: string, redact: (text: string) => string): string {
  const { words, body } = complaintOf(data, redact);
  if (words !== undefined) {
    return words;
  }
  return body === null || body === '' ? '' : JSON.stringify(body).slice(0, LONGEST_WORDS);
}
