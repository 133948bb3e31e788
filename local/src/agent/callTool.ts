import type { ChatEvent } from '../../../src/types/chat.ts';
import { newCallId } from './newCallId.ts';

/**
 * Calls a tool and emits the call and its result, which it also returns. A tool that fails does
 * not throw: its error is returned, and the result event says it in words, so that every call has
 * a result.
 */
export async function* callTool<Args extends Readonly<Record<string, unknown>>, Result>(
  name: string,
  args: Args,
  tool: (args: Args) => Promise<Result>,
  call_id: string = newCallId(),
): AsyncGenerator<ChatEvent, Result | Error> {
  yield { type: 'tool_call', call_id, name, arguments: args };
  try {
    const result = await tool(args);
    yield { type: 'tool_result', call_id, name, result };
    return result;
  } catch (cause) {
    const error = cause instanceof Error ? cause : new Error(String(cause));
    yield { type: 'tool_result', call_id, name, result: { error: error.message } };
    return error;
  }
}
