import {
  asyncScheduler,
  catchError,
  concatMap,
  defer,
  EMPTY,
  map,
  type Observable,
  tap,
} from 'rxjs';
import {
  type ApiError,
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

/** How {@link chatTurn} finds out what became of a turn. Times in milliseconds. */
export interface ChatTurnConfig extends WatchConfig {
  /** How long after the break to look for the rest of the turn. @defaultValue `300_000` */
  readonly timeout?: number | undefined;
  /**
   * How long after the break the message may take to show up in the history, when no event of its turn has come, before
   * it counts as lost. @defaultValue `10_000`
   */
  readonly arrival?: number | undefined;
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
 * One turn that survives a broken connection: see `resumeChat`.
 *
 * @param turnsBefore - Emits how many messages the user has sent before this one, once, when that has to be known: before
 *   the message is sent. `undefined` where it cannot be known.
 * @throws RangeError when called with a time that cannot be meant.
 */
export function chatTurn(
  caller: string,
  connection: Connection,
  sessionId: string,
  body: StreamChatBody,
  turnsBefore: Observable<number | undefined>,
  config: ChatTurnConfig,
  query: Scope,
): Observable<ChatEvent> {
  const { timeout = 300_000, arrival = 10_000, patience, scheduler = asyncScheduler } = config;
  if (!(arrival >= 0)) {
    throw new RangeError(`${caller}: arrival must be at least 0, got ${arrival}`);
  }
  const clock = steadyClock(scheduler);
  const watch = { interval: config.interval, timeout, patience, scheduler };
  // Refuses now what it would refuse after the break.
  void poll(EMPTY, spec, watch);

  return turnsBefore.pipe(
    concatMap((before) =>
      defer(() => {
        const seen: ChatEvent[] = [];
        return streamChat(connection, sessionId, body, query).pipe(
          tap((event) => seen.push(event)),
          catchError((error: unknown) => {
            if (!mayGoOn(error)) {
              throw error;
            }
            if (before === undefined) {
              throw cannotTell(error);
            }
            return restOfTurn(error, seen, before);
          }),
        );
      }),
    ),
  );

  /** Reads the history until the turn has ended, or is sure to be lost; emits what was not seen yet. */
  function restOfTurn(
    broken: ApiError,
    seen: readonly ChatEvent[],
    before: number,
  ): Observable<ChatEvent> {
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
      const turn = turnInHistory(history, { prompt: body.prompt, turnsBefore: before });
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

function cannotTell(broken: ApiError): NetworkError {
  return new NetworkError(
    `${broken.message}. What became of the message cannot be told, as the session's history could not be read before ` +
      'it was sent. Look for it with getChatSession before you send it again.',
    {
      route,
      kind: broken instanceof NetworkError ? broken.kind : 'closed',
      code: broken instanceof NetworkError ? broken.code : undefined,
      requestId: broken.requestId,
      ambiguous: true,
      cause: broken,
    },
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
