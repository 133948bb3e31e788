/** Chat: conversations with an agent that searches indexes. */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { eventStream } from '../http/eventStream.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { request } from '../http/request.ts';
import type {
  ChatEvent,
  ChatSession,
  ChatSessionHistory,
  CreateChatSessionBody,
  GenerateChatSessionTitleBody,
  ListChatSessionsQuery,
  StreamChatBody,
} from '../types/chat.ts';
import { chatEventTypes } from '../types/chatEventTypes.ts';
import type { Scope } from '../types/scope.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits every session, in the server's order, then completes. A page is fetched once the page
 * before it has been delivered.
 *
 * `GET /api/v1/chat`
 */
export function listChatSessions(
  connection: Connection,
  query: ListChatSessionsQuery = {},
): List<ChatSession> {
  wireOf(connection);
  checkKind('listChatSessions: query', query, 'object');
  return paginate('GET /api/v1/chat', query.page_token ?? undefined, byToken, (page_token, route) =>
    request(connection, route, { query: { ...query, page_token } }),
  );
}

/**
 * Emits the session that was created, then completes.
 *
 * `POST /api/v1/chat`
 */
export function createChatSession(
  connection: Connection,
  body: CreateChatSessionBody = {},
  query: Scope = {},
): Observable<ChatSession> {
  return request(connection, 'POST /api/v1/chat', { query, body });
}

/**
 * Emits the session with all that was said and done in it, then completes.
 *
 * `GET /api/v1/chat/{session_id}`
 */
export function getChatSession(
  connection: Connection,
  sessionId: string,
  query: Scope = {},
): Observable<ChatSessionHistory> {
  return request(connection, 'GET /api/v1/chat/{session_id}', {
    params: { session_id: sessionId },
    query,
  });
}

/**
 * Emits `undefined` once the session is deleted, then completes.
 *
 * `DELETE /api/v1/chat/{session_id}`
 */
export function deleteChatSession(
  connection: Connection,
  sessionId: string,
  query: Scope = {},
): Observable<undefined> {
  return request(connection, 'DELETE /api/v1/chat/{session_id}', {
    params: { session_id: sessionId },
    query,
    answer: 'nothing',
  });
}

/**
 * Emits the session without its events, then completes.
 *
 * `GET /api/v1/chat/{session_id}/summary`
 */
export function getChatSessionSummary(
  connection: Connection,
  sessionId: string,
  query: Scope = {},
): Observable<ChatSession> {
  return request(connection, 'GET /api/v1/chat/{session_id}/summary', {
    params: { session_id: sessionId },
    query,
  });
}

/**
 * Gives the session a title made from its first message. Emits the session with it, then completes.
 *
 * `POST /api/v1/chat/{session_id}/title`
 */
export function generateChatSessionTitle(
  connection: Connection,
  sessionId: string,
  body: GenerateChatSessionTitleBody,
  query: Scope = {},
): Observable<ChatSession> {
  return request(connection, 'POST /api/v1/chat/{session_id}/title', {
    params: { session_id: sessionId },
    query,
    body,
  });
}

/**
 * Says something to the agent. Emits what it thinks, does and replies as it happens, and completes
 * after the `stop` event. A run that broke off ends so too, with `is_error`.
 *
 * Errors with `StreamError` when the stream is cut before `stop`, or a gateway tells in it of an
 * error (`kind` `server`, with its words). The message is not sent again then, as that would be a
 * second one: `getChatSession` knows what became of it. Keep-alives of any form are passed over.
 * Unsubscribing closes the socket.
 *
 * `POST /api/v1/chat/{session_id}/messages/stream`
 */
export function streamChat(
  connection: Connection,
  sessionId: string,
  body: StreamChatBody,
  query: Scope = {},
): Observable<ChatEvent> {
  checkKind('streamChat: body', body, 'object');
  return eventStream(connection, 'POST /api/v1/chat/{session_id}/messages/stream', {
    params: { session_id: sessionId },
    query,
    body,
    isLast: (event: ChatEvent) => event.type === 'stop',
    types: chatEventTypes,
  });
}
