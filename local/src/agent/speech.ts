import type { ChatEvent } from '../../../src/types/chat.ts';

const wordsPerDelta = 4;

/** A thought of the agent: its deltas, then the whole. */
export function* thought(content: string): Generator<ChatEvent, void> {
  for (const piece of pieces(content)) {
    yield { type: 'thinking_delta', content: piece };
  }
  yield { type: 'thinking', content };
}

/** An answer of the agent: its deltas, a few words each, then the whole. */
export function* said(content: string): Generator<ChatEvent, void> {
  for (const piece of pieces(content)) {
    yield { type: 'text_delta', content: piece };
  }
  yield { type: 'text', content };
}

/** Cuts a text after every few words; the pieces joined are the text again. */
function pieces(text: string): string[] {
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  return Array.from({ length: Math.ceil(words.length / wordsPerDelta) }, (_, at) =>
    words.slice(at * wordsPerDelta, (at + 1) * wordsPerDelta).join(''),
  );
}
