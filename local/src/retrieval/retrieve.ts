import type { DatabaseSync } from 'node:sqlite';
import type { FileMetadata } from '../../../src/types/directoryFiles.ts';
import type {
  ChunkAttachment,
  RetrieveBody,
  RetrievedChunk,
} from '../../../src/types/retrieval.ts';
import { screenshotName } from '../attachments/screenshotName.ts';
import { bytes, number, type Row, text } from '../store/row.ts';
import { type ExactWords, findExactWords } from './exactWords.ts';
import { type Candidate, searchFullText } from './fullTextSearch.ts';
import { findIndexRow, type IndexRow } from './indexRow.ts';
import { type Language, languageOfNumber } from './languages.ts';
import { cosine, encodeQuestion, type LsaModel } from './lsa.ts';
import { matchesFilters } from './matchesFilters.ts';
import { vectorWeight } from './measureTrust.ts';
import type { Trust } from './trust.ts';
import { rerank } from './rerank.ts';
import { saturate } from './saturate.ts';
import { termCodes } from './termCodes.ts';
import { queryWords } from './terms.ts';
import { vectorMatrix, type VectorMatrix } from './vectorMatrix.ts';
import { loadModel, readChunkTerms, readVectors, searchVectors } from './vectors.ts';
import { prepared } from './prepared.ts';

/** A question to one index; which one is said beside it. */
export type RetrieveParams = Omit<RetrieveBody, 'index_id'>;

const defaultTopK = 10;
const mostResults = 500;
const defaultCandidates = 200;
const rerankDepth = 50;

/** In models of before trust was measured. */
const halves: Trust = { weight: 0.5, known: 1 };

/** A question on its way through an index. */
interface Search {
  readonly db: DatabaseSync;
  readonly index: IndexRow;
  readonly params: RetrieveParams;
  /** The words of the question, each in the forms that documents can have. */
  readonly words: readonly (readonly string[])[];
  /** The question as a vector; none while the index has no model that knows any of its words. */
  readonly vector: Float32Array | undefined;
  /** The terms to look for. */
  readonly asked: readonly string[];
  /** What the full-text search weighs. */
  readonly textWeight: number;
  /** What the vector search weighs; nothing without a vector. */
  readonly vectorWeight: number;
  /** What vectors can tell of a passage; all, where weights are given. */
  readonly exactWords: ExactWords;
}

/** A chunk that both searches have scored. */
interface Scored extends Candidate {
  readonly vector: Float32Array | undefined;
  /** What its vector can tell of the question, 0 to 1. */
  readonly trust: number;
}

/**
 * Finds the passages of an index that fit a question best, best first.
 *
 * Full-text search (BM25) and vector search (LSA, once the index has been trained) each propose
 * `num_candidates` passages, 200 by default. `score` is the mean of both scores by their weights:
 * the cosine, and s / (s + 10) for a BM25 score of s. Unlike scores scaled to the best candidate,
 * these mean the same for every question and every index, so that `score_threshold` does and
 * results of several indexes can be merged. An index without vectors scores by its words alone.
 *
 * Weights that are not given are 1 in sum, and follow the trust in the vectors: as the training has
 * measured it for the index, and as far as the vectors know the words of the question. Names,
 * numbers and rare words are left to the full-text search, and what vectors say of a passage counts
 * less where it has not those that few passages have.
 *
 * The best fifty passages, or `top_k`, are then put in the order of `rerank_score`, unless
 * `rerank.enabled` is false. `top_k` is 10 by default, and 500 at most. An index without files
 * has no passages. `onRead` is told of vectors that were read into memory for it.
 */
export function retrieve(
  db: DatabaseSync,
  indexId: string,
  params: RetrieveParams,
  onRead?: (matrix: VectorMatrix) => void,
): RetrievedChunk[] {
  const index = findIndexRow(db, indexId);
  if (index === undefined) {
    return [];
  }
  const search = { ...toSearch(db, index, params), onRead };
  const topK = Math.max(0, Math.min(params.top_k ?? defaultTopK, mostResults));
  const scored = score(search, topK).filter(
    (chunk) => chunk.score >= (params.score_threshold ?? 0),
  );
  if (params.rerank?.enabled === false) {
    const best = scored.slice(0, topK);
    const rows = readRows(db, best);
    return best.flatMap((chunk) => toResult(rows.get(chunk.key), chunk.score, null));
  }
  const kept = Math.max(0, Math.min(topK, params.rerank?.top_n ?? topK));
  return reorder(search, scored.slice(0, Math.max(rerankDepth, topK)), kept);
}

function toSearch(db: DatabaseSync, index: IndexRow, params: RetrieveParams): Search {
  const model = index.modelKey === null ? undefined : loadModel(db, index.modelKey);
  const words = queryWords(params.query, languagesOf(db, index.key));
  const question = model && encodeQuestion(model, words);
  const isKnown = question !== undefined && question.known > 0;
  const isDefault =
    params.full_text_pipeline_weight == null && params.vector_pipeline_weight == null;
  const trusted = isKnown ? vectorWeight(model?.trust ?? halves, question.known) : 0;
  return {
    db,
    index,
    params,
    words,
    vector: isKnown ? question.vector : undefined,
    asked: termsToFind(model, words),
    textWeight: params.full_text_pipeline_weight ?? 1 - trusted,
    vectorWeight: isKnown ? (params.vector_pipeline_weight ?? trusted) : 0,
    exactWords:
      model !== undefined && isKnown && isDefault
        ? findExactWords(db, index.key, model, words)
        : () => 1,
  };
}

function languagesOf(db: DatabaseSync, indexKey: number): Language[] {
  return prepared(db, 'SELECT DISTINCT stemmed FROM search_files WHERE index_key = ?')
    .all(indexKey)
    .flatMap((row) => languageOfNumber(number(row, 'stemmed')) ?? []);
}

/**
 * The terms of a question, without words that most passages have: BM25 gives those no weight, and to
 * look them up is most of the work. Where there are no others, they stay.
 */
function termsToFind(
  model: LsaModel | undefined,
  words: readonly (readonly string[])[],
): readonly string[] {
  const isCommon = (term: string): boolean =>
    (model?.weights[model.vocabulary.get(term) ?? -1] ?? Infinity) < Math.LN2;
  const telling = words.filter((forms) => !forms.some(isCommon));
  return [...new Set((telling.length > 0 ? telling : words).flat())];
}

/** The hybrid score of everything that either search proposes, best first. */
function score(
  search: Search & { onRead?: ((matrix: VectorMatrix) => void) | undefined },
  topK: number,
): Scored[] {
  const { db, index, params, vector, textWeight, vectorWeight, exactWords } = search;
  const limit = Math.max(params.num_candidates ?? defaultCandidates, topK);
  const files = filteredFiles(search);

  // Where there are filters, vectors are looked up in the database.
  const matrix =
    index.modelKey === null || files !== undefined
      ? undefined
      : vectorMatrix(db, index.modelKey, search.onRead);
  const byText = textWeight > 0 ? searchFullText(db, index.key, search.asked, limit, files) : [];
  const byVector =
    vector !== undefined && index.modelKey !== null && vectorWeight > 0
      ? searchVectors(db, index.modelKey, vector, limit, files, matrix)
      : [];
  const textScores = new Map(byText.map((candidate) => [candidate.key, candidate.score]));
  const keys = [...new Set([...byText, ...byVector].map((candidate) => candidate.key))];
  const vectors =
    index.modelKey === null ? undefined : readVectors(db, index.modelKey, keys, matrix);

  return keys
    .map((key) => {
      const found = vectors?.get(key);
      const trust = exactWords(key);
      const nearness = vector && found ? trust * Math.max(0, cosine(vector, found)) : 0;
      const fit = saturate(textScores.get(key) ?? 0);
      const sum = textWeight * fit + vectorWeight * nearness;
      return { key, score: sum / (textWeight + vectorWeight), vector: found, trust };
    })
    .sort((left, right) => right.score - left.score || left.key - right.key);
}

/** The keys of the files that pass the filters; `undefined` when there are none to pass. */
function filteredFiles({ db, index, params }: Search): number[] | undefined {
  if (params.static_filters == null && params.custom_filters == null) {
    return undefined;
  }
  return prepared(db, 'SELECT key, id, metadata FROM search_files WHERE index_key = ?')
    .all(index.key)
    .filter((row) => matchesFilters({ id: text(row, 'id'), metadata: metadataOf(row) }, params))
    .map((row) => number(row, 'key'));
}

function reorder(
  { db, index, words, vector, textWeight, vectorWeight }: Search,
  chunks: readonly Scored[],
  kept: number,
): RetrievedChunk[] {
  const termsOf = readTerms(db, chunks);
  const candidates = chunks.flatMap((chunk) => {
    const terms = termsOf.get(chunk.key);
    return terms === undefined ? [] : { ...chunk, terms };
  });
  const model = index.modelKey === null ? undefined : loadModel(db, index.modelKey);
  const scores = rerank(
    words,
    candidates,
    model,
    vector,
    vectorWeight / (textWeight + vectorWeight),
  );
  const best = candidates
    .map((candidate, i) => ({ ...candidate, rerankScore: scores[i] ?? 0 }))
    .sort((left, right) => right.rerankScore - left.rerankScore)
    .slice(0, kept);
  const rows = readRows(db, best);
  return best.flatMap(({ key, score, rerankScore }) => toResult(rows.get(key), score, rerankScore));
}

/** The terms of chunks by their keys. */
function readTerms(db: DatabaseSync, chunks: readonly Candidate[]): Map<number, Uint32Array> {
  const keys = JSON.stringify(chunks.map(({ key }) => key));
  const rows = prepared(
    db,
    'SELECT key, terms FROM search_chunks WHERE key IN (SELECT value FROM json_each(?))',
  ).all(keys);
  // Data of before terms were kept.
  const isOld = rows.some((row) => row.terms === null);
  const old = isOld
    ? readChunkTerms(db, 'search_chunks.key IN (SELECT value FROM json_each(?))', keys)
    : [];
  return new Map([
    ...rows.flatMap((row) =>
      row.terms === null ? [] : [[number(row, 'key'), codesOf(bytes(row, 'terms'))] as const],
    ),
    ...old.map((chunk) => [chunk.key, termCodes(chunk.terms)] as const),
  ]);
}

function codesOf(data: Uint8Array): Uint32Array {
  // A copy where the bytes are not aligned for numbers.
  const aligned = data.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? data : data.slice();
  return new Uint32Array(
    aligned.buffer,
    aligned.byteOffset,
    aligned.byteLength / Uint32Array.BYTES_PER_ELEMENT,
  );
}

function readRows(db: DatabaseSync, chunks: readonly Candidate[]): Map<number, Row> {
  const rows = prepared(
    db,
    `SELECT search_chunks.key, content, position, start_char, end_char, page_start, page_end,
         token_count, search_files.id AS file_id, metadata,
         (SELECT json_group_array(number) FROM search_pages
          WHERE file_key = search_files.key AND has_screenshot
            AND number BETWEEN page_start AND page_end) AS shown_pages
       FROM search_chunks
       JOIN search_files ON search_files.key = file_key
       WHERE search_chunks.key IN (SELECT value FROM json_each(?))`,
  ).all(JSON.stringify(chunks.map(({ key }) => key)));
  return new Map(rows.map((row) => [number(row, 'key'), row]));
}

function toResult(
  row: Row | undefined,
  score: number,
  rerankScore: number | null,
): RetrievedChunk[] {
  if (row === undefined) {
    return [];
  }
  return [
    {
      content: text(row, 'content'),
      score,
      rerank_score: rerankScore,
      metadata: metadataOf(row),
      static_fields: {
        parsed_directory_file_id: text(row, 'file_id'),
        page_range_start: number(row, 'page_start'),
        page_range_end: number(row, 'page_end'),
        chunk_start_char: number(row, 'start_char'),
        chunk_end_char: number(row, 'end_char'),
        chunk_index: number(row, 'position'),
        chunk_token_count: number(row, 'token_count'),
        attachments: attachmentsOf(row),
      },
    },
  ];
}

/** Screenshots of the pages that a chunk is on. They are made when somebody asks for them. */
function attachmentsOf(row: Row): ChunkAttachment[] {
  // Made by readRows.
  const pages = JSON.parse(text(row, 'shown_pages')) as number[];
  return pages.map((page) => ({
    type: 'screenshot',
    attachment_name: screenshotName(page),
    source_id: text(row, 'file_id'),
  }));
}

function metadataOf(row: Row): FileMetadata {
  // Written by putFile.
  return JSON.parse(text(row, 'metadata')) as FileMetadata;
}
