import {
  catchError,
  concatMap,
  map,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  reduce,
} from 'rxjs';
import { HttpError } from '../errors.ts';
import type { Connection } from '../http/connection.ts';
import {
  createAgentData,
  deleteAgentData,
  searchAgentData,
  updateAgentData,
} from '../sources/agentData.ts';
import type { AgentData, CreateAgentDataBody } from '../types/agentData.ts';
import type { AgentDataField, AgentDataFilter } from '../types/agentDataField.ts';
import type { Scope } from '../types/scope.ts';
import { checkKind } from '../checks/checkKind.ts';
import { instantOf } from '../http/instantOf.ts';
import type { AgentDataChange } from './watchAgentData.ts';

/** What {@link upsertAgentData} stores. */
export interface UpsertAgentDataBody<
  T extends object = Record<string, unknown>,
> extends CreateAgentDataBody<T> {
  /**
   * Fields of `data`, one or more: records that agree in them are the same. They hold finite numbers or text.
   */
  readonly key: readonly AgentDataField<T>[];
}

/**
 * Puts `data` in the place of the record that has the same key, or stores it as a new record where there is none.
 * Emits the record and which of the two it was, then completes.
 *
 * The API knows no keys: the record is searched for first, which takes one request more. Where several have the key,
 * the oldest one is updated and the others are left alone. A failed upsert can be repeated, since it finds what an
 * earlier attempt stored.
 *
 * Two upserts of a key that is new may both create a record. Each of them therefore looks again afterwards, and the one
 * whose record is not the oldest updates the oldest and deletes its own. For as long as that takes there are two, and
 * two remain where it fails halfway, or where the server's clocks disagree on which is older. Of two updates the
 * later one counts.
 *
 * @example
 * ```ts
 * upsertAgentData(connection, {
 *   deployment_name: '_public',
 *   collection: 'invoices',
 *   key: ['number'],
 *   data: { number: 'A-17', total: 120 },
 * });
 * ```
 *
 * @throws TypeError when called without a key, or with one whose field of `data` is neither a finite number nor text.
 */
export function upsertAgentData<T extends object>(
  connection: Connection,
  upsert: UpsertAgentDataBody<T>,
  query: Scope = {},
): Observable<AgentDataChange<T>> {
  checkKind('upsertAgentData: body', upsert, 'object');
  const { key, ...body } = upsert;
  checkKind('upsertAgentData: key', key, 'array');
  const { data, ...collection } = body;
  checkKind('upsertAgentData: data', data, 'object');
  const filter = keyFilter(key, data);

  const oldest = searchAgentData(
    connection,
    { ...collection, filter, order_by: 'created_at' },
    query,
  ).pipe(reduce<AgentData, AgentData | undefined>(older, undefined));

  const update = (id: string): Observable<AgentDataChange<T>> =>
    updateAgentData(connection, id, { data }, query).pipe(
      map((record): AgentDataChange<T> => ({ type: 'updated', record })),
    );

  const create = (): Observable<AgentDataChange<T>> =>
    createAgentData(connection, body, query).pipe(
      concatMap((record) => {
        const created: AgentDataChange<T> = { type: 'created', record };
        return oldest.pipe(
          concatMap((first) =>
            record.id && first?.id && first.id !== record.id
              ? giveWay(record.id, first.id).pipe(ifGone(() => of<AgentDataChange<T>>(created)))
              : of<AgentDataChange<T>>(created),
          ),
        );
      }),
    );

  const giveWay = (own: string, first: string): Observable<AgentDataChange<T>> =>
    update(first).pipe(
      concatMap((updated) =>
        deleteAgentData(connection, own, query).pipe(
          map(() => updated),
          // Somebody else was quicker to delete it.
          ifGone(() => of(updated)),
        ),
      ),
    );

  return oldest.pipe(
    concatMap((record) => (record?.id ? update(record.id).pipe(ifGone(create)) : create())),
  );
}

/** Goes on otherwise where a record was deleted since it was found. */
function ifGone<T>(otherwise: () => Observable<T>): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => {
    if (error instanceof HttpError && error.status === 404) {
      return otherwise();
    }
    throw error;
  });
}

/** The same one for all who ask: how a server orders records of the same time is its own affair. */
function older(a: AgentData | undefined, b: AgentData): AgentData {
  if (a === undefined) {
    return b;
  }
  const age = instantOf(a.created_at ?? '') - instantOf(b.created_at ?? '');
  return age < 0 || (!(age > 0) && (a.id ?? '') < (b.id ?? '')) ? a : b;
}

function keyFilter(key: readonly string[], data: object): Record<string, AgentDataFilter> {
  if (key.length === 0) {
    throw new TypeError('upsertAgentData: key must name one field or more');
  }
  return Object.fromEntries(
    key.map((name) => {
      const value = name.split('.').reduce<unknown>(fieldOf, data);
      if (typeof value !== 'string' && !isFiniteNumber(value)) {
        throw new TypeError(
          `upsertAgentData: the key ${JSON.stringify(name)} must hold a finite number or text in data`,
        );
      }
      return [name, { eq: value }];
    }),
  );
}

/** JSON has no other numbers: they are stored as `null`, and never found again. */
function isFiniteNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

function fieldOf(value: unknown, name: string): unknown {
  return new Map(Object.entries(value ?? {})).get(name);
}
