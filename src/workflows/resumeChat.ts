import { defer, type Observable, of } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { ChatEvent, StreamChatBody } from '../types/chat.ts';
import type { Scope } from '../types/scope.ts';
import { chatTurn, type ChatTurnConfig } from './chatTurn.ts';
import { countTurns } from './countTurns.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How {@link resumeChat} finds out what became of a turn. Times in milliseconds. */
export interface ResumeChatConfig extends ChatTurnConfig {
  /**
   * How many messages the user has sent in the session before this one; 0 in a new session. It tells the turn from all
   * others. @defaultValue counted in the history, which is one more request before the message is sent
   */
  readonly turnsBefore?: number | undefined;
}

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
 * The turn is known by its place, the count of the user's messages before it, and not by its words. Without `turnsBefore`
 * the history is read once before the message is sent. Where it cannot be, the message is sent all the same, and a break is a
 * `NetworkError` whose `ambiguous` is true.
 *
 * Failures to read the history that pass by themselves are waited out for as long as `patience` lasts, after the break for
 * as long as `timeout`, too. Errors with `NetworkError` whose `ambiguous` is false
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
 * @throws RangeError when called with a time or a count that cannot be meant.
 */
export function resumeChat(
  connection: Connection,
  sessionId: string,
  body: StreamChatBody,
  config: ResumeChatConfig = {},
  query: Scope = {},
): Observable<ChatEvent> {
  wireOf(connection);
  checkKind('resumeChat: query', query, 'object');
  checkKind('resumeChat: body', body, 'object');
  checkKind('resumeChat: config', config, 'object');
  const { turnsBefore } = config;
  if (turnsBefore !== undefined && !(Number.isInteger(turnsBefore) && turnsBefore >= 0)) {
    throw new RangeError(`resumeChat: turnsBefore must be a count of messages, got ${turnsBefore}`);
  }
  const before = defer(() =>
    turnsBefore === undefined ? countTurns(connection, sessionId, config, query) : of(turnsBefore),
  );
  return chatTurn('resumeChat', connection, sessionId, body, before, config, query);
}
