import {
  catchError,
  concat,
  defer,
  EMPTY,
  from,
  ignoreElements,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  switchMap,
  tap,
} from 'rxjs';
import { type Connection, wireOf } from '../http/connection.ts';
import { readFile } from '../sources/retrieval.ts';
import type { ReadFileBody, RetrievedChunk } from '../types/retrieval.ts';
import type { Scope } from '../types/scope.ts';
import { textOf } from '../types/textOf.ts';
import {
  type ChunkContext,
  type ContextRead,
  contextReads,
  type ContextWindow,
  cutWindow,
  showsCodePoints,
} from './contextReads.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link expandContext} accepts. */
export interface ExpandContextConfig<T> {
  /** The index that the hits come from, or what finds it for each hit. */
  readonly indexId: string | ((hit: T) => string);
  /** Characters of the file to show before a hit. @defaultValue `500` */
  readonly before?: number | undefined;
  /** Characters of the file to show after a hit. @defaultValue `500` */
  readonly after?: number | undefined;
  /**
   * Hits of one file share a request when no more than so many characters would be read for nothing between them;
   * `Infinity` for one request a file. @defaultValue `0`, when what they show overlaps or touches
   */
  readonly gap?: number | undefined;
  /** Requests under way at once, 1 or more. @defaultValue `4` */
  readonly concurrency?: number | undefined;
}

/** What {@link expandContext} adds to a hit. Neither where the hit does not say where in a file it stands. */
export interface Surroundings {
  /** The text around it, unless the read failed. */
  readonly context?: ChunkContext;
  /** Why the read failed. */
  readonly contextError?: unknown;
}

/**
 * Adds to each hit the text of its file around it. The hits stay as they are, in their order, with a `context` beside
 * the `content`. A read that fails costs its hits their context and leaves the error in `contextError`; the result goes
 * on.
 *
 * Hits of one file share a read where their surroundings overlap or touch, and the same hit is read once a subscription.
 * Hits that come while others are still being read take their place, and those reads are aborted.
 *
 * The API counts characters without saying of which kind. What is cut out of a shared read counts as the server does,
 * as far as the lengths of its answer and of the hits give that away: in code points, or else in UTF-16 units.
 *
 * Asks `POST /api/v1/retrieval/files/read`
 *
 * @example
 * ```ts
 * retrieve(connection, { index_id: indexId, query: question }).pipe(
 *   map(({ results }) => results),
 *   expandContext(connection, { indexId, before: 200, after: 800 }),
 * );
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 */
export function expandContext<T extends RetrievedChunk>(
  connection: Connection,
  config: ExpandContextConfig<T>,
  query: Scope = {},
): OperatorFunction<readonly T[], readonly (T & Surroundings)[]> {
  wireOf(connection);
  checkKind('expandContext: query', query, 'object');
  checkKind('expandContext: config', config, 'object');
  const { indexId, before = 500, after = 500, gap = 0, concurrency = 4 } = config;
  for (const [name, value, least] of [
    ['before', before, 0],
    ['after', after, 0],
    ['gap', gap, 0],
    ['concurrency', concurrency, 1],
  ] as const) {
    if (!(value >= least)) {
      throw new RangeError(`expandContext: ${name} must be at least ${least}, got ${value}`);
    }
  }

  const windowOf = (hit: T): ContextWindow | undefined => {
    const {
      parsed_directory_file_id: fileId,
      chunk_start_char: start,
      chunk_end_char,
    } = hit.static_fields ?? {};
    if (!fileId || typeof start !== 'number') {
      return undefined;
    }
    const content = textOf(hit.content);
    const end = typeof chunk_end_char === 'number' ? chunk_end_char : start + content.length;
    return {
      indexId: typeof indexId === 'string' ? indexId : indexId(hit),
      fileId,
      start: Math.max(0, start - before),
      end: end + after,
      inCodePoints: showsCodePoints(content, end - start),
    };
  };

  return (source) =>
    defer(() => {
      const known = new Map<string, Surroundings>();

      const fetch = (read: ContextRead): Observable<never> =>
        readFile(connection, bodyOf(read), query).pipe(
          tap(({ content }) => {
            for (const window of read.windows) {
              known.set(keyOf(window), { context: cutWindow(read, textOf(content), window) });
            }
          }),
          ignoreElements(),
          catchError((contextError: unknown) => {
            for (const window of read.windows) {
              known.set(keyOf(window), { contextError });
            }
            return EMPTY;
          }),
        );

      return source.pipe(
        switchMap((hits) => {
          const windows = hits.map(windowOf);
          const missing = windows.flatMap((window) =>
            window && !known.get(keyOf(window))?.context ? [window] : [],
          );
          return concat(
            from(contextReads(missing, gap)).pipe(mergeMap(fetch, concurrency)),
            defer(() =>
              of(
                hits.map((hit, at) => {
                  const window = windows[at];
                  return { ...hit, ...(window && known.get(keyOf(window))) };
                }),
              ),
            ),
          );
        }),
      );
    });
}

function keyOf({ indexId, fileId, start, end }: ContextWindow): string {
  return JSON.stringify([indexId, fileId, start, end]);
}

function bodyOf({ indexId, fileId, start, end }: ContextRead): ReadFileBody {
  return {
    index_id: indexId,
    file_id: fileId,
    offset: start,
    max_length: end === Infinity ? undefined : end - start,
  };
}
