import type { SQLOutputValue } from 'node:sqlite';

/** The bytes in a column that holds them. */
export function bytes(value: SQLOutputValue | undefined): Uint8Array {
  if (!(value instanceof Uint8Array)) {
    throw new TypeError(`A column holds ${typeof value} where bytes were expected`);
  }
  return value;
}
