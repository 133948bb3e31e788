import type { DatabaseSync } from 'node:sqlite';
import { number } from '../store/row.ts';
import { termsTable } from './indexRow.ts';
import { prepared } from './prepared.ts';

/** A chunk with how well it fits; larger is better. */
export interface Candidate {
  readonly key: number;
  readonly score: number;
}

/**
 * The `limit` chunks of an index that fit the terms that are asked for best, by BM25 as FTS5 computes it.
 * `fileKeys`, where given, are the files to look in.
 */
export function searchFullText(
  db: DatabaseSync,
  indexKey: number,
  asked: readonly string[],
  limit: number,
  fileKeys: readonly number[] | undefined,
): Candidate[] {
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
  return prepared(
    db,
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
