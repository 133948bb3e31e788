import { invalid } from './apiProblem.ts';

/** Rows of a page when the request does not say. */
const defaultPageSize = 100;

/** More rows than this are never put on one page; a larger `page_size` is read as this. */
const largestPageSize = 1000;

/** A page of a list that is read by token. `T` is an item as it goes over the wire. */
export interface TokenPage<T> {
  readonly items: readonly T[];
  readonly next_page_token: string | null;
  readonly total_size: null;
}

/** Where a page starts and how long it is; see {@link pageAt}. */
export interface PageStart {
  /** Rows come after the row with this sequence number. */
  readonly after: number;
  /** Rows to read: one more than fit, which tells whether another page follows. */
  readonly limit: number;
}

/**
 * Reads `page_size` (default 100, at most 1000) and `page_token` of a list.
 *
 * A token holds the sequence number of the last row of its page and the list's name, so
 * that rows created or deleted between two pages neither repeat nor hide another row.
 *
 * `place` says where the request has them.
 *
 * @throws ApiProblem 422 for a token that is not of this list.
 */
export function pageAt(
  list: string,
  query: {
    readonly page_size?: number | null | undefined;
    readonly page_token?: string | null | undefined;
  },
  place: 'query' | 'body' = 'query',
): PageStart {
  const size = Math.min(query.page_size ?? defaultPageSize, largestPageSize);
  const token = query.page_token ?? '';
  return { after: token === '' ? 0 : sequenceIn(list, token, place), limit: size + 1 };
}

/** The page that {@link pageAt} asked for, from the rows that were found. */
export function toPage<R, T>(
  list: string,
  start: PageStart,
  rows: readonly R[],
  sequence: (row: R) => number,
  item: (row: R) => T,
): TokenPage<T> {
  const fitting = rows.slice(0, start.limit - 1);
  const last = fitting.at(-1);
  const more = last !== undefined && rows.length > fitting.length;
  return {
    items: fitting.map(item),
    next_page_token: more ? tokenOf(list, sequence(last)) : null,
    total_size: null,
  };
}

function tokenOf(list: string, sequence: number): string {
  return Buffer.from(`${list}:${sequence}`).toString('base64url');
}

function sequenceIn(list: string, token: string, place: string): number {
  const text = Buffer.from(token, 'base64url').toString();
  const sequence = text.startsWith(`${list}:`) ? Number(text.slice(list.length + 1)) : NaN;
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw invalid({
      type: 'value_error',
      loc: [place, 'page_token'],
      msg: 'page_token is not one that this list has given out; start again without it',
      input: token,
    });
  }
  return sequence;
}

/** A stretch of a list that is read by offset. */
export interface OffsetPage<T> {
  readonly items: readonly T[];
  /** The offset of the next stretch as text, or `null` on the last one. */
  readonly next_page_token: string | null;
  readonly total_size: number;
}

/** The rows that were found at `offset`, as a page. */
export function toOffsetPage<R, T>(
  found: { readonly rows: readonly R[]; readonly total: number },
  offset: number,
  item: (row: R) => T,
): OffsetPage<T> {
  const next = offset + found.rows.length;
  return {
    items: found.rows.map(item),
    next_page_token: found.rows.length > 0 && next < found.total ? String(next) : null,
    total_size: found.total,
  };
}
