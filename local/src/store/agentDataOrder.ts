import { columnNamed, dataFieldName, fieldPath } from './agentDataField.ts';
import type { SortKey } from './keyset.ts';
import { sqlFragment } from './sqlFragment.ts';

/** One entry of an `order_by`. */
export interface OrderEntry {
  /** A field as it was named, with its `data.` if it had one. */
  readonly field: string;
  readonly descending: boolean;
}

/** SQLite sorts by a limited number of terms. */
const mostEntries = 32;

/**
 * Reads `data.name desc, created_at`. Rising order may be spelt out (`asc`). `undefined` when a
 * field has no name, and when there are more than 32.
 */
export function readOrder(orderBy: string): readonly OrderEntry[] | undefined {
  const entries = orderBy.split(',').map((entry): OrderEntry => {
    const text = entry.trim();
    const direction = /\s(?:asc|desc)$/i.exec(text)?.[0] ?? '';
    const field = text.slice(0, text.length - direction.length).trimEnd();
    return { field, descending: direction.trim().toLowerCase() === 'desc' };
  });
  return entries.length > mostEntries || entries.some(({ field }) => field === '')
    ? undefined
    : entries;
}

/**
 * What records are sorted by: a bare name is the record's own field if there is one of that
 * name, else a field of `data`, like all names that start with `data.`. Records in which it is
 * missing or null come last; numbers come before text. What is equal then, and all records
 * when there are no entries, is in the order of creation.
 */
export function agentDataOrder(entries: readonly OrderEntry[]): readonly SortKey[] {
  const keys = entries.map(({ field, descending }): SortKey => {
    const column = columnNamed(field);
    return column === undefined
      ? {
          value: sqlFragment`data ->> ${fieldPath(dataFieldName(field))}`,
          descending,
          optional: true,
        }
      : { value: column, descending, optional: false };
  });
  const byCreation = { value: sqlFragment`created_at`, descending: false, optional: false };
  const started = keys.length === 0 ? [byCreation] : keys;
  return [
    ...started,
    {
      value: sqlFragment`seq`,
      // The way of the key before, so that an index on it gives both.
      descending: started.at(-1)?.descending ?? false,
      optional: false,
    },
  ];
}
