import { map, type Observable } from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import type { FanOutConfig } from '../operators/fan/fanOutConfig.ts';
import { FanOutFailure } from '../operators/fan/fanSlots.ts';
import { fanOutFrom } from '../operators/fanOutFrom.ts';
import { createAgentData } from '../sources/agentData.ts';
import type { AgentData, AgentDataCollection } from '../types/agentData.ts';
import type { Scope } from '../types/scope.ts';
import { whileOpen } from './whileOpen.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What became of one of many records. `index` is its place among those given, 0-based. */
export type CreateManyEvent<T extends object = Record<string, unknown>> =
  | { readonly type: 'created'; readonly index: number; readonly record: AgentData<T> }
  | { readonly type: 'failed'; readonly index: number; readonly data: T; readonly error: unknown };

/**
 * Stores many records of one collection, several at once, and emits what became of each as soon as it is known: order
 * is not kept. Completes when all are done. A record that fails does not stop the others. `data` is pulled as slots
 * become free, so that a long source does not fill the memory; a source that fails is an error, and so is a connection
 * that was closed meanwhile.
 *
 * The API takes one record a request. A record that `failed` with a `NetworkError` that is `ambiguous` may be stored all
 * the same: where that must not be, use `upsertAgentData` in a fan-out of its own.
 *
 * Asks `POST /api/v1/beta/agent-data`
 *
 * @example
 * ```ts
 * createManyAgentData(
 *   connection,
 *   { deployment_name: '_public', collection: 'invoices' },
 *   [{ number: 'A-17' }, { number: 'A-18' }],
 *   { concurrency: 8, rateLimit: { count: 50, window: 1_000 } },
 * );
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function createManyAgentData<T extends object>(
  connection: Connection,
  collection: AgentDataCollection,
  data: Iterable<T> | AsyncIterable<T>,
  config: Omit<FanOutConfig, 'onError'> = {},
  query: Scope = {},
): Observable<CreateManyEvent<T>> {
  wireOf(connection);
  checkKind('createManyAgentData: collection', collection, 'object');
  checkKind('createManyAgentData: data', data, 'iterable');
  checkKind('createManyAgentData: config', config, 'object');
  checkKind('createManyAgentData: query', query, 'object');
  const create = (item: T, index: number): Observable<CreateManyEvent<T>> =>
    createAgentData(connection, { ...collection, data: item }, query).pipe(
      map((record) => ({ type: 'created', index, record })),
    );
  const createAll = (items: Iterable<T> | AsyncIterable<T>): Observable<CreateManyEvent<T>> =>
    fanOutFrom(items, create, { ...config, onError: 'collect' }).pipe(
      map((result) =>
        result instanceof FanOutFailure
          ? { type: 'failed', index: result.index, data: result.item, error: result.error }
          : result,
      ),
    );
  // Refuses now what it would refuse on subscribing.
  void createAll(data);
  return whileOpen(data, createAll, (event) => (event.type === 'failed' ? event.error : undefined));
}
