import { describe } from 'vitest';
import { type ChatTotals, chatUsage } from '../../src/operators/chatUsage.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const events: Record<string, ChatEvent> = {
  a: { type: 'text_delta', content: 'a' },
  b: { type: 'text', content: 'a' },
  c: { type: 'user_input', content: 'Why?' },
  s: {
    type: 'stop',
    is_error: false,
    error: null,
    usage: { turns: 2, total_input_tokens: 7, total_output_tokens: 3, duration_ms: 40 },
  },
  f: { type: 'stop', is_error: true, error: 'no model', usage: { total_input_tokens: null } },
};

const x: ChatTotals = {
  turns: 1,
  failed: 0,
  modelCalls: 2,
  inputTokens: 7,
  outputTokens: 3,
  durationMs: 40,
};
const y: ChatTotals = {
  turns: 2,
  failed: 0,
  modelCalls: 4,
  inputTokens: 14,
  outputTokens: 6,
  durationMs: 80,
};

describe('chatUsage', () => {
  marbles(
    'sums what turns took, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-s-c-s|', events);
      const expected = '   ----x---y|';
      const subs = '       ^--------!';

      expectObservable(source.pipe(chatUsage())).toBe(expected, { x, y });
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('counts a turn that told nothing, and no tokens for it', ({ cold, expectObservable }) => {
    const failed = { turns: 1, failed: 1, modelCalls: 1, durationMs: 0 };
    expectObservable(cold('f-s|', events).pipe(chatUsage())).toBe('g-h|', {
      g: { ...failed, inputTokens: undefined, outputTokens: undefined },
      h: { ...x, turns: 2, failed: 1, modelCalls: 3 },
    });
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<ChatEvent>('-').pipe(chatUsage())).toBe('-');
      expectObservable(cold<ChatEvent>('--|').pipe(chatUsage())).toBe('--|');
    },
  );

  marbles('passes an error on', ({ cold, expectObservable }) => {
    expectObservable(cold('s-#', events).pipe(chatUsage())).toBe('x-#', { x });
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('s-s-|', events);
      const unsub = '      ^!';

      expectObservable(source.pipe(chatUsage()), unsub).toBe('x', { x });
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  marbles('sums for each subscription alone', ({ hot, expectObservable }) => {
    const usage = hot('s-s|', events).pipe(chatUsage());

    expectObservable(usage).toBe('x-y|', { x, y });
    expectObservable(usage, '-^').toBe('--x|', { x });
  });
});
