import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { StreamError } from '../../src/errors.ts';
import {
  createChatSession,
  deleteChatSession,
  generateChatSessionTitle,
  getChatSession,
  getChatSessionSummary,
  listChatSessions,
  streamChat,
} from '../../src/sources/chat.ts';
import { connectTo, describeOperations, encodedId, id } from '../support/operation.ts';
import { startServer } from '../support/server.ts';

const session = { session_id: 'ses-1', last_updated_at: '2026-04-22T12:34:41.342245' };
const query = { organization_id: 'org-1' };
const message = { index_ids: ['idx-1'], prompt: 'What grew?' };
const delta = { type: 'text_delta', content: 'Sales.' };
const text = { type: 'text', content: 'Sales.' };
const stop = { type: 'stop', is_error: false, error: null, usage: { turns: 1 } };

function frames(...events: readonly { readonly type: string }[]): string {
  return events
    .map((event) => {
      const name = event.type.endsWith('_delta') ? 'delta' : 'message';
      return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
    })
    .join('');
}

describeOperations([
  {
    name: 'listChatSessions',
    call: (connection) => listChatSessions(connection, { ...query, page_size: 2 }),
    sends: 'GET /api/v1/chat?organization_id=org-1&page_size=2',
    answer: { items: [session] },
    emits: [session],
  },
  {
    name: 'createChatSession',
    call: (connection) => createChatSession(connection, { index_ids: ['idx-1'] }, query),
    sends: 'POST /api/v1/chat?organization_id=org-1',
    body: { index_ids: ['idx-1'] },
    status: 201,
    answer: session,
    emits: [session],
  },
  {
    name: 'createChatSession without a body',
    call: (connection) => createChatSession(connection),
    sends: 'POST /api/v1/chat',
    body: {},
    status: 201,
    answer: session,
    emits: [session],
  },
  {
    name: 'getChatSession',
    call: (connection) => getChatSession(connection, id, query),
    sends: `GET /api/v1/chat/${encodedId}?organization_id=org-1`,
    answer: { ...session, events: [{ type: 'user_input', content: 'What grew?' }, text] },
    emits: [{ ...session, events: [{ type: 'user_input', content: 'What grew?' }, text] }],
  },
  {
    name: 'deleteChatSession',
    call: (connection) => deleteChatSession(connection, id, query),
    sends: `DELETE /api/v1/chat/${encodedId}?organization_id=org-1`,
    status: 204,
    emits: [undefined],
  },
  {
    name: 'getChatSessionSummary',
    call: (connection) => getChatSessionSummary(connection, id, query),
    sends: `GET /api/v1/chat/${encodedId}/summary?organization_id=org-1`,
    answer: session,
    emits: [session],
  },
  {
    name: 'generateChatSessionTitle',
    call: (connection) =>
      generateChatSessionTitle(connection, id, { first_message: 'What grew?' }, query),
    sends: `POST /api/v1/chat/${encodedId}/title?organization_id=org-1`,
    body: { first_message: 'What grew?' },
    answer: { ...session, generated_title: 'Growth' },
    emits: [{ ...session, generated_title: 'Growth' }],
  },
  {
    name: 'streamChat',
    call: (connection) => streamChat(connection, id, message, query),
    sends: `POST /api/v1/chat/${encodedId}/messages/stream?organization_id=org-1`,
    body: message,
    headers: { accept: 'text/event-stream' },
    contentType: 'text/event-stream',
    answer: frames(delta, text, stop),
    emits: [delta, text, stop],
  },
]);

describe('streamChat', () => {
  it('emits an event while the server is still at work on the next', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames(delta));
    });
    const first = firstValueFrom(streamChat(connectTo(server.url), id, message));
    expect(await first).toEqual(delta);
  });

  it('ends with a run that broke off as with any other', async () => {
    const broken = { ...stop, is_error: true, error: 'The model is not there.' };
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames(delta, broken));
    });
    const events = streamChat(connectTo(server.url), id, message).pipe(toArray());
    expect(await lastValueFrom(events)).toEqual([delta, broken]);
  });

  it('completes at the stop event although the server keeps the socket open', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(frames(stop, delta));
    });
    const events = streamChat(connectTo(server.url), id, message).pipe(toArray());
    expect(await lastValueFrom(events)).toEqual([stop]);
    await server.until(() => server.sockets() === 0);
  });

  it('errors with what it has got when the stream ends early, and says nothing twice', async () => {
    await using server = await startServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames(delta));
    });
    const events = streamChat(connectTo(server.url), id, message);
    const error: unknown = await lastValueFrom(events).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StreamError);
    expect(error).toMatchObject({ kind: 'incomplete', received: [delta] });
    expect(server.requests).toHaveLength(1);
  });
});
