import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatabaseSync } from 'node:sqlite';
import { trainLsa } from '../../src/retrieval/lsa.ts';
import { measureTrust, vectorWeight } from '../../src/retrieval/measureTrust.ts';
import { randomNumbers } from '../../src/retrieval/randomNumbers.ts';
import { retrieve, type RetrieveParams } from '../../src/retrieval/retrieve.ts';
import { putFile } from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

const random = randomNumbers(7);
const pick = (count: number): number => Math.floor(random() * count);
const many = <T>(count: number, make: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => make(at));

/** Words of one topic keep company: fourteen of its forty. */
const topical = many(400, (at) => many(14, () => `topic${at % 40}word${pick(40)}`));
/** Words of no topic: fourteen of four thousand, each as likely beside each other. */
const unrelated = many(400, () => many(14, () => `word${pick(4_000)}`));

function trustIn(documents: readonly (readonly string[])[]) {
  const passages = documents.map((terms, fileKey) => ({ fileKey, terms }));
  return measureTrust(passages, trainLsa(documents));
}

describe('measureTrust', () => {
  it('trusts vectors where words keep company, and hardly where they do not', () => {
    expect(trustIn(topical).weight).toBeGreaterThan(0.3);
    expect(trustIn(unrelated).weight).toBeLessThan(0.2);
  });

  it('gives the same for the same passages', () => {
    expect(trustIn(topical.slice(0, 100))).toEqual(trustIn(topical.slice(0, 100)));
  });

  it('does not let one long table speak for the index', () => {
    const rows = many(1_600, () => many(4, () => `cell${pick(9_000)}`));
    const documents = [...topical, ...rows];
    const trained = trainLsa(documents);
    const passages = (fileOf: (at: number) => number) =>
      documents.map((terms, at) => ({ fileKey: fileOf(at), terms }));

    const oneTable = measureTrust(
      passages((at) => Math.min(at, topical.length)),
      trained,
    );
    const rowByRow = measureTrust(
      passages((at) => at),
      trained,
    );

    expect(oneTable.known).toBeGreaterThan(rowByRow.known);
  });

  it('takes half and half where there is nothing to ask', () => {
    for (const nothing of [[], [[]], [['the', 'of']], [['word']]]) {
      expect(trustIn(nothing)).toEqual({ weight: 0.5, known: 1 });
    }
  });
});

describe('vectorWeight', () => {
  const trust = { weight: 0.5, known: 0.4 };

  it('follows what the model knows of a question', () => {
    expect(vectorWeight(trust, 0.4)).toBeCloseTo(0.5);
    expect(vectorWeight(trust, 0.2)).toBeCloseTo(0.25);
    expect(vectorWeight(trust, 0)).toBe(0);
  });

  it('leaves something to words', () => {
    expect(vectorWeight({ weight: 1, known: 0.1 }, 1)).toBeCloseTo(0.95);
  });
});

describe('retrieve, with weights by default', () => {
  let db: DatabaseSync;

  beforeAll(() => {
    db = openSearchDatabase();
    for (const [at, words] of topical.entries()) {
      // What is asked for is in one passage of its topic, beside many that are nearer to the topic.
      const serial = at % 50 === 0 ? ` serial 87B${at}C9 of lot Q${at}X` : '';
      putFile(db, 'index', file(`f${at}`, `${words.join(' ')}${serial}`));
    }
    trainIndex(db, 'index');
  });

  afterAll(() => db.close());

  function first(query: string, params: Omit<RetrieveParams, 'query'> = {}): unknown {
    const [best] = retrieve(db, 'index', { query, ...params });
    return best?.static_fields?.parsed_directory_file_id;
  }

  it('does not bury the passage that has the exact words', () => {
    for (let at = 0; at < 350; at += 50) {
      const query = `${topical[at + 40]?.slice(0, 1).join(' ') ?? ''} 87B${at}C9 Q${at}X`;

      expect(first(query, { vector_pipeline_weight: 0 })).toBe(`f${at}`);
      expect(first(query)).toBe(`f${at}`);
      expect(first(query, { rerank: { enabled: false } })).toBe(`f${at}`);
    }
  });

  it('finds by company what no passage has the words of', () => {
    putFile(db, 'index', file('late', many(12, (word) => `topic3word${word}`).join(' ')));
    const query = many(5, (word) => `topic3word${word + 30}`).join(' ');

    const found = retrieve(db, 'index', { query, top_k: 12 });

    expect(found.some(({ content }) => content.startsWith('topic3'))).toBe(true);
  });

  it('takes weights that are given as they are', () => {
    const score = (params: Omit<RetrieveParams, 'query'>): number =>
      retrieve(db, 'index', { query: 'topic1word1 topic1word2', top_k: 1, ...params })[0]?.score ??
      Number.NaN;
    const given = { full_text_pipeline_weight: 0.5, vector_pipeline_weight: 0.5 };
    const half = retrieve(db, 'index', { query: 'topic1word1', top_k: 500, ...given });
    const words = retrieve(db, 'index', {
      query: 'topic1word1',
      top_k: 500,
      vector_pipeline_weight: 0,
    });
    const vectors = retrieve(db, 'index', {
      query: 'topic1word1',
      top_k: 500,
      full_text_pipeline_weight: 0,
    });
    const of = (results: typeof half, content: string): number =>
      results.find((each) => each.content === content)?.score ?? 0;

    const content = words[0]?.content ?? '';
    expect(of(half, content)).toBeCloseTo((of(words, content) + of(vectors, content)) / 2);
    expect(score(given)).not.toBeCloseTo(score({}));
  });
});
