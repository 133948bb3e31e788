/**
 * How well retrieval finds: nDCG@10 (binary gain) on the Cranfield collection, 1,400 abstracts and
 * 225 judged questions, for each search alone and for both together.
 *
 *     node bench/retrieval.ts [folder with cran.all.1400, cran.qry and cranqrel]
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { chunkDocument } from '../local/src/retrieval/chunkDocument.ts';
import { loadVectorExtension } from '../local/src/retrieval/loadVectorExtension.ts';
import { retrieve, type RetrieveParams } from '../local/src/retrieval/retrieve.ts';
import { putFile } from '../local/src/retrieval/searchIndex.ts';
import { searchSchema } from '../local/src/retrieval/searchSchema.ts';
import { trainIndex } from '../local/src/retrieval/trainIndex.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '../../shared/data/cranfield');

const variants: readonly (readonly [name: string, params: Omit<RetrieveParams, 'query'>])[] = [
  ['full text', { vector_pipeline_weight: 0, rerank: { enabled: false } }],
  ['vectors', { full_text_pipeline_weight: 0, rerank: { enabled: false } }],
  ['hybrid', { rerank: { enabled: false } }],
  ['hybrid + rerank', {}],
];

if (existsSync(folder)) {
  measure();
} else {
  console.log(`There is no Cranfield collection in ${folder}: nothing is measured.`);
}

function measure(): void {
  const db = new DatabaseSync(':memory:', { allowExtension: true });
  loadVectorExtension(db);
  db.exec(searchSchema);
  const started = performance.now();
  for (const { id, title, body } of readDocuments()) {
    const pages = [{ number: 1, text: `# ${title}\n\n${body}`, needsOcr: false }];
    const document = chunkDocument(pages);
    putFile(db, 'cranfield', { id, name: id, content_hash: id, metadata: {}, ...document });
  }
  const indexed = performance.now();
  trainIndex(db, 'cranfield');
  const trained = performance.now();
  console.log(`indexing ${ms(indexed - started)}, training ${ms(trained - indexed)}\n`);

  console.log('search            nDCG@10   per question');
  const questions = readQuestions();
  for (const [name, params] of variants) {
    const begun = performance.now();
    const gains = questions.map(({ query, relevant }) =>
      ndcg(rankedFiles(db, { query, top_k: 30, ...params }), relevant),
    );
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    const duration = (performance.now() - begun) / questions.length;
    console.log(`${name.padEnd(18)}${mean.toFixed(4)}    ${ms(duration)}`);
  }
  db.close();
}

/** Files in the order of their best passages. */
function rankedFiles(db: DatabaseSync, params: RetrieveParams): string[] {
  const files = retrieve(db, 'cranfield', params).map(
    (chunk) => chunk.static_fields?.parsed_directory_file_id ?? '',
  );
  return [...new Set(files)];
}

/** Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques", 2002. */
function ndcg(ranked: readonly string[], relevant: ReadonlySet<string>): number {
  const discount = (rank: number): number => 1 / Math.log2(rank + 2);
  const gain = ranked
    .slice(0, 10)
    .reduce((sum, file, rank) => (relevant.has(file) ? sum + discount(rank) : sum), 0);
  const best = Array.from({ length: Math.min(10, relevant.size) }, (_, rank) => discount(rank));
  return gain / best.reduce((sum, each) => sum + each, 0);
}

function readDocuments(): { id: string; title: string; body: string }[] {
  return records('cran.all.1400').map((record) => ({
    id: /^\d+/.exec(record)?.[0] ?? '',
    title: field(record, 'T').replaceAll('\n', ' '),
    body: field(record, 'W'),
  }));
}

/** Questions with their relevant documents: those judged 1 to 4, by the questions' order. */
function readQuestions(): { query: string; relevant: Set<string> }[] {
  const judgements = read('cranqrel')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , code]) => Number(code) >= 1);
  return records('cran.qry')
    .map((record, index) => ({
      query: field(record, 'W').replaceAll('\n', ' '),
      relevant: new Set(
        judgements
          .filter(([question]) => Number(question) === index + 1)
          .map(([, document]) => document ?? ''),
      ),
    }))
    .filter(({ relevant }) => relevant.size > 0);
}

/** A record of the collection's format: `.I` and a number, then fields that a letter introduces. */
function records(file: string): string[] {
  return read(file)
    .split(/^\.I (?=\d)/m)
    .slice(1);
}

function field(record: string, letter: string): string {
  const start = record.indexOf(`\n.${letter}\n`);
  const content = start < 0 ? '' : record.slice(start + 4);
  return (content.split(/^\.[A-Z]$/m)[0] ?? '').trim();
}

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8').replaceAll('\r', '');
}

function ms(duration: number): string {
  return `${duration.toFixed(duration < 100 ? 1 : 0)} ms`;
}
