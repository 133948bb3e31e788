import { defer, filter, map, type OperatorFunction } from 'rxjs';
import type { ChatEvent } from '../types/chat.ts';
import { textOf } from '../types/textOf.ts';

/**
 * The agent's reply as pieces of text, in order, to be shown one after the other. Everything else in the chat is
 * left out, and so is the word that a turn has failed: put `throwIfChatFailed` before it to get an error then. A reply
 * that came whole, without pieces, is one piece. Content that is missing, `null` or no text is no piece; a number is its
 * digits, and a list of parts the texts in them.
 *
 * ```text
 * source:  a-b-T-c-T|     a b c: text_delta, T: the text that repeats them
 * result:  a-b---c--|
 * ```
 *
 * @example Write an answer while it is being made
 * ```ts
 * streamChat(connection, sessionId, { index_ids: [indexId], prompt: 'Why?' })
 *   .pipe(chatText())
 *   .subscribe((text) => process.stdout.write(text));
 * ```
 */
export function chatText(): OperatorFunction<ChatEvent, string> {
  return (source) =>
    defer(() => {
      // Whether the next complete text repeats pieces that were emitted already.
      let inPieces = false;
      return source.pipe(
        map((event) => {
          if (event.type === 'text_delta') {
            const piece = textOf(event.content);
            // A reply whose pieces say nothing is still to come, whole.
            inPieces ||= piece !== '';
            return piece;
          }
          if (event.type === 'text') {
            const whole = inPieces ? '' : textOf(event.content);
            inPieces = false;
            return whole;
          }
          return '';
        }),
        filter((text) => text !== ''),
      );
    });
}
