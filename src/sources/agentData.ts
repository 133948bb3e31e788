/**
 * Agent data: the records that agents keep. The type parameter is the shape of what is in a record.
 */

import type { Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { List } from '../http/list.ts';
import { byToken, paginate } from '../http/paginate.ts';
import { request } from '../http/request.ts';
import type {
  AgentData,
  AgentDataGroup,
  AggregateAgentDataBody,
  CreateAgentDataBody,
  DeletedAgentData,
  FilterAgentDataBody,
  SearchAgentDataBody,
  UpdateAgentDataBody,
} from '../types/agentData.ts';
import type { PageQuery } from '../types/page.ts';
import type { Scope } from '../types/scope.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Emits the record as it was stored, then completes.
 *
 * `POST /api/v1/beta/agent-data`
 */
export function createAgentData<T extends object>(
  connection: Connection,
  body: CreateAgentDataBody<T>,
  query: Scope = {},
): Observable<AgentData<T>> {
  return request(connection, 'POST /api/v1/beta/agent-data', { query, body });
}

/**
 * Emits the record, then completes. Errors with `HttpError` 404 if it is not there.
 *
 * `GET /api/v1/beta/agent-data/{item_id}`
 */
export function getAgentData<T extends object = Record<string, unknown>>(
  connection: Connection,
  itemId: string,
  query: Scope = {},
): Observable<AgentData<T>> {
  return request(connection, 'GET /api/v1/beta/agent-data/{item_id}', {
    params: { item_id: itemId },
    query,
  });
}

/**
 * Puts new data in the place of the record's. Emits the record with it, then completes.
 *
 * `PUT /api/v1/beta/agent-data/{item_id}`
 */
export function updateAgentData<T extends object>(
  connection: Connection,
  itemId: string,
  body: UpdateAgentDataBody<T>,
  query: Scope = {},
): Observable<AgentData<T>> {
  return request(connection, 'PUT /api/v1/beta/agent-data/{item_id}', {
    params: { item_id: itemId },
    query,
    body,
  });
}

/**
 * Emits what the server says once the record is deleted, then completes. That is `undefined` when
 * the answer was lost and the record is found to be gone on the second attempt.
 *
 * `DELETE /api/v1/beta/agent-data/{item_id}`
 */
export function deleteAgentData(
  connection: Connection,
  itemId: string,
  query: Scope = {},
): Observable<Readonly<Record<string, string>> | undefined> {
  return request(connection, 'DELETE /api/v1/beta/agent-data/{item_id}', {
    params: { item_id: itemId },
    query,
    answer: 'any',
  });
}

/**
 * Emits every record that matches, in the order asked for, then completes. A page is fetched once
 * the page before it has been delivered.
 *
 * `POST /api/v1/beta/agent-data/:search`
 */
export function searchAgentData(
  connection: Connection,
  body: SearchAgentDataBody,
  query?: Scope,
): List<AgentData>;
export function searchAgentData<T extends object>(
  connection: Connection,
  body: SearchAgentDataBody<T>,
  query?: Scope,
): List<AgentData<T>>;
export function searchAgentData<T extends object>(
  connection: Connection,
  body: SearchAgentDataBody<T>,
  query: Scope = {},
): List<AgentData<T>> {
  wireOf(connection);
  checkKind('searchAgentData: body', body, 'object');
  checkKind('searchAgentData: query', query, 'object');
  return paginate(
    'POST /api/v1/beta/agent-data/:search',
    body.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query, body: atPage(body, page_token) }),
  );
}

/**
 * Emits every group of records, then completes. A page is fetched once the page before it has been
 * delivered.
 *
 * `POST /api/v1/beta/agent-data/:aggregate`
 */
export function aggregateAgentData(
  connection: Connection,
  body: AggregateAgentDataBody,
  query?: Scope,
): List<AgentDataGroup>;
export function aggregateAgentData<T extends object>(
  connection: Connection,
  body: AggregateAgentDataBody<T>,
  query?: Scope,
): List<AgentDataGroup<T>>;
export function aggregateAgentData<T extends object>(
  connection: Connection,
  body: AggregateAgentDataBody<T>,
  query: Scope = {},
): List<AgentDataGroup<T>> {
  wireOf(connection);
  checkKind('aggregateAgentData: body', body, 'object');
  checkKind('aggregateAgentData: query', query, 'object');
  return paginate(
    'POST /api/v1/beta/agent-data/:aggregate',
    body.page_token ?? undefined,
    byToken,
    (page_token, route) => request(connection, route, { query, body: atPage(body, page_token) }),
  );
}

/**
 * Deletes all records that match: the whole collection when there is no `filter`. Emits how many
 * they were, then completes.
 *
 * `POST /api/v1/beta/agent-data/:delete`
 */
export function deleteMatchingAgentData(
  connection: Connection,
  body: FilterAgentDataBody,
  query?: Scope,
): Observable<DeletedAgentData>;
export function deleteMatchingAgentData<T extends object>(
  connection: Connection,
  body: FilterAgentDataBody<T>,
  query?: Scope,
): Observable<DeletedAgentData>;
export function deleteMatchingAgentData<T extends object>(
  connection: Connection,
  body: FilterAgentDataBody<T>,
  query: Scope = {},
): Observable<DeletedAgentData> {
  return request(connection, 'POST /api/v1/beta/agent-data/:delete', { query, body });
}

/** The body that asks for one page. Only the first has the offset: a token counts it in already. */
function atPage<B extends PageQuery>(body: B, page_token: string | undefined): B {
  return page_token === (body.page_token ?? undefined)
    ? body
    : { ...body, page_token, offset: undefined };
}
