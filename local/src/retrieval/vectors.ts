/** The vectors of an index's chunks: kept per model, as BLOBs, and in vec0 where that runs. */

import type { DatabaseSync } from 'node:sqlite';
import { bytes, number, type Row, text } from '../store/row.ts';
import { bestRows } from './bestRows.ts';
import type { Candidate } from './fullTextSearch.ts';
import type { IndexRow } from './indexRow.ts';
import { hasVectorExtension } from './loadVectorExtension.ts';
import { cosine, deserializeLsa, encode, type LsaModel } from './lsa.ts';
import { languageOfNumber } from './languages.ts';
import { terms } from './terms.ts';
import { noteVectorChange, products, vectorIn, type VectorMatrix } from './vectorMatrix.ts';

/** A chunk to be encoded: its key, its text and how its file's terms are made. */
export interface ChunkTerms {
  readonly key: number;
  readonly fileKey: number;
  readonly terms: readonly string[];
}

/** A chunk with its vector. */
export interface ChunkVector {
  readonly key: number;
  readonly vector: Float32Array;
}

/** The most neighbours that vec0 gives. */
const mostNeighbours = 4_096;

const models = new WeakMap<DatabaseSync, Map<number, LsaModel>>();

/** The model with a key. The last few are kept in memory: a model never changes. */
export function loadModel(db: DatabaseSync, modelKey: number): LsaModel {
  const cache = models.get(db) ?? new Map<number, LsaModel>();
  models.set(db, cache);
  const model = cache.get(modelKey) ?? readModel(db, modelKey);
  cache.delete(modelKey);
  cache.set(modelKey, model);
  const [oldest] = cache.keys();
  if (cache.size > 8 && oldest !== undefined) {
    cache.delete(oldest);
  }
  return model;
}

function readModel(db: DatabaseSync, modelKey: number): LsaModel {
  const row = db.prepare('SELECT data FROM search_models WHERE key = ?').get(modelKey) ?? {};
  return deserializeLsa(bytes(row, 'data'));
}

/** The vec0 table of a model. */
export function neighboursTable(modelKey: number): string {
  return `search_neighbours_${modelKey}`;
}

/** Reads the terms of the chunks that a condition on `search_chunks` selects, in their order. */
export function readChunkTerms(
  db: DatabaseSync,
  condition: string,
  ...values: (number | string)[]
): ChunkTerms[] {
  return db
    .prepare(
      `SELECT search_chunks.key, file_key, content, stemmed FROM search_chunks
       JOIN search_files ON search_files.key = file_key WHERE ${condition}
       ORDER BY search_chunks.key`,
    )
    .all(...values)
    .map((row) => ({
      key: number(row, 'key'),
      fileKey: number(row, 'file_key'),
      terms: terms(text(row, 'content'), languageOfNumber(number(row, 'stemmed')) ?? false),
    }));
}

/** Encodes the chunks of a file with the model in use, if there is one. */
export function addVectors(db: DatabaseSync, index: IndexRow, fileKey: number): void {
  if (index.modelKey === null) {
    return;
  }
  const model = loadModel(db, index.modelKey);
  const chunks = readChunkTerms(db, 'file_key = ?', fileKey);
  writeVectors(
    db,
    index.modelKey,
    chunks.map((chunk) => ({ key: chunk.key, vector: encode(model, chunk.terms) })),
  );
}

/** Stores vectors of a model. */
export function writeVectors(
  db: DatabaseSync,
  modelKey: number,
  vectors: readonly ChunkVector[],
): void {
  const insert = db.prepare('INSERT INTO search_vectors VALUES (?, ?, ?)');
  for (const { key, vector } of vectors) {
    insert.run(modelKey, key, blob(vector));
  }
  noteVectorChange(db, modelKey);
  if (canWriteNeighbours(db, modelKey)) {
    const insertNeighbour = db.prepare(
      `INSERT INTO ${neighboursTable(modelKey)} (rowid, vector) VALUES (?, ?)`,
    );
    for (const { key, vector } of vectors) {
      insertNeighbour.run(BigInt(key), blob(vector));
    }
  }
}

/** Forgets the vectors of a file's chunks in every model of the index. */
export function removeVectors(db: DatabaseSync, indexKey: number, fileKey: number): void {
  const chunks = 'SELECT key FROM search_chunks WHERE file_key = ?';
  for (const modelKey of modelKeys(db, indexKey)) {
    noteVectorChange(db, modelKey);
    if (canWriteNeighbours(db, modelKey)) {
      db.prepare(`DELETE FROM ${neighboursTable(modelKey)} WHERE rowid IN (${chunks})`).run(
        fileKey,
      );
    }
  }
  db.prepare(`DELETE FROM search_vectors WHERE chunk_key IN (${chunks})`).run(fileKey);
}

/** Drops the models of an index and their vectors, but for the one to be kept. */
export function dropModels(db: DatabaseSync, indexKey: number, except?: number): void {
  for (const modelKey of modelKeys(db, indexKey).filter((key) => key !== except)) {
    if (hasVectorExtension(db)) {
      db.exec(`DROP TABLE IF EXISTS ${neighboursTable(modelKey)}`);
    }
    db.prepare('DELETE FROM search_vectors WHERE model_key = ?').run(modelKey);
    db.prepare('DELETE FROM search_vector_versions WHERE model_key = ?').run(modelKey);
    db.prepare('DELETE FROM search_models WHERE key = ?').run(modelKey);
  }
}

/**
 * The `limit` chunks nearest to a vector, by cosine, in `fileKeys` where those are given. `matrix`, without
 * those, is what `vectorMatrix` gives.
 */
export function searchVectors(
  db: DatabaseSync,
  modelKey: number,
  vector: Float32Array,
  limit: number,
  fileKeys: readonly number[] | undefined,
  matrix: VectorMatrix | undefined,
): Candidate[] {
  if (matrix) {
    return nearest(matrix, vector, Math.min(limit, mostNeighbours));
  }
  const within =
    fileKeys === undefined
      ? ''
      : `IN (SELECT key FROM search_chunks
           WHERE file_key IN (SELECT value FROM json_each(:files)))`;
  const files = fileKeys === undefined ? {} : { files: JSON.stringify(fileKeys) };
  if (hasVectorExtension(db) && hasNeighbours(db, modelKey)) {
    return db
      .prepare(
        `SELECT rowid AS key, 1 - distance AS score FROM ${neighboursTable(modelKey)}
         WHERE vector MATCH :vector AND k = :limit ${within && `AND rowid ${within}`}`,
      )
      .all({ vector: blob(vector), limit: Math.min(limit, mostNeighbours), ...files })
      .map((row) => ({ key: number(row, 'key'), score: number(row, 'score') }));
  }
  return db
    .prepare(
      `SELECT chunk_key AS key, vector FROM search_vectors
       WHERE model_key = :model ${within && `AND chunk_key ${within}`}`,
    )
    .all({ model: modelKey, ...files })
    .map((row) => ({ key: number(row, 'key'), score: cosine(vector, vectorOf(row)) }))
    .sort((left, right) => right.score - left.score || left.key - right.key)
    .slice(0, limit);
}

function nearest(matrix: VectorMatrix, vector: Float32Array, limit: number): Candidate[] {
  const scores = products(matrix, vector);
  return bestRows(scores, matrix.keys, limit).map((row) => ({
    key: matrix.keys[row] ?? 0,
    score: scores[row] ?? 0,
  }));
}

/** The vectors of some chunks. `matrix` is what `vectorMatrix` gives. */
export function readVectors(
  db: DatabaseSync,
  modelKey: number,
  keys: readonly number[],
  matrix: VectorMatrix | undefined,
): Map<number, Float32Array> {
  if (matrix) {
    return new Map(
      keys.flatMap((key) => {
        const vector = vectorIn(matrix, key);
        return vector === undefined ? [] : [[key, vector] as const];
      }),
    );
  }
  const rows = db
    .prepare(
      `SELECT chunk_key AS key, vector FROM search_vectors
       WHERE model_key = ? AND chunk_key IN (SELECT value FROM json_each(?))`,
    )
    .all(modelKey, JSON.stringify(keys));
  return new Map(rows.map((row) => [number(row, 'key'), vectorOf(row)]));
}

/** Whether the vec0 table of a model holds all its vectors. */
function hasNeighbours(db: DatabaseSync, modelKey: number): boolean {
  const row = db.prepare('SELECT has_neighbours FROM search_models WHERE key = ?').get(modelKey);
  return row !== undefined && number(row, 'has_neighbours') === 1;
}

/**
 * Whether vectors go into the vec0 table of a model, too. A connection without the extension
 * gives the table up: until the next training, searches then read the BLOBs.
 */
function canWriteNeighbours(db: DatabaseSync, modelKey: number): boolean {
  if (hasVectorExtension(db)) {
    return hasNeighbours(db, modelKey);
  }
  db.prepare('UPDATE search_models SET has_neighbours = 0 WHERE key = ?').run(modelKey);
  return false;
}

function modelKeys(db: DatabaseSync, indexKey: number): number[] {
  return db
    .prepare('SELECT key FROM search_models WHERE index_key = ?')
    .all(indexKey)
    .map((row) => number(row, 'key'));
}

function vectorOf(row: Row): Float32Array {
  const data = bytes(row, 'vector');
  // A copy, since the bytes need not be aligned for floats.
  return new Float32Array(data.slice().buffer);
}

function blob(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
