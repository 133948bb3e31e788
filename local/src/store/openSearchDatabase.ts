import { DatabaseSync } from 'node:sqlite';
import { loadVectorExtension } from '../retrieval/loadVectorExtension.ts';
import { searchSchema } from '../retrieval/searchSchema.ts';

/**
 * Opens the search data of all indexes at `path`, creating it if need be.
 *
 * It is a file of its own so that the one writer, the thread that builds indexes, never keeps
 * the server from writing to `cloud.db`. It can be made again from that, so that it does without
 * a flush at every commit.
 */
export function openSearchDatabase(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { allowExtension: true, timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  loadVectorExtension(db);
  db.exec(searchSchema);
  addColumns(db);
  return db;
}

/** Data of before a column was there does without it. */
function addColumns(db: DatabaseSync): void {
  const columns = db.prepare("SELECT name FROM pragma_table_info('search_chunks')").all();
  if (!columns.some(({ name }) => name === 'terms')) {
    db.exec('ALTER TABLE search_chunks ADD COLUMN terms BLOB');
  }
}
