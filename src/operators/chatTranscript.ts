import { defer, distinctUntilChanged, filter, map, type OperatorFunction } from 'rxjs';
import type { ChatEvent } from '../types/chat.ts';
import { type ChatTranscript, foldTranscript } from './chat/foldTranscript.ts';

/**
 * The conversation as it is to be shown, after each event that changed it: text, reasoning and uses of tools as blocks,
 * each growing in its place. The complete event that follows pieces does not show them twice; where the two differ the
 * complete one wins.
 *
 * ```text
 * source:  a-b-T-k-r-s|     a b: text_delta, T: text, k: tool_call, r: tool_result, s: stop
 * result:  1-2-3-4-5-6|     1: 'a', 2: 'ab', 3: and done, 4: and a call, 5: and its result, 6: and the end
 * ```
 *
 * An emission is a snapshot that shares what has not changed with the one before: a piece of text costs a copy of the
 * list of blocks, and not of their text. Events of unknown types are passed over. The events of a session's history
 * make a transcript too, with the messages of the user in it.
 *
 * @example Show an answer as it grows
 * ```ts
 * streamChat(connection, sessionId, body)
 *   .pipe(chatTranscript())
 *   .subscribe(({ blocks }) => console.log(blocks.map(({ type }) => type)));
 * ```
 */
export function chatTranscript(): OperatorFunction<ChatEvent, ChatTranscript> {
  return (source) =>
    defer(() => {
      const transcriptAfter = foldTranscript();
      return source.pipe(
        map(transcriptAfter),
        distinctUntilChanged(),
        // The first event may have changed nothing.
        filter(({ blocks, stop }) => blocks.length > 0 || stop !== undefined),
      );
    });
}
