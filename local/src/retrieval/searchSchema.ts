/**
 * The tables of retrieval, created where they are missing.
 *
 * Two more belong to single indexes and are created with them: `search_terms_<index key>` (FTS5),
 * since the rarity of a term must not depend on what other indexes hold, and
 * `search_neighbours_<model key>` (vec0), since a table of vectors has one length.
 *
 * `stemmed` of a file is the number of its language; `terms` of a chunk are what `termCodes` makes of them; data of before that has none there.
 */
export const searchSchema = `
  CREATE TABLE IF NOT EXISTS search_indexes (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    model_key INTEGER
  ) STRICT;

  CREATE TABLE IF NOT EXISTS search_files (
    key INTEGER PRIMARY KEY,
    index_key INTEGER NOT NULL REFERENCES search_indexes (key),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    metadata TEXT NOT NULL,
    stemmed INTEGER NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (index_key, id)
  ) STRICT;

  CREATE INDEX IF NOT EXISTS search_files_by_language ON search_files (index_key, stemmed);

  CREATE TABLE IF NOT EXISTS search_chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    index_key INTEGER NOT NULL REFERENCES search_indexes (key),
    file_key INTEGER NOT NULL REFERENCES search_files (key),
    position INTEGER NOT NULL,
    start_char INTEGER NOT NULL,
    end_char INTEGER NOT NULL,
    page_start INTEGER NOT NULL,
    page_end INTEGER NOT NULL,
    token_count INTEGER NOT NULL,
    content TEXT NOT NULL,
    terms BLOB
  ) STRICT;
  CREATE INDEX IF NOT EXISTS search_chunks_by_index ON search_chunks (index_key);
  CREATE INDEX IF NOT EXISTS search_chunks_by_file ON search_chunks (file_key);

  CREATE TABLE IF NOT EXISTS search_pages (
    file_key INTEGER NOT NULL REFERENCES search_files (key),
    start_char INTEGER NOT NULL,
    number INTEGER NOT NULL,
    has_screenshot INTEGER NOT NULL,
    PRIMARY KEY (file_key, start_char)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE IF NOT EXISTS search_models (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    index_key INTEGER NOT NULL REFERENCES search_indexes (key),
    has_neighbours INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;

  CREATE TABLE IF NOT EXISTS search_vectors (
    model_key INTEGER NOT NULL REFERENCES search_models (key),
    chunk_key INTEGER NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (model_key, chunk_key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS search_vector_versions (
    model_key INTEGER PRIMARY KEY,
    version INTEGER NOT NULL
  ) STRICT;

  CREATE INDEX IF NOT EXISTS search_vectors_by_chunk ON search_vectors (chunk_key);
`;
