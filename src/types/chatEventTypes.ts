import type { ChatEvent } from './chat.ts';

const described: Readonly<Record<ChatEvent['type'], true>> = {
  thinking_delta: true,
  text_delta: true,
  thinking: true,
  text: true,
  tool_call: true,
  tool_result: true,
  stop: true,
  user_input: true,
};

/** The types of a conversation's events. The service may send others that came after this was written. */
export const chatEventTypes: ReadonlySet<string> = new Set(Object.keys(described));
