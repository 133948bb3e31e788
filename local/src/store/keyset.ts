/**
 * Paging by position. A page starts after the sort keys of the last row before it, so that
 * rows stored or deleted in the meantime neither repeat nor hide another row.
 */

import type { SqlFragment } from './sqlFragment.ts';
import { joinSql, sqlFragment } from './sqlFragment.ts';

/** What rows are sorted by. The last key of a list must differ from row to row. */
export interface SortKey {
  /** The value, best the name of a column. */
  readonly value: SqlFragment;
  readonly descending: boolean;
  /** Whether rows may lack it. Those come last in either direction. */
  readonly optional: boolean;
}

/** A row's sort keys. */
export interface Position {
  /** A JSON array. SQLite reads it, since it tells integers apart that JavaScript does not. */
  readonly json: string;
  /** Which of the keys the row lacks. */
  readonly missing: readonly boolean[];
}

/** Which of the sorted rows a page shows. */
export interface PageWindow {
  /** Rows come after this one; from the first on without it. */
  readonly after: Position | undefined;
  /** Rows passed over then. */
  readonly offset: number;
  /** Rows shown at most. */
  readonly limit: number;
}

/** What goes behind `ORDER BY`. */
export function sortOrder(keys: readonly SortKey[]): SqlFragment {
  return joinSql(
    keys.map(({ value, descending, optional }) => {
      const direction = descending ? sqlFragment`${value} DESC` : value;
      // Rows that cannot lack the key get no such clause: it would keep an index from being used.
      return optional ? sqlFragment`${direction} NULLS LAST` : direction;
    }),
    ', ',
  );
}

/** The expression for the `json` of a row's {@link Position}. */
export function sortPosition(keys: readonly SortKey[]): SqlFragment {
  return sqlFragment`json_array(${joinSql(
    keys.map(({ value }) => value),
    ', ',
  )})`;
}

/** Holds for the rows that come after `position`; for all of them without one. */
export function comesAfter(
  keys: readonly SortKey[],
  position: Position | undefined,
  index = 0,
): SqlFragment {
  const key = keys[index];
  if (position === undefined) {
    return sqlFragment`TRUE`;
  }
  if (key === undefined) {
    return sqlFragment`FALSE`;
  }
  const { value, descending, optional } = key;
  const later = comesAfter(keys, position, index + 1);
  if (position.missing[index] === true) {
    return sqlFragment`(${value} IS NULL AND ${later})`;
  }
  const bound = sqlFragment`(${position.json} ->> ${`$[${index}]`})`;
  const beyond = descending ? sqlFragment`${value} < ${bound}` : sqlFragment`${value} > ${bound}`;
  const reached = descending
    ? sqlFragment`${value} <= ${bound}`
    : sqlFragment`${value} >= ${bound}`;
  // "Reached" follows from the rest, but it alone lets an index skip the pages before.
  const onward = sqlFragment`(${reached} AND (${beyond} OR ${later}))`;
  return optional ? sqlFragment`(${value} IS NULL OR ${onward})` : onward;
}

/** The keys' values as columns `key0`, `key1`, …, and keys that sort by those columns. */
export function namedKeys(keys: readonly SortKey[]): {
  readonly columns: SqlFragment;
  readonly keys: readonly SortKey[];
} {
  const names = keys.map((_, index): SqlFragment => ({ text: `key${index}`, values: [] }));
  const at = (index: number): SqlFragment => names[index] ?? sqlFragment`NULL`;
  return {
    columns: joinSql(
      keys.map(({ value }, index) => sqlFragment`${value} AS ${at(index)}`),
      ', ',
    ),
    keys: keys.map((key, index) => ({ ...key, value: at(index) })),
  };
}
