/** Pages of a list that a POST body asks for and that is sorted as the caller likes. */

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { PageWindow, Position } from '../store/keyset.ts';
import { invalid } from './apiProblem.ts';

/** Rows of a page when the request does not say. */
const defaultPageSize = 10;

/** More rows than this are never put on one page; a larger `page_size` is read as this. */
const largestPageSize = 1000;

/** The fields of a body that say which page is meant. */
interface PageBody {
  readonly page_size?: number | null | undefined;
  readonly page_token?: string | null | undefined;
  readonly offset?: number | null | undefined;
}

/** A row, and the JSON of its position (see `keyset.ts`). */
export interface Positioned<T> {
  readonly item: T;
  readonly position: string;
}

/**
 * Which rows to read: `page_size` (default 10, at most 1000) and one more, which tells whether
 * another page follows. A `page_token` overrides `offset`: clients send the offset along with
 * every page, though the first one has counted it in.
 *
 * `order` says what the rows are sorted by, with `keys` sort keys.
 *
 * @throws ApiProblem 422 for a token that was not given out for this `order`.
 */
export function windowOf(order: unknown, keys: number, body: PageBody): PageWindow {
  const token = body.page_token ?? '';
  return {
    after: token === '' ? undefined : positionIn(order, keys, token),
    offset: token === '' ? (body.offset ?? 0) : 0,
    limit: Math.min(body.page_size ?? defaultPageSize, largestPageSize) + 1,
  };
}

/** The page that {@link windowOf} asked for, from the rows that were found. */
export function pageOf<T>(
  order: unknown,
  { limit }: PageWindow,
  found: readonly Positioned<T>[],
): { readonly items: readonly T[]; readonly next_page_token: string | null } {
  const fitting = found.slice(0, limit - 1);
  const last = found.length > fitting.length ? fitting.at(-1) : undefined;
  return {
    items: fitting.map(({ item }) => item),
    next_page_token: last === undefined ? null : tokenOf(order, last.position),
  };
}

/** A token is the position with a mark before it that tells it from positions in other orders. */
function tokenOf(order: unknown, position: string): string {
  return Buffer.from(markOf(order) + position).toString('base64url');
}

function markOf(order: unknown): string {
  return createHash('sha256').update(JSON.stringify(order)).digest('base64url').slice(0, 12);
}

const position = z.array(z.union([z.string(), z.number(), z.null()]));

function positionIn(order: unknown, keys: number, token: string): Position {
  const text = Buffer.from(token, 'base64url').toString();
  const mark = markOf(order);
  const json = text.slice(mark.length);
  const values = text.startsWith(mark) ? position.safeParse(parsed(json)).data : undefined;
  if (values?.length !== keys) {
    throw invalid({
      type: 'value_error',
      loc: ['body', 'page_token'],
      msg: 'page_token does not belong to a list in this order; start again without it',
      input: token,
    });
  }
  return { json, missing: values.map((value) => value === null) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
