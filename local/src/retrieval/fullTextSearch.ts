import type { DatabaseSync } from 'node:sqlite';
import { number } from '../store/row.ts';
import { termsTable } from './indexRow.ts';
import { queryTerms } from './terms.ts';

/** A chunk with how well it fits; larger is better. */
export interface Candidate {
  readonly key: number;
  readonly score: number;
}

/**
 * The `limit` chunks of an index that fit the words of `query` best, by BM25 as FTS5 computes it.
 * `fileKeys`, where given, are the files to look in.
 */
export function searchFullText(
  db: DatabaseSync,
  indexKey: number,
  query: string,
  limit: number,
  fileKeys: readonly number[] | undefined,
): Candidate[] {
  const asked = queryTerms(query);
  if (asked.length === 0) {
    return [];
  }
  const table = termsTable(indexKey);
  // The plus keeps SQLite from looking every row up in the full-text index, which is far slower.
  const within =
    fileKeys === undefined
      ? ''
      : `AND +rowid IN (SELECT key FROM search_chunks
           WHERE file_key IN (SELECT value FROM json_each(:files)))`;
  return db
    .prepare(
      `SELECT rowid AS key, -rank AS score FROM ${table} WHERE ${table} MATCH :match ${within}
       ORDER BY rank, rowid LIMIT :limit`,
    )
    .all({
      match: asked.map((term) => `"${term}"`).join(' OR '),
      limit,
      ...(fileKeys === undefined ? {} : { files: JSON.stringify(fileKeys) }),
    })
    .map((row) => ({ key: number(row, 'key'), score: number(row, 'score') }));
}
