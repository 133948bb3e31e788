import { mkdtempSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import { deleteIndexData, putFile, removeFile } from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

let folder: string;
let db: DatabaseSync;
let other: DatabaseSync;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'train-'));
  db = openSearchDatabase({ path: join(folder, 'search.db') });
  other = openSearchDatabase({ path: join(folder, 'search.db'), vectors: false });
  for (let i = 0; i < 80; i += 1) {
    putFile(db, 'index', file(`f${i}`, text(i)));
  }
});

afterEach(() => {
  db.close();
  other.close();
  rmSync(folder, { recursive: true });
});

function text(i: number): string {
  const animals = ['heron', 'stork', 'owl', 'eagle', 'swift'];
  const places = ['river', 'meadow', 'forest', 'mountain', 'town'];
  const foods = ['fish', 'frogs', 'mice', 'hares', 'insects', 'seeds', 'worms'];
  return `The ${animals[i % 5]} of ${places[i % 5]} number${i % 9} eats ${foods[i % 7]}.`;
}

const byVector = { query: 'river fish', full_text_pipeline_weight: 0, top_k: 100 };

function tables(): unknown[] {
  return db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE name GLOB 'search_neighbours_[0-9]*' AND sql LIKE 'CREATE VIRTUAL%'",
    )
    .all()
    .map((row) => row.name);
}

describe('trainIndex', () => {
  it('gives the same results with sqlite-vec and without', () => {
    trainIndex(db, 'index');

    const results = retrieve(db, 'index', byVector);
    const scores = (found: typeof results): unknown[] =>
      found.map(({ score, content }) => [score?.toFixed(4), content]).sort();

    expect(results).toHaveLength(80);
    expect(scores(retrieve(other, 'index', byVector))).toEqual(scores(results));
  });

  it('trains where sqlite-vec is missing', () => {
    trainIndex(other, 'index');

    expect(tables()).toEqual([]);
    expect(retrieve(other, 'index', byVector)).toEqual(retrieve(db, 'index', byVector));
  });

  it('keeps vectors complete that a connection without sqlite-vec has changed', () => {
    trainIndex(db, 'index');
    removeFile(other, 'index', 'f0');
    putFile(other, 'index', file('new', 'The heron of the river eats fish and fish.'));

    const found = retrieve(db, 'index', byVector).map(
      (chunk) => chunk.static_fields?.parsed_directory_file_id,
    );

    expect(found).toContain('new');
    expect(found).not.toContain('f0');
    expect(found).toHaveLength(80);
  });

  it('gives the same results from memory, which knows of every change', () => {
    trainIndex(db, 'index');
    const idsOf = (): (string | null | undefined)[] =>
      retrieve(db, 'index', byVector).map((chunk) => chunk.static_fields?.parsed_directory_file_id);
    const scores = (): unknown[] =>
      retrieve(db, 'index', byVector).map(({ score, content }) => [score?.toFixed(4), content]);
    const fromDisk = scores().sort();
    expect(scores().sort()).toEqual(fromDisk);

    for (const [n, writer] of [db, other].entries()) {
      putFile(writer, 'index', file(`new${n}`, 'The heron of the river eats fish and fish.'));
      removeFile(writer, 'index', `f${n}`);
      for (let again = 0; again < 3; again += 1) {
        expect(idsOf()).toContain(`new${n}`);
        expect(idsOf()).not.toContain(`f${n}`);
        expect(idsOf()).toHaveLength(80);
      }
    }
    trainIndex(other, 'index');
    const retrained = scores();
    expect(scores()).toEqual(retrained);
    expect(retrained).not.toEqual(fromDisk);
  });

  it('replaces the training before', () => {
    trainIndex(db, 'index');
    const first = tables();
    trainIndex(db, 'index');

    expect(tables()).toHaveLength(1);
    expect(tables()).not.toEqual(first);
    expect(db.prepare('SELECT count(*) AS n FROM search_vectors').get()?.n).toBe(80);
    expect(db.prepare('SELECT count(*) AS n FROM search_models').get()?.n).toBe(1);
  });

  it('is seen by other connections', () => {
    trainIndex(db, 'index');
    expect(retrieve(other, 'index', byVector)).not.toEqual([]);
    putFile(db, 'index', file('zebra', 'The zebra and the heron of the river.'));
    putFile(db, 'index', file('zebra2', 'Another zebra.'));
    trainIndex(db, 'index');

    const [best] = retrieve(other, 'index', { query: 'zebra', full_text_pipeline_weight: 0 });
    expect(best?.content).toContain('zebra');
  });

  it('does nothing for an index without files', () => {
    trainIndex(db, 'none');
    deleteIndexData(db, 'index');
    trainIndex(db, 'index');

    expect(retrieve(db, 'index', { query: 'fish' })).toEqual([]);
  });

  it('survives an index whose files say nothing', () => {
    putFile(db, 'empty', file('a', ''));
    putFile(db, 'the', file('a', 'the of and'));
    trainIndex(db, 'empty');
    trainIndex(db, 'the');

    expect(retrieve(db, 'empty', { query: 'fish' })).toEqual([]);
    expect(retrieve(db, 'the', { query: 'the' })).toHaveLength(1);
  });
});
