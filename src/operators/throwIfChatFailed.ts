import { map, type MonoTypeOperatorFunction } from 'rxjs';
import { JobError } from '../errors.ts';
import type { ChatEvent } from '../types/chat.ts';

/**
 * Turns the `stop` of a chat turn that failed into a `JobError` that carries it; passes every other event on.
 *
 * ```text
 * source:  a-b-(s|)      s: stop with is_error
 * result:  a-b-#
 * ```
 *
 * @example
 * ```ts
 * streamChat(connection, sessionId, body).pipe(throwIfChatFailed(), chatText());
 * ```
 */
export function throwIfChatFailed(): MonoTypeOperatorFunction<ChatEvent> {
  return map((event) => {
    if (event.type === 'stop' && event.is_error) {
      throw new JobError(`The chat turn failed: ${event.error ?? 'no reason was given'}`, {
        kind: 'failed',
        job: event,
      });
    }
    return event;
  });
}
