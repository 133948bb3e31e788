import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';
import { retrieve, type RetrieveParams } from '../../src/retrieval/retrieve.ts';
import { putFile } from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

const birds: readonly (readonly [id: string, text: string, year: number])[] = [
  ['heron', 'The heron stands in shallow water and waits for fish. Herons nest in colonies.', 2020],
  [
    'egret',
    'The egret wades in shallow water and eats fish. It is white and nests in trees.',
    2021,
  ],
  ['stork', 'Storks nest on chimneys and eat frogs, mice and insects in wet meadows.', 2022],
  ['owl', 'Owls hunt mice at night. Their flight makes no noise at all.', 2023],
  ['swift', 'Swifts sleep in the air and catch insects there. They hardly ever land.', 2024],
  ['eagle', 'The eagle soars over the mountains and hunts hares and marmots by day.', 2025],
];

let db: DatabaseSync;

beforeEach(() => {
  db = openSearchDatabase();
  for (const [id, text, year] of birds) {
    putFile(db, 'birds', file(id, text, { metadata: { year, rare: id === 'egret' } }));
  }
});

afterEach(() => db.close());

function ids(query: string, params: Omit<RetrieveParams, 'query'> = {}): string[] {
  return retrieve(db, 'birds', { query, ...params }).map(
    (chunk) => chunk.static_fields?.parsed_directory_file_id ?? '',
  );
}

describe('retrieve', () => {
  it('tells where each passage stands', () => {
    const pages = ['Cover of it '.repeat(30), `# Food\n\n${'Herons eat fish. '.repeat(50)}`].map(
      (text, index) => ({
        number: index + 4,
        text,
        needsOcr: false,
      }),
    );
    const document = chunkDocument(pages);
    putFile(db, 'book', { ...file('book', '', { metadata: { shelf: 'A' } }), ...document });

    const [chunk] = retrieve(db, 'book', { query: 'What do herons eat?' });

    const start = document.text.indexOf('# Food');
    expect(chunk).toMatchObject({
      content: document.text.slice(start).trimEnd(),
      metadata: { shelf: 'A' },
      static_fields: {
        parsed_directory_file_id: 'book',
        page_range_start: 5,
        page_range_end: 5,
        chunk_start_char: start,
        chunk_end_char: document.text.trimEnd().length,
        chunk_index: 1,
        chunk_token_count: 215,
        attachments: [],
      },
    });
  });

  it('finds by words alone before training', () => {
    expect(ids('who hunts mice at night')[0]).toBe('owl');
    expect(ids('trombone')).toEqual([]);
    expect(ids('?!')).toEqual([]);
  });

  it('finds by the company of words once trained', () => {
    trainIndex(db, 'birds');

    expect(ids('heron', { full_text_pipeline_weight: 0 }).slice(0, 2)).toEqual(['heron', 'egret']);
    expect(ids('trombone')).toEqual([]);
  });

  it('finds what was put in after training', () => {
    trainIndex(db, 'birds');
    putFile(db, 'birds', file('kite', 'The kite hunts mice, hares and swifts.'));

    expect(ids('kite')).toEqual(['kite']);
    expect(ids('hunts hares', { full_text_pipeline_weight: 0 })).toContain('kite');
  });

  it('scores from 0 to 1, best first', () => {
    trainIndex(db, 'birds');
    const results = retrieve(db, 'birds', {
      query: 'fish in shallow water',
      rerank: { enabled: false },
    });
    const scores = results.map((chunk) => chunk.score ?? Number.NaN);

    expect(scores).toEqual([...scores].sort((left, right) => right - left));
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    expect(results.every((chunk) => chunk.rerank_score === null)).toBe(true);
  });

  it('weighs both searches as told', () => {
    trainIndex(db, 'birds');
    const score = (words: number, vectors: number): number => {
      const weights = { full_text_pipeline_weight: words, vector_pipeline_weight: vectors };
      const found = retrieve(db, 'birds', { query: 'mice', ...weights });
      const owl = found.find((chunk) => chunk.content.startsWith('Owls'));
      return owl?.score ?? Number.NaN;
    };

    expect(score(0.5, 0.5)).toBeCloseTo((score(1, 0) + score(0, 1)) / 2);
    expect(score(0.2, 0.8)).toBeCloseTo(0.2 * score(1, 0) + 0.8 * score(0, 1));
  });

  it('drops what scores below the threshold', () => {
    const scores = retrieve(db, 'birds', { query: 'mice insects' }).map(
      (chunk) => chunk.score ?? 0,
    );
    const threshold = Math.max(...scores);

    expect(scores).toHaveLength(3);
    expect(ids('mice insects', { score_threshold: threshold })).toEqual(['stork']);
    expect(ids('mice insects', { score_threshold: 1 })).toEqual([]);
  });

  it('reranks unless told otherwise, and then keeps top_n', () => {
    trainIndex(db, 'birds');
    const results = retrieve(db, 'birds', { query: 'fish in shallow water', rerank: { top_n: 2 } });
    const scores = results.map((chunk) => chunk.rerank_score ?? Number.NaN);

    expect(scores).toHaveLength(2);
    expect(scores[0]).toBeGreaterThan(scores[1] ?? Number.NaN);
    expect(ids('nest', { rerank: { top_n: 5 }, top_k: 1 })).toHaveLength(1);
    expect(ids('nest', { rerank: { enabled: false, top_n: 1 } }).length).toBeGreaterThan(1);
  });

  it('prefers words that stand together', () => {
    const filler = 'of the very many other things that nobody here has ever asked about '.repeat(5);
    putFile(db, 'near', file('apart', `Solar ${filler} panel.`));
    putFile(db, 'near', file('close', `Solar panel ${filler}.`));

    const results = retrieve(db, 'near', { query: 'solar panel' });

    expect(results.map((chunk) => chunk.static_fields?.parsed_directory_file_id)).toEqual([
      'close',
      'apart',
    ]);
    expect(results[0]?.score).toBeCloseTo(results[1]?.score ?? Number.NaN);
  });

  it('gives top_k passages, ten by default and five hundred at most', () => {
    for (let i = 0; i < 520; i += 1) {
      putFile(db, 'many', file(`f${i}`, `Number ${i} of many.`));
    }
    const count = (top_k?: number | null): number =>
      retrieve(db, 'many', { query: 'number', top_k }).length;

    expect([count(), count(null), count(3), count(9_999), count(0)]).toEqual([10, 10, 3, 500, 0]);
  });

  it('looks only into files that pass the filters', () => {
    trainIndex(db, 'birds');
    const year = [
      { operator: 'gte', value: 2021 },
      { operator: 'lt', value: 2023 },
    ] as const;
    const fileId = { operator: 'in', value: ['owl', 'stork'] } as const;

    expect(ids('mice fish', { custom_filters: { year } }).sort()).toEqual(['egret', 'stork']);
    expect(
      ids('mice', { custom_filters: { rare: { operator: 'eq', value: true } } }),
    ).not.toContain('owl');
    expect(ids('mice', { static_filters: { parsed_directory_file_id: fileId } }).sort()).toEqual([
      'owl',
      'stork',
    ]);
    expect(ids('mice', { custom_filters: { year: { operator: 'gt', value: 3000 } } })).toEqual([]);
  });

  it('finds words of other languages', () => {
    putFile(db, 'world', file('ja', '東京大学で新しい電池を研究している。'));
    putFile(db, 'world', file('de', 'Die Brücken der Stadt sind alt, und das Rathaus ist neu.'));
    const first = (query: string): unknown =>
      retrieve(db, 'world', { query })[0]?.static_fields?.parsed_directory_file_id;

    expect(first('電池の研究')).toBe('ja');
    expect(first('brucken')).toBe('de');
  });

  it('finds by words that most passages have where a question has no others', () => {
    for (let i = 0; i < 60; i += 1) {
      putFile(db, 'many', file(`f${i}`, `Invoice ${i} of the shop${i % 3 === 0 ? ', paid' : ''}.`));
    }
    trainIndex(db, 'many');
    const found = (query: string): unknown[] =>
      retrieve(db, 'many', { query, top_k: 60, vector_pipeline_weight: 0 });

    expect(found('invoice')).toHaveLength(60);
    expect(found('paid invoice')).toHaveLength(20);
  });

  it('reranks the same with data of before terms were kept', () => {
    trainIndex(db, 'birds');
    const ask = (): unknown => retrieve(db, 'birds', { query: 'fish in shallow water' });
    const kept = ask();
    db.exec('UPDATE search_chunks SET terms = NULL');

    expect(ask()).toEqual(kept);
  });

  it('takes query syntax for words', () => {
    expect(ids('NOT owl" OR (mice*) NEAR')[0]).toBe('owl');
  });
});
