import { describe } from 'vitest';
import { JobError } from '../../src/errors.ts';
import { throwIfChatFailed } from '../../src/operators/throwIfChatFailed.ts';
import type { ChatEvent, StopEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const stop: StopEvent = { type: 'stop', is_error: true, error: 'no model', usage: { turns: 1 } };
const events: Record<string, ChatEvent> = {
  a: { type: 'text_delta', content: 'a' },
  b: { type: 'text', content: 'a' },
  s: stop,
  e: { ...stop, is_error: false, error: null },
};
const failed = new JobError('The chat turn failed: no model', { kind: 'failed', job: stop });

describe('throwIfChatFailed', () => {
  marbles(
    'makes an error of a turn that failed, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-(s|)', events);
      const expected = '   a-b-#';
      const subs = '       ^---!';

      expectObservable(source.pipe(throwIfChatFailed())).toBe(expected, events, failed);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('passes a turn that went well through', ({ cold, expectObservable }) => {
    expectObservable(cold('a-b-(e|)', events).pipe(throwIfChatFailed())).toBe('a-b-(e|)', events);
  });

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<ChatEvent>('-').pipe(throwIfChatFailed())).toBe('-');
      expectObservable(cold<ChatEvent>('-|').pipe(throwIfChatFailed())).toBe('-|');
    },
  );

  marbles('passes an error of the source on', ({ cold, expectObservable }) => {
    expectObservable(cold('a-#', events).pipe(throwIfChatFailed())).toBe('a-#', events);
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-(e|)', events);
      expectObservable(source.pipe(throwIfChatFailed()), '^-!').toBe('a--', events);
      expectSubscriptions(source.subscriptions).toBe('^-!');
    },
  );
});
