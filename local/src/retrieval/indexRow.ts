import type { DatabaseSync } from 'node:sqlite';
import { number } from '../store/row.ts';
import { prepared } from './prepared.ts';

/** An index as retrieval keeps it. */
export interface IndexRow {
  readonly key: number;
  /** The model whose vectors are searched; none before the first training. */
  readonly modelKey: number | null;
}

/** The row of an index, once a file has been put into it. */
export function findIndexRow(db: DatabaseSync, indexId: string): IndexRow | undefined {
  const row = prepared(db, 'SELECT key, model_key FROM search_indexes WHERE id = ?').get(indexId);
  return row === undefined
    ? undefined
    : {
        key: number(row, 'key'),
        modelKey: row.model_key === null ? null : number(row, 'model_key'),
      };
}

/** The row of an index; created, with its table of terms, where it is missing. */
export function ensureIndexRow(db: DatabaseSync, indexId: string): IndexRow {
  const found = findIndexRow(db, indexId);
  if (found !== undefined) {
    return found;
  }
  const { lastInsertRowid } = db.prepare('INSERT INTO search_indexes (id) VALUES (?)').run(indexId);
  const key = Number(lastInsertRowid);
  // The terms come ready-made, apart by spaces, in letters that this tokenizer leaves alone. A word
  // of a file's name says less about a passage than a word in it, but more than nothing: people ask
  // for "the attention paper".
  db.exec(
    `CREATE VIRTUAL TABLE ${termsTable(key)}
     USING fts5(terms, name, content = '', contentless_delete = 1, tokenize = 'ascii');
     INSERT INTO ${termsTable(key)} (${termsTable(key)}, rank) VALUES ('rank', 'bm25(1.0, 0.25)')`,
  );
  return { key, modelKey: null };
}

/** The full-text table of an index: one row per chunk, by the chunk's key, with its file's name. */
export function termsTable(indexKey: number): string {
  return `search_terms_${indexKey}`;
}
