import {
  concatMap,
  defer,
  EMPTY,
  from,
  map,
  type Observable,
  type ObservableInput,
  of,
  tap,
} from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { type ChatTranscript, foldTranscript } from '../operators/chat/foldTranscript.ts';
import { fanOutFrom } from '../operators/fanOutFrom.ts';
import type { ChatEvent } from '../types/chat.ts';
import type { Scope } from '../types/scope.ts';
import { chatTurn, type ChatTurnConfig } from './chatTurn.ts';
import { countTurns } from './countTurns.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link chatLoop} accepts: the indexes, and how a turn whose connection broke is found again. */
export interface ChatLoopConfig extends ChatTurnConfig {
  /** The indexes that each question is asked of, at least one. */
  readonly indexIds: readonly string[];
}

/** One step of a turn in a {@link chatLoop}. */
export interface ChatStep {
  /** Which question of the loop it is about, 0-based. */
  readonly index: number;
  /** The question. */
  readonly question: string;
  /** What has happened. */
  readonly event: ChatEvent;
  /** The turn so far, without the question. */
  readonly transcript: ChatTranscript;
}

/**
 * A conversation: asks each question in turn, the next one when the answer to the one before is complete, and emits what
 * happens, step by step. Completes after the last answer.
 *
 * ```text
 * questions:  a-b|
 * answer a:   1----s|         s: stop
 * answer b:        -2-s|
 * result:     1----s-2-s|     not to scale
 * ```
 *
 * A question that comes during an answer waits; an iterable is asked for the next one when the answer is complete, so
 * that a generator may make it of what was said. A turn that failed is a step like any other (`event.is_error`), and the
 * next question is asked. A connection that breaks is survived as in `resumeChat`; its errors end the loop. The loop counts the
 * messages of the session once, before its first question, and from there on its own turns, so that none is taken for
 * another with the same words.
 * Unsubscribing closes the answer under way and the iterable.
 *
 * @example A chat in the terminal, one question a line
 * ```ts
 * chatLoop(connection, sessionId, [question], { indexIds: [indexId] })
 *   .pipe(
 *     map(({ event }) => event),
 *     chatText(),
 *   )
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 *
 * @throws RangeError when called without an index or with a time that cannot be meant.
 * @throws TypeError when called with a text, which would be a question for each letter.
 */
export function chatLoop(
  connection: Connection,
  sessionId: string,
  questions: ObservableInput<string>,
  config: ChatLoopConfig,
  query: Scope = {},
): Observable<ChatStep> {
  checkKind('chatLoop: config', config, 'object');
  checkKind('chatLoop: indexIds', config.indexIds, 'array');
  const { indexIds: index_ids } = config;
  if (index_ids.length === 0) {
    throw new RangeError('chatLoop: indexIds must name at least one index');
  }
  if (typeof questions === 'string') {
    throw new TypeError('chatLoop: questions must be a list or a stream of texts, got one text');
  }
  const turn = (prompt: string, before: Observable<number | undefined>): Observable<ChatEvent> => {
    const body = { index_ids, prompt };
    return chatTurn('chatLoop', connection, sessionId, body, before, config, query);
  };
  // Refuses now what it would refuse at the first question.
  void turn('', EMPTY);

  return defer(() => {
    let said: number | undefined;
    const before = defer(() =>
      said === undefined ? countTurns(connection, sessionId, config, query) : of(said),
    ).pipe(
      tap((count) => {
        said = count;
      }),
    );
    const answer = (question: string, index: number): Observable<ChatStep> => {
      const transcriptAfter = foldTranscript();
      return turn(question, before).pipe(
        map((event) => ({ index, question, event, transcript: transcriptAfter(event) })),
        tap({
          complete() {
            if (said !== undefined) {
              said += 1;
            }
          },
        }),
      );
    };
    return isPulled(questions)
      ? fanOutFrom(questions, answer, { concurrency: 1 })
      : from(questions).pipe(concatMap(answer));
  });
}

/** Whether it waits to be asked for the next question. */
function isPulled<T>(questions: ObservableInput<T>): questions is Iterable<T> | AsyncIterable<T> {
  return Symbol.asyncIterator in questions || Symbol.iterator in questions;
}
