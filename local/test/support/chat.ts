/** Talking to the chat routes of a running cloud: sessions, and turns read event by event. */

import { expect } from 'vitest';
import type { ChatEvent, ChatSession, ChatSessionHistory } from '../../../src/types/chat.ts';
import { chatEvent } from '../../src/contract/chat.ts';
import { type Endpoint, send } from './cloud.ts';

/** A frame of the stream as it was sent: its `event` field and the JSON of its `data`. */
export interface Frame {
  readonly event: string;
  readonly data: ChatEvent;
}

export async function createSession(
  cloud: Endpoint,
  indexIds?: readonly string[],
): Promise<ChatSession> {
  const body = indexIds === undefined ? undefined : { index_ids: indexIds };
  return (await send(cloud, 'POST /api/v1/chat', body)).body as ChatSession;
}

export async function getSession(cloud: Endpoint, id: string): Promise<ChatSessionHistory> {
  return (await send(cloud, `GET /api/v1/chat/${id}`)).body as ChatSessionHistory;
}

/** The response to a message, headers only. Throws unless it is a stream. */
export async function openTurn(
  cloud: Endpoint,
  sessionId: string,
  indexIds: readonly string[],
  prompt: string,
  signal: AbortSignal | null = null,
): Promise<Response> {
  const response = await fetch(`${cloud.url}/api/v1/chat/${sessionId}/messages/stream`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cloud.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ index_ids: indexIds, prompt }),
    signal,
  });
  if (response.headers.get('content-type') !== 'text/event-stream') {
    throw new Error(`The turn answered ${response.status}: ${await response.text()}`);
  }
  return response;
}

/** The frames of a turn as they come, each held to what is declared of it. */
export async function* framesOf(response: Response): AsyncGenerator<Frame> {
  let text = '';
  const body: AsyncIterable<Uint8Array> = response.body ?? new ReadableStream();
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      const read = JSON.parse(data) as ChatEvent;
      expect(read).toEqual(chatEvent.parse(read));
      yield { event, data: read };
    }
  }
}

/** Sends a message and reads its turn to the end. */
export async function takeTurn(
  cloud: Endpoint,
  sessionId: string,
  indexIds: readonly string[],
  prompt: string,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of framesOf(await openTurn(cloud, sessionId, indexIds, prompt))) {
    frames.push(frame);
  }
  return frames;
}
