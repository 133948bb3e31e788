import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RetrievedChunk } from '../../../src/types/retrieval.ts';
import { createReaderPool, type ReaderPool } from '../../src/retrieval/readerPool.ts';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import { deleteIndexData, putFile, removeFile } from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { adoptMatrix, vectorMatrix } from '../../src/retrieval/vectorMatrix.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

const animals = ['heron', 'stork', 'owl', 'eagle', 'swift', 'kite', 'crane'];
const foods = ['fish', 'frogs', 'mice', 'hares', 'insects'];

let folder: string;
let path: string;
let db: DatabaseSync;
let pool: ReaderPool;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'readers-'));
  path = join(folder, 'search.db');
  db = openSearchDatabase({ path });
  for (let i = 0; i < 70; i += 1) {
    putFile(db, 'index', file(`f${i}`, `The ${animals[i % 7]} number${i} eats ${foods[i % 5]}.`));
  }
  trainIndex(db, 'index');
  pool = createReaderPool(path, 2);
});

afterEach(async () => {
  await pool.close();
  db.close();
  rmSync(folder, { recursive: true });
});

function ids(found: readonly RetrievedChunk[]): unknown[] {
  return found.map((chunk) => chunk.static_fields?.parsed_directory_file_id);
}

describe('createReaderPool', () => {
  it('finds what the same question finds in this thread, whichever thread answers', async () => {
    const queries = Array.from({ length: 24 }, (_, i) => `${animals[i % 7]} ${foods[i % 5]}`);

    const found = await Promise.all(queries.map((query) => pool.retrieve('index', { query })));

    expect(found).toEqual(queries.map((query) => retrieve(db, 'index', { query })));
  });

  it('sees what came and went before it was asked, by words and by vectors', async () => {
    const ask = async (params = {}): Promise<unknown[]> =>
      ids(await pool.retrieve('index', { query: 'stork frogs', top_k: 100, ...params }));
    const byVector = { full_text_pipeline_weight: 0 };
    for (let i = 0; i < 8; i += 1) {
      // Both threads have the vectors in memory.
      await Promise.all([ask(byVector), ask(byVector)]);
    }

    for (let round = 0; round < 5; round += 1) {
      putFile(db, 'index', file('late', 'The stork eats frogs and frogs.'));
      for (const found of await Promise.all([ask(), ask(byVector), ask(), ask(byVector)])) {
        expect(found).toContain('late');
      }
      removeFile(db, 'index', 'late');
      for (const found of await Promise.all([ask(), ask(byVector), ask(), ask(byVector)])) {
        expect(found).not.toContain('late');
      }
    }
    deleteIndexData(db, 'index');
    expect(await ask()).toEqual([]);
  });

  it('passes on what a search fails with, and goes on', async () => {
    db.exec('ALTER TABLE search_files RENAME TO hidden');
    await expect(pool.retrieve('index', { query: 'stork' })).rejects.toMatchObject({
      message: expect.stringContaining('search_files') as unknown,
      code: 'ERR_SQLITE_ERROR',
      errcode: 1,
    });
    db.exec('ALTER TABLE hidden RENAME TO search_files');

    expect(await pool.retrieve('index', { query: 'stork' })).not.toEqual([]);
  });

  it('rejects when a thread cannot start, and starts another for the next question', async () => {
    const late = join(folder, 'late.db');
    const early = createReaderPool(late, 1);
    const asked = [0, 1].map(() => early.retrieve('index', { query: 'stork' }));
    for (const each of asked) {
      await expect(each).rejects.toThrow('unable to open');
    }
    openSearchDatabase({ path: late }).close();

    expect(await early.retrieve('index', { query: 'stork' })).toEqual([]);
    await early.close();
  });

  it('rejects what is under way and what waits when closed, and what comes later', async () => {
    const asked = Array.from({ length: 5 }, () => pool.retrieve('index', { query: 'stork' }));
    const outcomes = Promise.allSettled(asked);
    await pool.close();
    await pool.close();

    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    }
    await expect(pool.retrieve('index', { query: 'stork' })).rejects.toThrow('closed');
  });
});

describe('adoptMatrix', () => {
  it('spares another connection the reading, until vectors come or go', () => {
    const other = openSearchDatabase({ path });
    const modelKey = Number(db.prepare('SELECT model_key AS key FROM search_indexes').get()?.key);
    vectorMatrix(db, modelKey);
    const matrix = vectorMatrix(db, modelKey);
    if (matrix === undefined) {
      throw new Error('The vectors were not read into memory');
    }
    adoptMatrix(other, matrix);

    expect(vectorMatrix(other, modelKey)).toBe(matrix);
    expect(matrix.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    removeFile(db, 'index', 'f3');
    expect(vectorMatrix(other, modelKey)).toBeUndefined();
    expect(vectorMatrix(other, modelKey)?.keys).toHaveLength(69);
    adoptMatrix(other, matrix);
    expect(vectorMatrix(other, modelKey)?.keys).toHaveLength(69);
    other.close();
  });
});
