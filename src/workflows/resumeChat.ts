import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  EMPTY,
  map,
  type Observable,
  of,
  tap,
} from 'rxjs';
import {
  ApiError,
  HttpError,
  JobError,
  NetworkError,
  ResponseError,
  StreamError,
} from '../errors.ts';
import type { Connection } from '../http/connection.ts';
import { poll } from '../http/poll.ts';
import { steadyClock } from '../http/steadyClock.ts';
import type { WatchConfig } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { getChatSession, streamChat } from '../sources/chat.ts';
import type { ChatEvent, ChatSessionHistory, StreamChatBody } from '../types/chat.ts';
import type { Scope } from '../types/scope.ts';
import { missingEvents, stopOf, turnInHistory } from './turnInHistory.ts';

/** How {@link resumeChat} finds out what became of a turn. Times in milliseconds. */
export interface ResumeChatConfig extends WatchConfig {
  /** How long after the break to look for the rest of the turn. @defaultValue `300_000` */
  readonly timeout?: number | undefined;
  /**
   * How long after the break the message may take to show up in the history, when no event of its turn has come, before
   * it counts as lost. @defaultValue `10_000`
   */
  readonly arrival?: number | undefined;
  /**
   * How many messages the user has sent in the session before this one. Needed only to tell a lost message from an
   * earlier one with the very same words. @defaultValue unknown
   */
  readonly turnsBefore?: number | undefined;
}

/** How long a history without `stop` events must stay as it is for a reply at its end to be the last word. */
const QUIET = 10_000;

const route = 'POST /api/v1/chat/{session_id}/messages/stream';
const historyRoute = 'GET /api/v1/chat/{session_id}';

/** What one look at the history shows of the turn. */
interface Look {
  /** Changes with what there is to tell. */
  readonly key: string;
  readonly state: 'open' | 'ended' | 'lost';
  /** The turn's complete events, its end included. */
  readonly events: readonly ChatEvent[];
}

const spec = {
  route: historyRoute,
  isDone: ({ state }: Look): boolean => state !== 'open',
  changeKey: ({ key }: Look): string => key,
};

/**
 * Says something to the agent as `streamChat` does, and survives a connection that breaks: the message is not sent
 * again. The session's history is read, at growing intervals, until the turn has ended in it, and what was missed
 * follows, nothing of it twice. Completes after `stop`.
 *
 * The history holds complete events. One whose pieces had begun to come continues them: the rest comes as one piece
 * before it, as long as it begins with what was seen.
 *
 * The turn has ended when the history has its `stop` or a later message of the user. A history that keeps no `stop`
 * counts as ended when its last event is a reply, `job_metadata` is there, and nothing has changed for 10 seconds; the
 * `stop` is made from `job_metadata` then, and before a later message it says nothing of what the turn took.
 *
 * Errors of the history that pass by themselves are waited out. Errors with `NetworkError` whose `ambiguous` is false
 * when the message never arrived, so that it is safe to send it again; with `JobError` of the kind `timeout` and the
 * history when the turn has not ended in time; and with what the server refused. All of them carry the error of the
 * broken connection as `cause`, but for refusals.
 *
 * @example
 * ```ts
 * resumeChat(connection, sessionId, { index_ids: [indexId], prompt: question })
 *   .pipe(chatText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @throws RangeError when called with a time that cannot be meant.
 */
export function resumeChat(
  connection: Connection,
  sessionId: string,
  body: StreamChatBody,
  config: ResumeChatConfig = {},
  query: Scope = {},
): Observable<ChatEvent> {
  const { timeout = 300_000, arrival = 10_000, scheduler = asyncScheduler, turnsBefore } = config;
  if (!(arrival >= 0)) {
    throw new RangeError(`resumeChat: arrival must be at least 0, got ${arrival}`);
  }
  const clock = steadyClock(scheduler);
  const watch = { interval: config.interval, timeout, scheduler };
  // Refuses now what it would refuse after the break.
  void poll(EMPTY, spec, watch);

  return defer(() => {
    const seen: ChatEvent[] = [];
    return streamChat(connection, sessionId, body, query).pipe(
      tap((event) => seen.push(event)),
      catchError((error: unknown) => {
        if (!mayGoOn(error)) {
          throw error;
        }
        return restOfTurn(error, seen);
      }),
    );
  });

  /** Reads the history until the turn has ended, or is sure to be lost; emits what was not seen yet. */
  function restOfTurn(broken: ApiError, seen: readonly ChatEvent[]): Observable<ChatEvent> {
    const freshOf = missingEvents(seen);
    const brokeAt = clock();
    let last: ChatSessionHistory | undefined;
    let lastKey = '';
    let changedAt = brokeAt;

    const look = (history: ChatSessionHistory): Look => {
      const key = `${history.last_updated_at} ${history.events.length}`;
      const now = clock();
      changedAt = key === lastKey ? changedAt : now;
      lastKey = key;
      last = history;
      const turn = turnInHistory(history, { prompt: body.prompt, seen, turnsBefore });
      if (!turn) {
        const isLost = seen.length === 0 && now - brokeAt >= arrival;
        return isLost
          ? { key: `${key} lost`, state: 'lost', events: [] }
          : { key, state: 'open', events: [] };
      }
      const { events, isFollowed } = turn;
      const isQuiet = now - changedAt >= QUIET && events.at(-1)?.type === 'text';
      if (events.some(({ type }) => type === 'stop')) {
        return { key, state: 'ended', events };
      }
      // What the session tells of its last run is about the turn only while no other follows it.
      const run = isFollowed ? {} : isQuiet ? history.job_metadata : undefined;
      return run
        ? { key: `${key} ended`, state: 'ended', events: [...events, stopOf(run)] }
        : { key, state: 'open', events };
    };

    const read = getChatSession(connection, sessionId, query).pipe(
      map((history) => {
        try {
          return look(history);
        } catch (cause) {
          throw new ResponseError(`${historyRoute} answered without a list of events`, {
            route: historyRoute,
            kind: 'parse',
            cause,
          });
        }
      }),
      catchError((error: unknown) => {
        // As if nothing had changed: this outage may well be the one that broke the stream.
        if (error instanceof ApiError && error.retryable) {
          return of<Look>({ key: lastKey, state: 'open', events: [] });
        }
        throw error;
      }),
    );

    return poll(read, spec, watch).pipe(
      endAtClose(connection, spec.route),
      concatMap(({ state, events }) => {
        if (state === 'lost') {
          throw neverArrived(broken, Math.round(clock() - brokeAt));
        }
        return freshOf(events);
      }),
      catchError((error: unknown) => {
        throw error instanceof JobError ? notInTime(broken, timeout, last) : error;
      }),
    );
  }
}

/** Whether the server may be at work on the message in spite of the error. */
function mayGoOn(error: unknown): error is ApiError {
  return (
    error instanceof StreamError ||
    (error instanceof NetworkError && error.ambiguous) ||
    // A gateway that gave up on the server behind it says nothing of what that does.
    (error instanceof HttpError && (error.status >= 500 || error.status === 408))
  );
}

function neverArrived(broken: ApiError, waited: number): NetworkError {
  return new NetworkError(
    `${broken.message}. The message has not arrived: after ${waited} ms it is not in the session's history. ` +
      'Send it again.',
    {
      route,
      kind: broken instanceof NetworkError ? broken.kind : 'closed',
      code: broken instanceof NetworkError ? broken.code : undefined,
      requestId: broken.requestId,
      ambiguous: false,
      retryable: true,
      cause: broken,
    },
  );
}

function notInTime(
  broken: ApiError,
  timeout: number,
  job: ChatSessionHistory | undefined,
): JobError<ChatSessionHistory> {
  const found = job ? 'had not ended in the history' : 'could not be looked up in the history';
  return new JobError(
    `${broken.message}. The turn ${found} of its session ${timeout} ms later. getChatSession may know more by now.`,
    { route, kind: 'timeout', job, requestId: broken.requestId, cause: broken },
  );
}
