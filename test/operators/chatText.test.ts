import { describe } from 'vitest';
import { chatText } from '../../src/operators/chatText.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const events: Record<string, ChatEvent> = {
  a: { type: 'text_delta', content: 'a' },
  b: { type: 'text_delta', content: 'b' },
  c: { type: 'text_delta', content: 'c' },
  T: { type: 'text', content: 'whole' },
  t: { type: 'thinking_delta', content: 'hm' },
  k: { type: 'tool_call', call_id: '1', name: 'retrieve', arguments: {} },
  s: { type: 'stop', is_error: false, error: null, usage: {} },
};

describe('chatText', () => {
  marbles(
    'gives the pieces and not their repetition, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-T-c-T|', events);
      const expected = '   a-b---c--|';
      const subs = '       ^--------!';

      expectObservable(source.pipe(chatText())).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('gives a reply that came without pieces whole', ({ cold, expectObservable }) => {
    expectObservable(cold('T-a-T-T|', events).pipe(chatText())).toBe('x-a---x|', {
      x: 'whole',
      a: 'a',
    });
  });

  marbles('leaves everything else out', ({ cold, expectObservable }) => {
    expectObservable(cold('t-k-s|', events).pipe(chatText())).toBe('-----|');
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<ChatEvent>('-').pipe(chatText())).toBe('-');
      expectObservable(cold<ChatEvent>('--|').pipe(chatText())).toBe('--|');
    },
  );

  marbles('passes an error on', ({ cold, expectObservable }) => {
    expectObservable(cold('a-#', events).pipe(chatText())).toBe('a-#');
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-c-|', events);
      const unsub = '      ^--!';

      expectObservable(source.pipe(chatText()), unsub).toBe('a-b-');
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  marbles('remembers pieces for each subscription alone', ({ hot, expectObservable }) => {
    const text = hot('a-T-T|', events).pipe(chatText());

    expectObservable(text).toBe('a---x|', { a: 'a', x: 'whole' });
    expectObservable(text, '-^').toBe('--x-x|', { x: 'whole' });
  });
});
