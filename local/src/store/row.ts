/** Typed reading of a row's columns; a wrong type is a fault of ours and throws. */

import type { SQLOutputValue } from 'node:sqlite';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/** The text in `column`. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') {
    throw new TypeError(`Column ${column} holds ${typeof value} where text was expected`);
  }
  return value;
}

/** The text in `column`, or `null` where it is empty. */
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

/** The number in `column`. */
export function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') {
    throw new TypeError(`Column ${column} holds ${typeof value} where a number was expected`);
  }
  return value;
}

/** The bytes in `column`. */
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`Column ${column} holds ${typeof value} where bytes were expected`);
  }
  return value;
}
