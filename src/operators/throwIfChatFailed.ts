import { map, type MonoTypeOperatorFunction } from 'rxjs';
import { JobError } from '../errors.ts';
import type { ChatEvent } from '../types/chat.ts';
import { turnFailure } from './chat/turnFailure.ts';

/**
 * Turns the `stop` of a chat turn that failed into a `JobError` that carries it; passes every other event on. One that
 * does not say whether it failed, but gives a reason, has failed.
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
    const failure = event.type === 'stop' ? turnFailure(event) : undefined;
    if (failure !== undefined) {
      throw new JobError(`The chat turn failed: ${failure || 'no reason was given'}`, {
        kind: 'failed',
        job: event,
      });
    }
    return event;
  });
}
