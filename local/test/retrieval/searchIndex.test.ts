import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileNotIndexedError } from '../../src/retrieval/fileNotIndexedError.ts';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import {
  deleteIndexData,
  listIndexedFiles,
  putFile,
  readFile,
  removeFile,
  searchFiles,
} from '../../src/retrieval/searchIndex.ts';
import { trainIndex } from '../../src/retrieval/trainIndex.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

let db: DatabaseSync;

beforeEach(() => {
  db = openSearchDatabase();
});

afterEach(() => db.close());

function found(indexId: string, query: string): (string | null | undefined)[] {
  return retrieve(db, indexId, { query }).map(
    (chunk) => chunk.static_fields?.parsed_directory_file_id,
  );
}

function rowCount(): number {
  const tables = ['search_files', 'search_chunks', 'search_vectors', 'search_models'];
  const counts = tables.map((table) => db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  return counts.reduce((sum: number, count) => sum + Number(count), 0);
}

describe('the files of an index', () => {
  it('are listed by name with what was put in', () => {
    putFile(db, 'a', file('2', 'Beta', { name: 'b.md', content_hash: 'h2' }));
    putFile(db, 'a', file('1', 'Alpha', { name: 'a.md', content_hash: 'h1', metadata: { y: 1 } }));
    putFile(db, 'b', file('3', 'Gamma'));

    expect(listIndexedFiles(db, 'a')).toEqual([
      { id: '1', name: 'a.md', content_hash: 'h1', metadata: { y: 1 } },
      { id: '2', name: 'b.md', content_hash: 'h2', metadata: {} },
    ]);
    expect(listIndexedFiles(db, 'none')).toEqual([]);
  });

  it('are found by their words at once, in their own index only', () => {
    putFile(db, 'a', file('1', 'The heron stands in the river.'));
    putFile(db, 'b', file('2', 'The heron flies.'));

    expect(found('a', 'herons')).toEqual(['1']);
    expect(found('none', 'herons')).toEqual([]);
  });

  it('are replaced by a file with the same id', () => {
    putFile(db, 'a', file('1', 'About herons.'));
    putFile(db, 'a', file('1', 'About storks.'));

    expect(found('a', 'heron')).toEqual([]);
    expect(found('a', 'stork')).toEqual(['1']);
  });

  it('take new metadata without being indexed again', () => {
    putFile(db, 'a', file('1', 'About herons.'));
    const chunk = db.prepare('SELECT key FROM search_chunks').get();
    putFile(db, 'a', file('1', 'About herons.', { metadata: { year: 2026 } }));

    expect(db.prepare('SELECT key FROM search_chunks').get()).toEqual(chunk);
    expect(retrieve(db, 'a', { query: 'heron' })[0]?.metadata).toEqual({ year: 2026 });
  });

  it('are found by their names too, after the files that say the words themselves', () => {
    putFile(db, 'a', file('1', 'About storks.', { name: 'herons_of_the_north.txt' }));
    putFile(db, 'a', file('2', 'The heron is a bird of rivers, lakes and ponds.'));
    expect(found('a', 'heron')).toEqual(['2', '1']);

    putFile(db, 'a', file('1', 'About storks.', { name: 'new.txt' }));
    expect(found('a', 'heron')).toEqual(['2']);
    expect(searchFiles(db, 'a', { file_name: 'new.txt' })).toEqual([
      { file_id: '1', file_name: 'new.txt' },
    ]);
  });

  it('leave nothing behind when removed', () => {
    putFile(db, 'a', file('1', 'About herons.'));
    putFile(db, 'a', file('2', 'About storks.'));
    trainIndex(db, 'a');
    removeFile(db, 'a', '1');
    removeFile(db, 'a', 'unknown');

    expect(found('a', 'heron')).toEqual(['2']);
    expect(db.prepare('SELECT count(*) AS n FROM search_vectors').get()?.n).toBe(1);
  });

  it('are all dropped with their index', () => {
    putFile(db, 'a', file('1', 'About herons.'));
    trainIndex(db, 'a');
    deleteIndexData(db, 'a');
    deleteIndexData(db, 'a');

    expect(rowCount()).toBe(0);
    putFile(db, 'a', file('1', 'About storks.'));
    expect(found('a', 'stork')).toEqual(['1']);
  });

  it('are put in together with the changes of a caller, or not at all', () => {
    db.exec('BEGIN');
    putFile(db, 'a', file('1', 'About herons.'));
    db.exec('ROLLBACK');

    expect(rowCount()).toBe(0);
  });
});

describe('searchFiles', () => {
  beforeEach(() => {
    for (const name of ['Report 2025.pdf', 'report.PDF', 'Übersicht.md']) {
      putFile(db, 'a', file(name, 'text', { name }));
    }
  });

  it.each([
    [{}, ['Report 2025.pdf', 'report.PDF', 'Übersicht.md']],
    [{ file_name: 'report.PDF' }, ['report.PDF']],
    [{ file_name: 'report' }, []],
    [{ file_name_contains: 'REPORT' }, ['Report 2025.pdf', 'report.PDF']],
    [{ file_name_contains: 'über' }, ['Übersicht.md']],
    [{ file_name_contains: 'r', limit: 1 }, ['Report 2025.pdf']],
    [{ file_name: null, file_name_contains: null, limit: null }, 3],
  ])('finds by %j', (query, expected) => {
    const names = searchFiles(db, 'a', query).map((each) => each.file_name);

    expect(typeof expected === 'number' ? names.length : names).toEqual(expected);
  });
});

describe('readFile', () => {
  beforeEach(() => {
    putFile(db, 'a', file('1', 'Zwölf Boxkämpfer 😀 jagen'));
  });

  it.each([
    [{}, 'Zwölf Boxkämpfer 😀 jagen'],
    [{ offset: 6 }, 'Boxkämpfer 😀 jagen'],
    [{ offset: 17, max_length: 5 }, '😀 ja'],
    [{ offset: 100 }, ''],
    [{ max_length: null }, 'Zwölf Boxkämpfer 😀 jagen'],
  ])('reads %j', (range, expected) => {
    expect(readFile(db, 'a', { file_id: '1', ...range })).toBe(expected);
  });

  it('refuses a file that the index has not', () => {
    expect(() => readFile(db, 'a', { file_id: '2' })).toThrow(FileNotIndexedError);
    expect(() => readFile(db, 'b', { file_id: '1' })).toThrow('Index b has no file 1');
  });
});
