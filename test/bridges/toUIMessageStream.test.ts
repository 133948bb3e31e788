import { asSchema, type UIMessageChunk as SdkChunk, uiMessageChunkSchema } from 'ai';
import { from, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toUIMessageStream } from '../../src/bridges/toUIMessageStream.ts';
import type { UIMessageChunk } from '../../src/bridges/uiMessage/uiMessageChunk.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { marbles } from '../support/marbles.ts';

const usage = { turns: 1, total_input_tokens: 5 };
const events = {
  a: { type: 'text_delta', content: 'a' },
  T: { type: 'text', content: 'a' },
  h: { type: 'thinking_delta', content: 'hm' },
  H: { type: 'thinking', content: 'hm' },
  u: { type: 'user_input', content: 'Why?' },
  k: { type: 'tool_call', call_id: '1', name: 'read', arguments: { offset: 3 } },
  r: { type: 'tool_result', call_id: '1', name: 'read', result: 'page' },
  s: { type: 'stop', is_error: false, error: null, usage },
  f: { type: 'stop', is_error: true, error: 'no model', usage },
} satisfies Record<string, ChatEvent>;
const { a, T, h, H, u, k, r, s, f } = events;

const start: UIMessageChunk[] = [{ type: 'start' }, { type: 'start-step' }];
const finish: UIMessageChunk[] = [
  { type: 'finish-step' },
  { type: 'finish', finishReason: 'stop', messageMetadata: { usage } },
];
const failed = (errorText: string): UIMessageChunk[] => [
  { type: 'finish-step' },
  { type: 'error', errorText },
  { type: 'finish', finishReason: 'error' },
];
const text = (index: number, ...deltas: string[]): UIMessageChunk[] => [
  { type: 'text-start', id: `text-${index}` },
  ...deltas.map((delta) => ({ type: 'text-delta', id: `text-${index}`, delta }) as const),
  { type: 'text-end', id: `text-${index}` },
];
const facts = { toolCallId: '1', dynamic: true, providerExecuted: true } as const;
const call: UIMessageChunk = {
  type: 'tool-input-available',
  toolName: 'read',
  input: { offset: 3 },
  ...facts,
};
const output: UIMessageChunk = { type: 'tool-output-available', output: 'page', ...facts };

/** The chunks of these events, each checked against the schema of the AI SDK. */
async function chunksOf(...given: ChatEvent[]): Promise<UIMessageChunk[]> {
  const chunks = await lastValueFrom(from(given).pipe(toUIMessageStream(), toArray()));
  const { validate } = asSchema<SdkChunk>(uiMessageChunkSchema);
  for (const chunk of chunks) {
    // The types agree too.
    const sent: SdkChunk = chunk;
    expect(await validate?.(JSON.parse(JSON.stringify(sent)))).toEqual({
      success: true,
      value: sent,
    });
  }
  return chunks;
}

describe('toUIMessageStream', () => {
  const [x, X] = start;
  const [y, Y, z] = text(0, 'a');
  const [w, W] = finish;
  const [, e, E] = failed('The answer broke off. Please try again.');
  const chunks = { x, X, y, Y, z, w, W, e, E };

  marbles(
    'makes chunks as they come, as its docs draw it',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-----a----T-(s|)', events);
      const expected = '   (xX)-(yY)-z-(wW|)';
      const subs = '       ^-----------!';

      expectObservable(source.pipe(toUIMessageStream())).toBe(expected, chunks);
      expectSubscriptions(source.subscriptions).toBe(subs);
    },
  );

  marbles('begins a message with a silent source', ({ cold, expectObservable }) => {
    const silent = cold<ChatEvent>('-');
    expectObservable(silent.pipe(toUIMessageStream())).toBe('(xX)', chunks);
  });

  marbles('makes an empty message of an empty source', ({ cold, expectObservable }) => {
    const W = { type: 'finish', finishReason: 'other' };
    const empty = cold<ChatEvent>('-----|');
    expectObservable(empty.pipe(toUIMessageStream())).toBe('(xX)-(wW|)', { x, X, w, W });
  });

  marbles(
    'makes a chunk of an error, behind the end of what was open',
    ({ cold, expectObservable }) => {
      const source = cold('-----a----#', events);
      expectObservable(source.pipe(toUIMessageStream())).toBe('(xX)-(yY)-(zweE|)', chunks);
    },
  );

  marbles(
    'leaves the source when unsubscribed, and at stop',
    ({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('-----a----T-|', events);
      const unsub = '      ^-----!';

      expectObservable(source.pipe(toUIMessageStream()), unsub).toBe('(xX)-(yY)', chunks);
      expectSubscriptions(source.subscriptions).toBe(unsub);

      const endless = cold('----------s--a', events);
      expectObservable(endless.pipe(toUIMessageStream())).toBe('(xX)------(wW|)', chunks);
      expectSubscriptions(endless.subscriptions).toBe('^---------!');
    },
  );

  marbles('makes a message for each subscription', ({ cold, expectObservable }) => {
    const message = cold('-----a----T-(s|)', events).pipe(toUIMessageStream());
    expectObservable(message).toBe('(xX)-(yY)-z-(wW|)', chunks);
    expectObservable(message, '---^').toBe('---(xX)-(yY)-z-(wW|)', chunks);
  });

  marbles('passes on what errorText throws', ({ cold, expectObservable }) => {
    const errorText = () => {
      throw new Error('no words');
    };
    const source = cold('-----#', events).pipe(toUIMessageStream({ errorText }));
    expectObservable(source).toBe('(xX)-#', chunks, new Error('no words'));
  });
});

describe('the chunks of a turn', () => {
  it('are reasoning, tools and text, each begun and ended once', async () => {
    expect(await chunksOf(u, h, H, k, r, a, T, s)).toEqual([
      ...start,
      { type: 'reasoning-start', id: 'reasoning-1' },
      { type: 'reasoning-delta', id: 'reasoning-1', delta: 'hm' },
      { type: 'reasoning-end', id: 'reasoning-1' },
      call,
      output,
      ...text(3, 'a'),
      ...finish,
    ]);
  });

  it('take complete events that came without pieces, or with more than these', async () => {
    expect(await chunksOf(T, s)).toEqual([...start, ...text(0, 'a'), ...finish]);
    const longer: ChatEvent = { type: 'text', content: 'ab' };
    expect(await chunksOf(a, longer, s)).toEqual([...start, ...text(0, 'a', 'b'), ...finish]);
  });

  it('leave what was shown where the complete event says something else', async () => {
    const other: ChatEvent = { type: 'text', content: 'other' };
    expect(await chunksOf(a, other, s)).toEqual([...start, ...text(0, 'a'), ...finish]);
  });

  it('show results without a call, without a value and with a picture', async () => {
    const image_attachment = { source_id: 'dfl-1', attachment_name: 'screenshots/page_1.jpg' };
    expect(await chunksOf({ ...r, result: undefined, image_attachment }, s)).toEqual([
      ...start,
      { ...call, input: {} },
      { ...output, output: null },
      {
        type: 'data-image-attachment',
        id: '1',
        data: { callId: '1', sourceId: 'dfl-1', attachmentName: 'screenshots/page_1.jpg' },
      },
      ...finish,
    ]);
  });

  it('end in an error that says why the turn failed, with nothing left open', async () => {
    const [begin, piece, end] = text(0, 'a');
    expect(await chunksOf(a, k, f)).toEqual([
      ...start,
      begin,
      piece,
      call,
      end,
      {
        type: 'tool-output-error',
        errorText: 'The turn ended before the tool had a result.',
        ...facts,
      },
      ...failed('The chat turn failed: no model'),
    ]);
  });

  it('bear the id and the words that they are given', async () => {
    const config = { messageId: 'msg-1', errorText: (error: unknown) => `Sorry. ${String(error)}` };
    const chunks = await lastValueFrom(from([f]).pipe(toUIMessageStream(config), toArray()));
    expect(chunks).toEqual([
      { type: 'start', messageId: 'msg-1' },
      { type: 'start-step' },
      ...failed('Sorry. JobError: The chat turn failed: no model'),
    ]);
  });
});
