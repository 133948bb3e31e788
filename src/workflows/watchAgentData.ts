import { hash } from 'node:crypto';
import { concatMap, defer, map, type Observable, takeWhile, toArray } from 'rxjs';
import { ResponseError } from '../errors.ts';
import { type Connection, wireOf } from '../http/connection.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { searchAgentData } from '../sources/agentData.ts';
import type { AgentData, FilterAgentDataBody } from '../types/agentData.ts';
import type { PageQuery } from '../types/page.ts';
import type { Scope } from '../types/scope.ts';
import { instantOf } from '../http/instantOf.ts';
import type { Moment, ServerClock } from '../http/serverClock.ts';
import { toJson } from '../types/toJson.ts';
import { type LookConfig, watchChanges } from './watchChanges.ts';
import { checkKind } from '../checks/checkKind.ts';

/** Which records {@link watchAgentData} watches. */
export interface WatchAgentDataBody<T extends object = Record<string, unknown>>
  extends FilterAgentDataBody<T>, Pick<PageQuery, 'page_size'> {}

/** How {@link watchAgentData} watches. */
export interface WatchAgentDataConfig extends LookConfig {
  /**
   * Begins with what changed at this time or later, ISO 8601; with the subscription where it is still to come, by more
   * than a minute, by the server's clock. @defaultValue what changes after the subscription
   */
  readonly since?: string | undefined;
  /**
   * How far each look goes back behind the newest change known, in milliseconds: a record may become visible a little
   * later than its time says. @defaultValue `1_000`
   */
  readonly overlap?: number | undefined;
}

interface RecordChange<Type extends string, T extends object> {
  readonly type: Type;
  /** The record as it is now. */
  readonly record: AgentData<T>;
}

/** A record that is new or has changed; told apart by `type`. */
export type AgentDataChange<T extends object = Record<string, unknown>> =
  RecordChange<'created', T> | RecordChange<'updated', T>;

/** A change that {@link watchAgentData} has seen. */
export type SeenAgentDataChange<T extends object = Record<string, unknown>> = AgentDataChange<T> & {
  /** The `since` that a later feed goes on from: the record's time, or the server's where that is still to come. */
  readonly resumeFrom: string;
};

/** A record with its times in microseconds. */
interface Stamped<T extends object> {
  readonly id: string;
  readonly record: AgentData<T>;
  readonly at: number;
  readonly createdAt: number;
}

/** What is kept of a record. */
interface Told {
  /** In microseconds. */
  readonly at: number;
  readonly digest: string;
}

/** So many records are remembered, at least, in case their times come round again. */
const MOST_TOLD = 10_000;

/** In microseconds: so far may the clocks be apart of the server that answers and of the one that stores. */
const CLOCKS_APART = 60_000_000;

/** In microseconds: the server's clock was set back if it was by more than its `date` header can be wrong. */
const SET_BACK = 2_000_000;

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
 * A record whose time is still to come does not hold up the others: how far a look goes back is bounded by the server's
 * clock, as its `date` header has it, or where it has none by the clock of this machine. Such a record is read with each
 * look, and emitted when it changes. Where the server's clock is set back, what changes then is seen as well.
 *
 * What is deleted, or no longer matches, is not seen. The changes of one look are held in memory: all records with a
 * `since` of long ago; of 10,000 records, or as many as share the last times, a digest is kept. To go on after an error or
 * a restart, give the `resumeFrom` of the last change as `since`: records of that very time come again. Records that
 * became visible later than their time are missed, unless `since` is that much earlier.
 *
 * A look that fails in a way that passes by itself is begun again for as long as `patience` lasts; other failures are
 * errors.
 *
 * Asks `POST /api/v1/beta/agent-data/:search`
 *
 * @throws RangeError when called with an interval, a patience, an `overlap` or a `since` that cannot be meant.
 */
export function watchAgentData<T extends object = Record<string, unknown>>(
  connection: Connection,
  body: WatchAgentDataBody<T>,
  config: WatchAgentDataConfig = {},
  query: Scope = {},
): Observable<SeenAgentDataChange<T>> {
  wireOf(connection);
  checkKind('watchAgentData: query', query, 'object');
  checkKind('watchAgentData: body', body, 'object');
  checkKind('watchAgentData: config', config, 'object');
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
      const clock = wireOf(connection).serverClock;
      const feed = feedFrom<T>({ clock, since: start, overlap: overlap * 1_000 });
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
  readonly changesAmong: (found: readonly Stamped<T>[]) => readonly SeenAgentDataChange<T>[];
}

/** Where a feed begins and how far it looks back, in microseconds. */
interface FeedSpec {
  readonly clock: ServerClock;
  /** `undefined` for what changes after the first look. */
  readonly since: number | undefined;
  readonly overlap: number;
}

/** A look that is over: when it began, and what the server's clock showed then, by all that was known at its end. */
interface PastLook {
  readonly moment: Moment;
  readonly time: number;
}

/**
 * A feed of what changed from a time on. No time of a record can hold it up: what counts as known is what was there when
 * the look before began, by the clock of the server, which may since have been set back.
 */
function feedFrom<T extends object>({ clock, since, overlap }: FeedSpec): Feed<T> {
  const started = clock.moment();
  const told = new Map<string, Told>();
  // What changed before `base` does not concern the feed, and what changed before `mark` is known.
  let base: number | undefined;
  let mark = -Infinity;
  let last: PastLook | undefined;
  let moment = started;
  let lowest: number | undefined;
  let looks = 0;

  /** In microseconds. A server that does not tell the time is taken to go with the clock of this machine. */
  const timeAt = (past: Moment): number => {
    const time = clock.at(past);
    return (Number.isNaN(time) ? past.ofDay : time) * 1_000;
  };
  /** How far down this look reads, to be asked once its first answer has come. */
  const lowestUnder = (newest: number): number => {
    const begin = timeAt(started);
    if (base === undefined || !last) {
      base = since ?? Math.min(newest, begin) - overlap;
      if (base > begin + CLOCKS_APART) {
        base = begin;
      }
      return base;
    }
    const before = timeAt(last.moment);
    const reach = Math.min(mark, before - overlap);
    if (before < last.time - SET_BACK) {
      base = Math.min(base, reach);
    }
    return Math.max(base, reach);
  };

  return {
    look() {
      moment = clock.moment();
      lowest = undefined;
      looks += 1;
      return ({ at }) => at >= (lowest ??= lowestUnder(at));
    },
    changesAmong(found) {
      const now = timeAt(moment);
      const floor = lowest ?? lowestUnder(-Infinity);
      // What was there before the subscription is news to nobody; an outage may have begun with it.
      const from = last || since !== undefined ? floor : looks > 1 ? timeAt(started) : Infinity;
      const fresh = new Set<string>();
      const changes: SeenAgentDataChange<T>[] = [];
      for (const { id, record, at, createdAt } of found.toReversed()) {
        const before = told.get(id);
        const digest = hash('sha256', toJson(record), 'base64');
        if (!isNews({ at, digest }, before, now)) {
          continue;
        }
        told.delete(id);
        told.set(id, { at, digest });
        if (!before) {
          fresh.add(id);
        }
        if (at >= from) {
          const isCreated = fresh.has(id) && createdAt >= floor;
          const resumeFrom =
            at > now || !record.updated_at ? isoOf(Math.min(at, now)) : record.updated_at;
          changes.push({ type: isCreated ? 'created' : 'updated', record, resumeFrom });
        }
      }
      const newest = found.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
      mark = Math.max(floor, Math.min(newest, now) - overlap);
      last = { moment, time: now };
      for (const [id, { at }] of told) {
        if (told.size <= MOST_TOLD) {
          break;
        }
        if (at < mark) {
          told.delete(id);
        }
      }
      return changes;
    },
  };
}

function isoOf(microseconds: number): string {
  return new Date(Math.floor(microseconds / 1_000)).toISOString();
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

/**
 * Whether a record is another than the one that was told. What is older than that was read from a part of the server that
 * lags behind, unless the time that was told is still to come. Within one tick of the server's clock a record can change
 * and keep its time.
 */
function isNews({ at, digest }: Told, before: Told | undefined, now: number): boolean {
  return (
    before === undefined ||
    at > before.at ||
    (digest !== before.digest && (at === before.at || before.at > now))
  );
}
