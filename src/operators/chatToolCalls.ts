import { concat, defer, from, mergeMap, type OperatorFunction } from 'rxjs';
import type { ChatEvent } from '../types/chat.ts';
import type { ToolBlock } from './chat/chatBlock.ts';
import { foldBlocks } from './chat/foldBlocks.ts';

/**
 * The tools that the agent uses: each call when it is made, with the status `called`, and again when its result is
 * there, `answered`. Calls that have no result when the turn or the source ends are told as `unanswered`. Everything
 * else in the chat is left out.
 *
 * ```text
 * source:  a-k-l-b-r-s|     k l: tool_call, r: the result of k, s: stop
 * result:  --K-L---R-u|     K L: called, R: answered, u: l unanswered
 * ```
 *
 * @example Say how each search went
 * ```ts
 * streamChat(connection, sessionId, body)
 *   .pipe(chatToolCalls())
 *   .subscribe(({ name, status }) => console.log(name, status));
 * ```
 */
export function chatToolCalls(): OperatorFunction<ChatEvent, ToolBlock> {
  return (source) =>
    defer(() => {
      const changesOf = foldBlocks();
      const calls = (event: ChatEvent): ToolBlock[] =>
        changesOf(event).flatMap(({ block }) => (block.type === 'tool' ? [block] : []));
      // A source that ends early ends its calls as `stop` does.
      const end = defer(() =>
        from(calls({ type: 'stop', is_error: false, error: null, usage: {} })),
      );
      return concat(source.pipe(mergeMap(calls)), end);
    });
}
