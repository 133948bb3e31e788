/** The files of an index: putting them in, taking them out, finding and reading them. */

import type { DatabaseSync } from 'node:sqlite';
import type { FileMetadata } from '../../../src/types/directoryFiles.ts';
import type { IndexFile, ReadFileBody, SearchFilesBody } from '../../../src/types/retrieval.ts';
import { number, text } from '../store/row.ts';
import { atomically } from './atomically.ts';
import type { Chunk, PageStart } from './chunkDocument.ts';
import { FileNotIndexedError } from './fileNotIndexedError.ts';
import { ensureIndexRow, findIndexRow, termsTable } from './indexRow.ts';
import { type Language, languageNumber } from './languages.ts';
import { termCodes } from './termCodes.ts';
import { languageOf, terms } from './terms.ts';
import { addVectors, dropModels, removeVectors } from './vectors.ts';

/** A parsed file on its way into an index. */
export interface IndexedFile {
  /** The directory file's id, which retrieval calls `parsed_directory_file_id`. */
  readonly id: string;
  readonly name: string;
  /** What tells the caller that a file has changed; retrieval only keeps it. */
  readonly content_hash: string;
  readonly metadata: FileMetadata;
  /** The whole parsed text, which the offsets of `chunks` count in. */
  readonly text: string;
  readonly chunks: readonly Chunk[];
  /** Where its pages begin in `text`. */
  readonly pages: readonly PageStart[];
  /** Whether its pages can be shown, so that what is found points to their screenshots. */
  readonly hasScreenshots?: boolean | undefined;
}

/** A file of an index without its text. */
export type IndexedFileSummary = Pick<IndexedFile, 'id' | 'name' | 'content_hash' | 'metadata'>;

/**
 * Puts a file into an index, in the place of the one with the same id. It can be found at once:
 * by its words, and by its meaning as far as the last training knows the words.
 */
export function putFile(db: DatabaseSync, indexId: string, file: IndexedFile): void {
  atomically(db, () => {
    const index = ensureIndexRow(db, indexId);
    const present = findFile(db, index.key, file.id);
    if (present?.text === file.text && present.name === file.name) {
      db.prepare('UPDATE search_files SET content_hash = ?, metadata = ? WHERE key = ?').run(
        file.content_hash,
        JSON.stringify(file.metadata),
        present.key,
      );
      return;
    }
    if (present !== undefined) {
      deleteFile(db, index.key, present.key);
    }
    const language = languageOf(file.text);
    const { lastInsertRowid } = db
      .prepare(
        `INSERT INTO search_files (index_key, id, name, content_hash, metadata, stemmed, text)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        index.key,
        file.id,
        file.name,
        file.content_hash,
        JSON.stringify(file.metadata),
        languageNumber(language),
        file.text,
      );
    addPages(db, Number(lastInsertRowid), file);
    addChunks(db, index.key, Number(lastInsertRowid), file, language);
    addVectors(db, index, Number(lastInsertRowid));
  });
}

/** Takes a file out of an index; one that is not there is no error. */
export function removeFile(db: DatabaseSync, indexId: string, fileId: string): void {
  atomically(db, () => {
    const index = findIndexRow(db, indexId);
    const file = index === undefined ? undefined : findFile(db, index.key, fileId);
    if (index !== undefined && file !== undefined) {
      deleteFile(db, index.key, file.key);
    }
  });
}

/** The files of an index, by name. */
export function listIndexedFiles(db: DatabaseSync, indexId: string): IndexedFileSummary[] {
  const index = findIndexRow(db, indexId);
  return db
    .prepare(
      `SELECT id, name, content_hash, metadata FROM search_files WHERE index_key = ?
       ORDER BY name, id`,
    )
    .all(index?.key ?? null)
    .map((row) => ({
      id: text(row, 'id'),
      name: text(row, 'name'),
      content_hash: text(row, 'content_hash'),
      // Written by putFile.
      metadata: JSON.parse(text(row, 'metadata')) as FileMetadata,
    }));
}

/** Drops everything that retrieval holds of an index. */
export function deleteIndexData(db: DatabaseSync, indexId: string): void {
  atomically(db, () => {
    const index = findIndexRow(db, indexId);
    if (index === undefined) {
      return;
    }
    dropModels(db, index.key);
    db.exec(`DROP TABLE ${termsTable(index.key)}`);
    db.prepare('DELETE FROM search_chunks WHERE index_key = ?').run(index.key);
    db.prepare(
      'DELETE FROM search_pages WHERE file_key IN (SELECT key FROM search_files WHERE index_key = ?)',
    ).run(index.key);
    db.prepare('DELETE FROM search_files WHERE index_key = ?').run(index.key);
    db.prepare('DELETE FROM search_indexes WHERE key = ?').run(index.key);
  });
}

/**
 * Finds files by name, in order of their names: the exact one, those that contain a part in
 * whatever case, or all.
 */
export function searchFiles(
  db: DatabaseSync,
  indexId: string,
  query: Omit<SearchFilesBody, 'index_id'>,
): IndexFile[] {
  const part = query.file_name_contains?.toLowerCase() ?? '';
  return listIndexedFiles(db, indexId)
    .filter((file) => query.file_name == null || file.name === query.file_name)
    .filter((file) => file.name.toLowerCase().includes(part))
    .slice(0, Math.max(0, query.limit ?? Infinity))
    .map((file) => ({ file_id: file.id, file_name: file.name }));
}

/**
 * Reads a file's parsed text, or `max_length` UTF-16 units of it from `offset` on.
 *
 * @throws FileNotIndexedError
 */
export function readFile(
  db: DatabaseSync,
  indexId: string,
  query: Omit<ReadFileBody, 'index_id'>,
): string {
  const index = findIndexRow(db, indexId);
  const file = index === undefined ? undefined : findFile(db, index.key, query.file_id);
  if (file === undefined) {
    throw new FileNotIndexedError(indexId, query.file_id);
  }
  const offset = Math.max(0, query.offset ?? 0);
  return file.text.slice(offset, offset + Math.max(0, query.max_length ?? Infinity));
}

/** The first and the last page, 1-based, that a stretch of an indexed file's text is on. */
export function pagesOf(
  db: DatabaseSync,
  indexId: string,
  fileId: string,
  start: number,
  end: number,
): { readonly first: number; readonly last: number } {
  const pageAt = db.prepare(
    `SELECT page.number FROM search_pages AS page
     JOIN search_files AS file ON file.key = page.file_key
     JOIN search_indexes ON search_indexes.key = file.index_key
     WHERE search_indexes.id = ? AND file.id = ? AND page.start_char <= ?
     ORDER BY page.start_char DESC LIMIT 1`,
  );
  const at = (char: number): number => {
    const row = pageAt.get(indexId, fileId, char);
    return row === undefined ? 1 : number(row, 'number');
  };
  return { first: at(start), last: at(Math.max(start, end - 1)) };
}

function findFile(
  db: DatabaseSync,
  indexKey: number,
  fileId: string,
): { readonly key: number; readonly name: string; readonly text: string } | undefined {
  const row = db
    .prepare('SELECT key, name, text FROM search_files WHERE index_key = ? AND id = ?')
    .get(indexKey, fileId);
  return row === undefined
    ? undefined
    : { key: number(row, 'key'), name: text(row, 'name'), text: text(row, 'text') };
}

function addPages(db: DatabaseSync, fileKey: number, file: IndexedFile): void {
  const insert = db.prepare('INSERT INTO search_pages VALUES (?, ?, ?, ?)');
  for (const { number: page, start_char } of file.pages) {
    insert.run(fileKey, start_char, page, file.hasScreenshots === true ? 1 : 0);
  }
}

function addChunks(
  db: DatabaseSync,
  indexKey: number,
  fileKey: number,
  { name, chunks }: IndexedFile,
  language: Language,
): void {
  const insertChunk = db.prepare(
    `INSERT INTO search_chunks (index_key, file_key, position, start_char, end_char, page_start,
       page_end, token_count, content, terms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertTerms = db.prepare(
    `INSERT INTO ${termsTable(indexKey)} (rowid, terms, name) VALUES (?, ?, ?)`,
  );
  const nameTerms = terms(name.replace(/\.\w+$/, ''), language).join(' ');
  for (const chunk of chunks) {
    const found = terms(chunk.content, language);
    const { lastInsertRowid } = insertChunk.run(
      indexKey,
      fileKey,
      chunk.index,
      chunk.start_char,
      chunk.end_char,
      chunk.page_start,
      chunk.page_end,
      chunk.token_count,
      chunk.content,
      new Uint8Array(termCodes(found).buffer),
    );
    insertTerms.run(lastInsertRowid, found.join(' '), nameTerms);
  }
}

function deleteFile(db: DatabaseSync, indexKey: number, fileKey: number): void {
  removeVectors(db, indexKey, fileKey);
  const chunks = 'SELECT key FROM search_chunks WHERE file_key = ?';
  db.prepare(`DELETE FROM ${termsTable(indexKey)} WHERE rowid IN (${chunks})`).run(fileKey);
  db.prepare('DELETE FROM search_chunks WHERE file_key = ?').run(fileKey);
  db.prepare('DELETE FROM search_pages WHERE file_key = ?').run(fileKey);
  db.prepare('DELETE FROM search_files WHERE key = ?').run(fileKey);
}
