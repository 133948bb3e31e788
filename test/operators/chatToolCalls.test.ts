import { describe } from 'vitest';
import type { ToolBlock } from '../../src/operators/chat/chatBlock.ts';
import { chatToolCalls } from '../../src/operators/chatToolCalls.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const events: Record<string, ChatEvent> = {
  a: { type: 'text_delta', content: 'a' },
  b: { type: 'text', content: 'a' },
  k: { type: 'tool_call', call_id: '1', name: 'read', arguments: { offset: 3 } },
  r: { type: 'tool_result', call_id: '1', name: 'read', result: 'page' },
  l: { type: 'tool_call', call_id: '2', name: 'grep', arguments: {} },
  s: { type: 'stop', is_error: false, error: null, usage: {} },
};

const K: ToolBlock = {
  type: 'tool',
  index: 0,
  callId: '1',
  name: 'read',
  arguments: { offset: 3 },
  status: 'called',
  result: undefined,
  imageAttachment: undefined,
  done: false,
};
const R: ToolBlock = { ...K, status: 'answered', result: 'page', done: true };
const L: ToolBlock = { ...K, index: 1, callId: '2', name: 'grep', arguments: {} };
const u: ToolBlock = { ...L, status: 'unanswered', done: true };

/** The blocks with their places moved on by one. */
const behindText = Object.fromEntries(
  Object.entries({ K, L, R, u }).map(([name, block]) => [
    name,
    { ...block, index: block.index + 1 },
  ]),
);

describe('chatToolCalls', () => {
  marbles(
    'tells calls, results and what stayed unanswered, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-k-l-b-r-s|', events);
      const expected = '   --K-L---R-u|';
      const subs = '       ^----------!';

      expectObservable(source.pipe(chatToolCalls())).toBe(expected, behindText);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles(
    'tells what is unanswered when the source ends before stop',
    ({ cold, expectObservable }) => {
      expectObservable(cold('k-l--|', events).pipe(chatToolCalls())).toBe('K-L--(vu|)', {
        K,
        L,
        v: { ...K, status: 'unanswered', done: true },
        u,
      });
    },
  );

  marbles('pairs results that come in another order', ({ cold, expectObservable }) => {
    const m: ChatEvent = { type: 'tool_result', call_id: '2', name: 'grep', result: [] };
    const source = cold('k-l-m-r-s|', { ...events, m });
    expectObservable(source.pipe(chatToolCalls())).toBe('K-L-M-R--|', {
      K,
      L,
      R,
      M: { ...L, status: 'answered', result: [], done: true },
    });
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<ChatEvent>('-').pipe(chatToolCalls())).toBe('-');
      expectObservable(cold<ChatEvent>('--|').pipe(chatToolCalls())).toBe('--|');
    },
  );

  marbles('passes an error on', ({ cold, expectObservable }) => {
    expectObservable(cold('k-#', events).pipe(chatToolCalls())).toBe('K-#', { K });
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('k-l-r-|', events);
      const unsub = '      ^--!';

      expectObservable(source.pipe(chatToolCalls()), unsub).toBe('K-L', { K, L });
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  marbles('remembers calls for each subscription alone', ({ hot, expectObservable }) => {
    const calls = hot('k-r-|', events).pipe(chatToolCalls());

    expectObservable(calls).toBe('K-R-|', { K, R });
    expectObservable(calls, '-^').toBe('--R-|', { R: { ...R, arguments: {} } });
  });
});
