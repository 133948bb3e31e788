import type { DatabaseSync } from 'node:sqlite';
import { number } from '../store/row.ts';
import { atomically } from './atomically.ts';
import { findIndexRow, type IndexRow } from './indexRow.ts';
import { hasVectorExtension } from './loadVectorExtension.ts';
import { encode, type LsaModel, serializeLsa, trainLsa } from './lsa.ts';
import { measureTrust } from './measureTrust.ts';
import {
  type ChunkVector,
  dropModels,
  neighboursTable,
  readChunkTerms,
  writeVectors,
} from './vectors.ts';

/** Vectors written in one transaction, so that other writers wait for milliseconds at most. */
const batch = 500;

/**
 * Trains the vectors of an index on all its chunks, and has searches use them from then on.
 *
 * Seconds of work in this thread for ten thousand chunks: call it in a worker, on a connection of
 * its own. Searches meanwhile use the previous vectors; files can come and go, and are in the new
 * vectors or out of them when it is done. A training that was cut off leaves no trace after the
 * next one.
 */
export function trainIndex(db: DatabaseSync, indexId: string): void {
  const index = findIndexRow(db, indexId);
  if (index === undefined) {
    return;
  }
  const chunks = readChunkTerms(db, 'search_chunks.index_key = ?', index.key);
  const trained = trainLsa(chunks.map((chunk) => chunk.terms));
  const { vectors } = trained;
  const model = { ...trained.model, trust: measureTrust(chunks, trained) };
  const modelKey = createModel(db, index, model);
  const encoded = chunks.flatMap(({ key }, at) => {
    const vector = vectors[at];
    return vector === undefined ? [] : { key, vector };
  });
  for (let start = 0; start < encoded.length; start += batch) {
    addPresent(db, modelKey, encoded.slice(start, start + batch));
  }
  switchTo(db, indexId, modelKey, model);
  atomically(db, () => dropModels(db, index.key, modelKey));
}

function createModel(db: DatabaseSync, index: IndexRow, model: LsaModel): number {
  const hasNeighbours = hasVectorExtension(db) && model.dimensions > 0;
  return atomically(db, () => {
    const { lastInsertRowid } = db
      .prepare('INSERT INTO search_models (index_key, has_neighbours, data) VALUES (?, ?, ?)')
      .run(index.key, hasNeighbours ? 1 : 0, serializeLsa(model));
    const modelKey = Number(lastInsertRowid);
    if (hasNeighbours) {
      db.exec(
        `CREATE VIRTUAL TABLE ${neighboursTable(modelKey)}
         USING vec0(vector float[${model.dimensions}] distance_metric=cosine)`,
      );
    }
    return modelKey;
  });
}

/** Writes the vectors of those chunks that have not left the index in the meantime. */
function addPresent(db: DatabaseSync, modelKey: number, vectors: readonly ChunkVector[]): void {
  atomically(db, () => {
    const present = new Set(
      db
        .prepare('SELECT key FROM search_chunks WHERE key IN (SELECT value FROM json_each(?))')
        .all(JSON.stringify(vectors.map(({ key }) => key)))
        .map((row) => number(row, 'key')),
    );
    writeVectors(
      db,
      modelKey,
      vectors.filter(({ key }) => present.has(key)),
    );
  });
}

/** Encodes what has come into the index since the training began, and puts the model in use. */
function switchTo(db: DatabaseSync, indexId: string, modelKey: number, model: LsaModel): void {
  atomically(db, () => {
    const index = findIndexRow(db, indexId);
    if (index === undefined) {
      // Deleted while it was trained.
      return;
    }
    const arrived = `search_chunks.index_key = ? AND search_chunks.key NOT IN
      (SELECT chunk_key FROM search_vectors WHERE model_key = ?)`;
    const chunks = readChunkTerms(db, arrived, index.key, modelKey);
    addPresent(
      db,
      modelKey,
      chunks.map(({ key, terms }) => ({ key, vector: encode(model, terms) })),
    );
    db.prepare('UPDATE search_indexes SET model_key = ? WHERE key = ?').run(modelKey, index.key);
  });
}
