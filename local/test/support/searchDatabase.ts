import { DatabaseSync } from 'node:sqlite';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';
import { loadVectorExtension } from '../../src/retrieval/loadVectorExtension.ts';
import type { IndexedFile } from '../../src/retrieval/searchIndex.ts';
import { searchSchema } from '../../src/retrieval/searchSchema.ts';

/** What {@link openSearchDatabase} accepts. */
export interface SearchDatabaseConfig {
  /** Where to keep it; in memory by default. */
  readonly path?: string;
  /** Whether sqlite-vec is loaded, as it is by default, or missing, as on some systems. */
  readonly vectors?: boolean;
}

/** Opens a database with the tables of retrieval. */
export function openSearchDatabase(config: SearchDatabaseConfig = {}): DatabaseSync {
  const { path = ':memory:', vectors = true } = config;
  const db = new DatabaseSync(path, { allowExtension: true, timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL');
  if (vectors) {
    loadVectorExtension(db);
  }
  db.exec(searchSchema);
  return db;
}

/** A file of one page, ready to be put into an index. */
export function file(id: string, text: string, more: Partial<IndexedFile> = {}): IndexedFile {
  const document = chunkDocument([{ number: 1, text, needsOcr: false }]);
  return { id, name: `${id}.txt`, content_hash: text, metadata: {}, ...document, ...more };
}
