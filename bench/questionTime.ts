/**
 * What a question to an index of 10,000 passages costs beside its parts that cannot be spared, its own
 * full-text query (FTS5) and one pass of products with all vectors, and how many a second four askers
 * get beside one.
 *
 *     node --conditions=@rx-llamacloud/source bench/questionTime.ts
 *
 * Whole and parts are timed in turns, question by question, since the machine's speed changes.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chunkDocument } from '../local/src/retrieval/chunkDocument.ts';
import { searchFullText } from '../local/src/retrieval/fullTextSearch.ts';
import { createReaderPool } from '../local/src/retrieval/readerPool.ts';
import { retrieve } from '../local/src/retrieval/retrieve.ts';
import { putFile } from '../local/src/retrieval/searchIndex.ts';
import { queryTerms } from '../local/src/retrieval/terms.ts';
import { trainIndex } from '../local/src/retrieval/trainIndex.ts';
import { products, vectorMatrix } from '../local/src/retrieval/vectorMatrix.ts';
import { openSearchDatabase } from '../local/src/store/openSearchDatabase.ts';
import { MadeUpText } from './clients/madeUpText.ts';

const files = 500;
const passagesPerFile = 20;
const text = new MadeUpText();
const folder = mkdtempSync(join(tmpdir(), 'bench-question-'));
const path = join(folder, 'search.db');
const db = openSearchDatabase(path);
for (let at = 0; at < files; at += 1) {
  const page = Array.from({ length: passagesPerFile }, () => text.passage()).join('\n\n');
  const document = chunkDocument([{ number: 1, text: page, needsOcr: false }]);
  const id = `report-${at}.md`;
  putFile(db, 'index', { id, name: id, content_hash: '', metadata: {}, ...document });
}
trainIndex(db, 'index');

const queries = Array.from({ length: 400 }, () => text.words(8));
compareWithParts(db);
await compareAskers();
db.close();
rmSync(folder, { recursive: true });

function compareWithParts(search: DatabaseSync): void {
  const row = search.prepare('SELECT key, model_key FROM search_indexes').get();
  const indexKey = Number(row?.key);
  const modelKey = Number(row?.model_key);
  for (const query of queries.slice(0, 50)) {
    retrieve(search, 'index', { query });
  }
  const matrix = vectorMatrix(search, modelKey);
  if (matrix === undefined) {
    throw new Error('The vectors are not in memory.');
  }
  const times: Record<'whole' | 'full text' | 'products', number[]> = {
    whole: [],
    'full text': [],
    products: [],
  };
  for (const query of queries.slice(50)) {
    timed(times.whole, () => retrieve(search, 'index', { query }));
    timed(times['full text'], () =>
      searchFullText(search, indexKey, queryTerms(query), 200, undefined),
    );
    timed(times.products, () => products(matrix, matrix.data.subarray(0, matrix.dimensions)));
  }
  for (const [name, each] of Object.entries(times)) {
    console.log(`${name.padEnd(10)} ${mean(each).toFixed(2)} ms`);
  }
  const parts = mean(times['full text']) + mean(times.products);
  console.log(
    `whole / (full text + products) ${(mean(times.whole) / parts).toFixed(2)}, at most 1.6`,
  );
}

async function compareAskers(): Promise<void> {
  const pool = createReaderPool(path);
  const speeds = new Map<number, number[]>([
    [1, []],
    [4, []],
  ]);
  await ask(4);
  for (let round = 0; round < 5; round += 1) {
    for (const [askers, speed] of speeds) {
      speed.push(await ask(askers));
    }
  }
  await pool.close();
  const [one = Number.NaN, four = Number.NaN] = Array.from(speeds.values(), mean);
  console.log(
    `one asker ${one.toFixed(0)} questions a second, four ${four.toFixed(0)}: ` +
      `${(four / one).toFixed(2)} times, at least 1.7`,
  );

  async function ask(askers: number): Promise<number> {
    const rest = queries.values();
    const begun = performance.now();
    const lanes = Array.from({ length: askers }, async () => {
      for (const query of rest) {
        await pool.retrieve('index', { query });
      }
    });
    await Promise.all(lanes);
    return (queries.length / (performance.now() - begun)) * 1_000;
  }
}

function timed(times: number[], work: () => unknown): void {
  const begun = performance.now();
  work();
  times.push(performance.now() - begun);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
