import { from, map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { ChatBlock, SpokenBlock, ToolBlock } from '../../src/operators/chat/chatBlock.ts';
import type { ChatTranscript } from '../../src/operators/chat/foldTranscript.ts';
import { chatTranscript } from '../../src/operators/chatTranscript.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const events = {
  a: { type: 'text_delta', content: 'a' },
  b: { type: 'text_delta', content: 'b' },
  T: { type: 'text', content: 'ab' },
  h: { type: 'thinking_delta', content: 'hm' },
  H: { type: 'thinking', content: 'hm' },
  k: { type: 'tool_call', call_id: '1', name: 'read', arguments: { offset: 3 } },
  r: { type: 'tool_result', call_id: '1', name: 'read', result: 'page' },
  l: { type: 'tool_call', call_id: '2', name: 'grep', arguments: {} },
  u: { type: 'user_input', content: 'Why?' },
  s: { type: 'stop', is_error: false, error: null, usage: {} },
} satisfies Record<string, ChatEvent>;

const spoken = (
  index: number,
  content: string,
  done = true,
  type: SpokenBlock['type'] = 'text',
): SpokenBlock => ({ type, index, content, done });

const tool = (index: number, changes: Partial<ToolBlock> = {}): ToolBlock => ({
  type: 'tool',
  index,
  callId: '1',
  name: 'read',
  arguments: { offset: 3 },
  status: 'called',
  result: undefined,
  imageAttachment: undefined,
  done: false,
  ...changes,
});
const answered = { status: 'answered', result: 'page', done: true } as const;

const shown = (...blocks: ChatBlock[]): ChatTranscript => ({ blocks, stop: undefined });

/** The last transcript of these events. */
function after(...names: ChatEvent[]): ChatTranscript | undefined {
  let last: ChatTranscript | undefined;
  from(names)
    .pipe(chatTranscript())
    .subscribe((transcript) => (last = transcript));
  return last;
}

const { a, b, T, h, H, k, r, l, u, s } = events;

describe('chatTranscript', () => {
  marbles(
    'folds pieces and calls into blocks, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-T-k-r-s|', events);
      const expected = '   1-2-3-4-5-6|';
      const subs = '       ^----------!';

      expectObservable(source.pipe(chatTranscript())).toBe(expected, {
        1: shown(spoken(0, 'a', false)),
        2: shown(spoken(0, 'ab', false)),
        3: shown(spoken(0, 'ab')),
        4: shown(spoken(0, 'ab'), tool(1)),
        5: shown(spoken(0, 'ab'), tool(1, answered)),
        6: { blocks: [spoken(0, 'ab'), tool(1, answered)], stop: s },
      });
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles(
    'is silent with a silent source and empty with an empty one',
    ({ cold, expectObservable }) => {
      expectObservable(cold<ChatEvent>('-').pipe(chatTranscript())).toBe('-');
      expectObservable(cold<ChatEvent>('--|').pipe(chatTranscript())).toBe('--|');
    },
  );

  marbles('passes an error on', ({ cold, expectObservable }) => {
    const x = shown(spoken(0, 'a', false));
    expectObservable(cold('a-#', events).pipe(chatTranscript())).toBe('x-#', { x });
  });

  marbles(
    'leaves the source when unsubscribed',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-T-|', { ...events, T: a });
      const unsub = '      ^!';
      const x = shown(spoken(0, 'a', false));

      expectObservable(source.pipe(chatTranscript()), unsub).toBe('x', { x });
      expectSubscriptions(source.subscriptions).toBe(unsub);
    },
  );

  marbles('begins anew for each subscription', ({ hot, expectObservable }) => {
    const transcripts = hot('a-b|', events).pipe(chatTranscript());

    expectObservable(transcripts).toBe('x-y|', {
      x: shown(spoken(0, 'a', false)),
      y: shown(spoken(0, 'ab', false)),
    });
    expectObservable(transcripts, '-^').toBe('--z|', { z: shown(spoken(0, 'b', false)) });
  });

  marbles('emits nothing for what changes nothing', ({ cold, expectObservable }) => {
    const source = cold<ChatEvent>('wea-ew-|', {
      w: JSON.parse('{ "type": "weather", "content": "fair" }') as ChatEvent,
      e: { type: 'text_delta', content: '' },
      a,
    });
    const x = shown(spoken(0, 'a', false));
    expectObservable(source.pipe(chatTranscript())).toBe('--x----|', { x });
  });
});

describe('the blocks of a transcript', () => {
  it('take a complete event that came without pieces', () => {
    expect(after(T, H)?.blocks).toEqual([spoken(0, 'ab'), spoken(1, 'hm', true, 'thinking')]);
  });

  it('take two replies of the same words as two', () => {
    expect(after(a, b, T, T)?.blocks).toEqual([spoken(0, 'ab'), spoken(1, 'ab')]);
    expect(after(a, b, T, a, b, T)?.blocks).toEqual([spoken(0, 'ab'), spoken(1, 'ab')]);
  });

  it('believe the complete event where its pieces say something else', () => {
    expect(after(a, { type: 'text', content: 'other' })?.blocks).toEqual([spoken(0, 'other')]);
    expect(after(a, T)?.blocks).toEqual([spoken(0, 'ab')]);
  });

  it('keep a reply in its places when a tool is used in the middle of it', () => {
    expect(after(a, k, r, b)?.blocks).toEqual([
      spoken(0, 'a', false),
      tool(1, answered),
      spoken(2, 'b', false),
    ]);
    expect(after(a, k, r, b, T)?.blocks).toEqual([
      spoken(0, 'a'),
      tool(1, answered),
      spoken(2, 'b'),
    ]);
    // The complete event of the second stretch alone.
    expect(after(a, k, r, b, { type: 'text', content: 'b' })?.blocks).toEqual([
      spoken(0, 'a'),
      tool(1, answered),
      spoken(2, 'b'),
    ]);
    expect(after(a, k, b, { type: 'text', content: 'other' })?.blocks).toEqual([
      spoken(0, 'a'),
      tool(1),
      spoken(2, 'other'),
    ]);
  });

  it('let reasoning and reply run side by side', () => {
    expect(after(h, a, H, b, T)?.blocks).toEqual([
      spoken(0, 'hm', true, 'thinking'),
      spoken(1, 'ab'),
    ]);
  });

  it('match results with their calls in any order', () => {
    const blocks = after(k, l, { ...r, call_id: '2', name: 'grep' }, r)?.blocks;
    expect(blocks).toEqual([
      tool(0, answered),
      tool(1, { callId: '2', name: 'grep', arguments: {}, ...answered }),
    ]);
  });

  it('show a result whose call was never seen, and the picture that came with it', () => {
    const image_attachment = { source_id: 'dfl-1', attachment_name: 'screenshots/page_1.jpg' };
    expect(after({ ...r, image_attachment })?.blocks).toEqual([
      tool(0, { arguments: {}, ...answered, imageAttachment: image_attachment }),
    ]);
  });

  it('are all done at the end of the turn', () => {
    expect(after(h, a, k, s)).toEqual({
      blocks: [
        spoken(0, 'hm', true, 'thinking'),
        spoken(1, 'a'),
        tool(2, { status: 'unanswered', done: true }),
      ],
      stop: s,
    });
  });

  it('go on with the next turn, whose calls are its own', () => {
    expect(after(u, k, s, u, r)).toEqual({
      blocks: [
        spoken(0, 'Why?', true, 'user_input'),
        tool(1, { status: 'unanswered', done: true }),
        spoken(2, 'Why?', true, 'user_input'),
        tool(3, { arguments: {}, ...answered }),
      ],
      stop: undefined,
    });
  });

  it('stay the same objects while something else changes, and earlier snapshots as they were', () => {
    const snapshots: ChatTranscript[] = [];
    from([k, r, a, b])
      .pipe(chatTranscript())
      .subscribe((transcript) => snapshots.push(transcript));
    const [, second, third, fourth] = snapshots;
    expect(third?.blocks[0]).toBe(second?.blocks[0]);
    expect(fourth?.blocks[0]).toBe(second?.blocks[0]);
    expect(second?.blocks).toHaveLength(1);
    expect(third?.blocks[1]).toEqual(spoken(1, 'a', false));
  });

  it('hold a text of a hundred thousand pieces', () => {
    const pieces = Array.from({ length: 100_000 }, (_, at) => `${at} `);
    let emitted = 0;
    let last: ChatBlock | undefined;
    from(pieces)
      .pipe(
        map((content): ChatEvent => ({ type: 'text_delta', content })),
        chatTranscript(),
      )
      .subscribe(({ blocks }) => {
        emitted += 1;
        last = blocks[0];
      });
    expect(emitted).toBe(100_000);
    expect(last).toEqual(spoken(0, pieces.join(''), false));
  });
});
