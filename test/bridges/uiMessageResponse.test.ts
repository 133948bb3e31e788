import { pipeline, Readable } from 'node:stream';
import { AbstractChat, type ChatState, DefaultChatTransport, type UIMessage } from 'ai';
import {
  concat,
  finalize,
  from,
  interval,
  lastValueFrom,
  map,
  NEVER,
  Observable,
  of,
  range,
  tap,
  throwError,
  VirtualTimeScheduler,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import { toUIMessageStream } from '../../src/bridges/toUIMessageStream.ts';
import type { UIMessageChunk } from '../../src/bridges/uiMessage/uiMessageChunk.ts';
import { uiMessageResponse } from '../../src/bridges/uiMessageResponse.ts';
import { getChatSession } from '../../src/sources/chat.ts';
import type { ChatEvent } from '../../src/types/chat.ts';
import { resumeChat } from '../../src/workflows/resumeChat.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { startChatCloud } from '../workflows/support/chatCloud.ts';

/** What `useChat` is made of, with its state in plain fields in place of React's. */
class PlainChat extends AbstractChat<UIMessage> {
  constructor(api: string) {
    const state: ChatState<UIMessage> = {
      status: 'ready',
      error: undefined,
      messages: [],
      pushMessage: (message) => void state.messages.push(message),
      popMessage: () => void state.messages.pop(),
      replaceMessage: (at, message) => void (state.messages[at] = message),
      snapshot: (thing) => structuredClone(thing),
    };
    super({ transport: new DefaultChatTransport({ api }), state });
  }
}

/** Serves the answer to what the user said last. */
function serve(answer: (prompt: string) => Response): Promise<TestServer> {
  return startServer((request, response) => {
    const { messages } = request.json() as { messages: UIMessage[] };
    const said = messages.at(-1)?.parts.find((part) => part.type === 'text');
    const { headers, body } = answer(said?.text ?? '');
    response.writeHead(200, Object.fromEntries(headers)).flushHeaders();
    // A client that leaves is no failure here.
    pipeline(Readable.fromWeb(body ?? new ReadableStream()), response, () => undefined);
  });
}

const stop: ChatEvent = { type: 'stop', is_error: false, error: null, usage: { turns: 1 } };
const delta: UIMessageChunk = { type: 'text-delta', id: 't', delta: 'x'.repeat(1_000) };
const hello: ChatEvent = { type: 'text_delta', content: 'Hello' };

const answerOf = (...events: ChatEvent[]): Response =>
  uiMessageResponse(from(events).pipe(toUIMessageStream()));

describe('useChat', () => {
  it('shows a turn of the embedded cloud', async () => {
    await using chatCloud = await startChatCloud();
    const { connection, indexId } = chatCloud;
    const sessionId = await chatCloud.newSession();
    await using server = await serve((prompt) =>
      uiMessageResponse(
        resumeChat(connection, sessionId, { index_ids: [indexId], prompt }).pipe(
          toUIMessageStream(),
        ),
      ),
    );

    const chat = new PlainChat(server.url);
    await chat.sendMessage({ text: 'Why did apples grow?' });
    expect(chat.error).toBeUndefined();
    expect(chat.status).toBe('ready');
    const [question, answer] = chat.messages;
    expect(question?.parts).toMatchObject([{ type: 'text', text: 'Why did apples grow?' }]);
    const parts = answer?.parts ?? [];
    expect(new Set(parts.map(({ type }) => type))).toEqual(
      new Set(['step-start', 'reasoning', 'dynamic-tool', 'text']),
    );
    for (const part of parts) {
      if (part.type === 'dynamic-tool') {
        expect(part.state).toBe('output-available');
      } else if (part.type !== 'step-start') {
        expect(part).toMatchObject({ state: 'done' });
      }
    }
    const { events } = await lastValueFrom(getChatSession(connection, sessionId));
    const reply = events.find((event) => event.type === 'text');
    const end = events.find((event) => event.type === 'stop');
    expect(parts.at(-1)).toMatchObject({ text: reply?.content });
    expect(answer?.metadata).toEqual({ usage: end?.usage });
  });

  it('shows why a turn failed, and what was said before', async () => {
    await using server = await serve(() =>
      answerOf(hello, { ...stop, is_error: true, error: 'no model' }),
    );
    const chat = new PlainChat(server.url);
    await chat.sendMessage({ text: 'Hi' });
    expect(chat.status).toBe('error');
    expect(chat.error?.message).toBe('The chat turn failed: no model');
    expect(chat.messages[1]?.parts).toMatchObject([
      { type: 'step-start' },
      { type: 'text', text: 'Hello', state: 'done' },
    ]);
  });

  it('ends the turn when the user stops it', async () => {
    let open = 0;
    const endless = new Observable<ChatEvent>((subscriber) => {
      open += 1;
      subscriber.next(hello);
      return () => {
        open -= 1;
      };
    });
    await using server = await serve(() => uiMessageResponse(endless.pipe(toUIMessageStream())));
    const chat = new PlainChat(server.url);
    const sent = chat.sendMessage({ text: 'Hi' });
    await expect.poll(() => chat.messages[1]?.parts.at(-1)).toMatchObject({ text: 'Hello' });
    expect(open).toBe(1);
    await chat.stop();
    await sent;
    await expect.poll(() => open).toBe(0);
  });
});

describe('uiMessageResponse', () => {
  it('sends the format and the headers of the protocol', async () => {
    const response = answerOf(hello, stop);
    expect(Object.fromEntries(response.headers)).toEqual({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-vercel-ai-ui-message-stream': 'v1',
    });
    const frames = (await response.text()).split('\n\n');
    expect(frames.slice(0, 2)).toEqual(['data: {"type":"start"}', 'data: {"type":"start-step"}']);
    expect(frames.slice(-2)).toEqual(['data: [DONE]', '']);
  });

  it('subscribes when it is read and not before', async () => {
    let subscribed = 0;
    const chunks = new Observable<UIMessageChunk>((subscriber) => {
      subscribed += 1;
      subscriber.complete();
    });
    const response = uiMessageResponse(chunks);
    await new Promise((resolve) => setImmediate(resolve));
    expect(subscribed).toBe(0);
    expect(await response.text()).toBe('data: [DONE]\n\n');
    expect(subscribed).toBe(1);
  });

  it('unsubscribes when the body is cancelled', async () => {
    let left = false;
    const chunks = new Observable<UIMessageChunk>((subscriber) => {
      subscriber.next({ type: 'start' });
      return () => {
        left = true;
      };
    });
    const reader = uiMessageResponse(chunks).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(left).toBe(true);
  });

  it('makes a chunk of an error that gives nothing away', async () => {
    const broken = throwError(() => new Error('secret'));
    const sent = await uiMessageResponse(concat(of({ type: 'start' } as const), broken)).text();
    expect(sent).toBe(
      'data: {"type":"start"}\n\ndata: {"type":"error","errorText":"The answer broke off."}\n\ndata: [DONE]\n\n',
    );
  });

  it('keeps a silent connection open, and takes headers of the user', async () => {
    const response = uiMessageResponse(NEVER, { heartbeat: 5, headers: { 'x-session': 'ses-1' } });
    expect(response.headers.get('x-session')).toBe('ses-1');
    const lines = response.body?.pipeThrough(new TextDecoderStream());
    for await (const line of lines ?? []) {
      expect(line).toBe(': heartbeat\n\n');
      break;
    }
  });

  it('takes the place of a header whose name is written otherwise', () => {
    const headers = { 'Cache-Control': 'no-store', 'X-ACCEL-BUFFERING': 'yes' };
    const given = Object.fromEntries(uiMessageResponse(NEVER, { headers }).headers);
    expect(given).toMatchObject({ 'cache-control': 'no-store', 'x-accel-buffering': 'yes' });
  });

  it.each([
    ['that come one by one', interval(0).pipe(map(() => delta))],
    ['that come all at once', range(0, 1_000_000).pipe(map(() => delta))],
  ])('breaks off for a client that leaves too much unread of chunks %s', async (_, chunks) => {
    let emitted = 0;
    let left = false;
    const counted = chunks.pipe(
      tap(() => (emitted += 1)),
      finalize(() => (left = true)),
    );
    const response = uiMessageResponse(counted, { maxUnreadBytes: 10_000 });
    const reader = response.body?.getReader();
    await reader?.read();
    await expect.poll(() => left).toBe(true);
    expect(emitted).toBeLessThan(15);
    await expect(reader?.read()).rejects.toThrow('more than 10000 bytes unread');
  });

  it('keeps no beats for a client that does not read', async () => {
    const scheduler = new VirtualTimeScheduler();
    const reader = uiMessageResponse(NEVER, { heartbeat: 5, scheduler }).body?.getReader();
    const first = reader?.read();
    const second = reader?.read();
    const tick = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));
    await tick();
    scheduler.maxFrames = 1_000;
    scheduler.flush();
    await first;
    await second;
    // One is kept, and not two hundred.
    await reader?.read();
    let further = 0;
    reader?.read().then(
      () => (further += 1),
      () => undefined,
    );
    await tick();
    expect(further).toBe(0);
    await reader?.cancel();
  });

  it('refuses a number of bytes that cannot be meant', () => {
    for (const maxUnreadBytes of [0, -1, NaN]) {
      expect(() => uiMessageResponse(NEVER, { maxUnreadBytes })).toThrow(RangeError);
    }
  });

  it('refuses a heartbeat that cannot be meant', () => {
    for (const heartbeat of [0, -1, NaN, 2 ** 31]) {
      expect(() => uiMessageResponse(NEVER, { heartbeat })).toThrow(RangeError);
    }
  });
});
