import { concatMap, defer, map, type Observable, takeWhile, toArray } from 'rxjs';
import { ResponseError } from '../errors.ts';
import type { Connection } from '../http/connection.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { searchAgentData } from '../sources/agentData.ts';
import type { AgentData, FilterAgentDataBody } from '../types/agentData.ts';
import type { PageQuery } from '../types/page.ts';
import type { Scope } from '../types/scope.ts';
import { instantOf } from '../http/instantOf.ts';
import { type LookConfig, watchChanges } from './watchChanges.ts';

/** Which records {@link watchAgentData} watches. */
export interface WatchAgentDataBody<T extends object = Record<string, unknown>>
  extends FilterAgentDataBody<T>, Pick<PageQuery, 'page_size'> {}

/** How {@link watchAgentData} watches. */
export interface WatchAgentDataConfig extends LookConfig {
  /** Begins with what changed at this time or later, ISO 8601. @defaultValue what changes after the subscription */
  readonly since?: string | undefined;
  /**
   * How far each look goes back behind the newest change known, in milliseconds: a record may become visible a little
   * later than its time says. @defaultValue `1_000`
   */
  readonly overlap?: number | undefined;
}

/** A record that is new or has changed. */
export interface AgentDataChange<T extends object = Record<string, unknown>> {
  readonly type: 'created' | 'updated';
  /** The record as it is now. */
  readonly record: AgentData<T>;
}

/** A record with its times in microseconds. */
interface Stamped<T extends object> {
  readonly id: string;
  readonly record: AgentData<T>;
  readonly at: number;
  readonly createdAt: number;
}

/**
 * Emits every record that is created or changed, oldest change first, for as long as it is subscribed to. A record that
 * changed several times between two looks is emitted once, as it is now.
 *
 * ```text
 * look:    a|      ba|     a'cb|         newest first
 * result:  --------b-------(ca')         a was there before, and is changed later
 * ```
 *
 * The collection is read by falling `updated_at`, from the newest change to those known from the look before: a look at a
 * quiet collection is one request, however large it is. Each change is emitted once, also where several records have the
 * same time. `created` are records that came into being since the look before; a record that only starts to match the
 * filter is `updated`.
 *
 * What is deleted, or no longer matches, is not seen. The changes of one look are held in memory: all records with a
 * `since` of long ago. To go on after an error or a restart, give the `updated_at` of the last record as `since`:
 * records of that very time come again. Records that became visible later than their time are missed, unless `since` is
 * that much earlier.
 *
 * Asks `POST /api/v1/beta/agent-data/:search`
 *
 * @throws RangeError when called with an interval, an `overlap` or a `since` that cannot be meant.
 */
export function watchAgentData<T extends object = Record<string, unknown>>(
  connection: Connection,
  body: WatchAgentDataBody<T>,
  config: WatchAgentDataConfig = {},
  query: Scope = {},
): Observable<AgentDataChange<T>> {
  const { since, overlap = 1_000 } = config;
  const start = since === undefined ? undefined : instantOf(since);
  if (Number.isNaN(start)) {
    throw new RangeError(`watchAgentData: since must be a time in ISO 8601, got ${since}`);
  }
  if (!(overlap >= 0)) {
    throw new RangeError(`watchAgentData: overlap must be 0 or more, got ${overlap}`);
  }
  const newestFirst = { page_size: 100, ...body, order_by: 'updated_at desc' };

  return watchChanges(
    'watchAgentData',
    () => {
      const feed = feedFrom<T>(start, overlap * 1_000);
      return defer(() => {
        const isNew = feed.look();
        return searchAgentData<T>(connection, newestFirst, query).pipe(
          map(stamp),
          takeWhile(isNew),
          toArray(),
          concatMap(feed.changesAmong),
        );
      });
    },
    config,
  ).pipe(endAtClose(connection, 'POST /api/v1/beta/agent-data/:search'));
}

/** What a feed knows from one look to the next. */
interface Feed<T extends object> {
  /** Begins a look. Says of each record, newest first, whether it may be news; where it is not, none below it is. */
  readonly look: () => (one: Stamped<T>) => boolean;
  /** Ends a look with the records that may be news, newest first. Returns what changed, oldest first. */
  readonly changesAmong: (found: readonly Stamped<T>[]) => readonly AgentDataChange<T>[];
}

/** A feed of what changed at `start` or later, or where that is `undefined`, after the first look. In microseconds. */
function feedFrom<T extends object>(start: number | undefined, overlap: number): Feed<T> {
  // Everything that changed before `floor` is known. Of what changed since then, `known` is what was seen.
  let floor = start;
  let known = new Map<string, Stamped<T>>();

  return {
    look() {
      let lowest = floor;
      return ({ at }) => at >= (lowest ??= at - overlap);
    },
    changesAmong(found) {
      const before = known;
      known = new Map(before);
      const changes: AgentDataChange<T>[] = [];
      for (const one of found.toReversed()) {
        if (isNews(one, known.get(one.id))) {
          known.set(one.id, one);
          const isCreated = !before.has(one.id) && one.createdAt >= (floor ?? -Infinity);
          changes.push({ type: isCreated ? 'created' : 'updated', record: one.record });
        }
      }
      const isFirst = floor === undefined;
      const newest = found.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
      const next = Math.max(floor ?? -Infinity, newest - overlap);
      floor = next;
      known = new Map([...known].filter(([, { at }]) => at >= next));
      return isFirst ? [] : changes;
    },
  };
}

function stamp<T extends object>(record: AgentData<T>): Stamped<T> {
  const at = instantOf(record.updated_at ?? record.created_at ?? '');
  if (!record.id || Number.isNaN(at)) {
    throw new ResponseError(
      'watchAgentData: changes cannot be told of a record that has no id or no time',
      {
        route: 'POST /api/v1/beta/agent-data/:search',
        kind: 'parse',
      },
    );
  }
  const createdAt = record.created_at ? instantOf(record.created_at) : at;
  return { id: record.id, record, at, createdAt };
}

/** Within one tick of the server's clock a record can change and keep its time. */
function isNews<T extends object>(one: Stamped<T>, known: Stamped<T> | undefined): boolean {
  return (
    known === undefined ||
    one.at > known.at ||
    (one.at === known.at && JSON.stringify(one.record) !== JSON.stringify(known.record))
  );
}
