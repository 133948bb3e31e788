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
  return db;
}
