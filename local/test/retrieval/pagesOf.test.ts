import { expect, it } from 'vitest';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';
import { deleteIndexData, pagesOf, putFile, removeFile } from '../../src/retrieval/searchIndex.ts';
import { file, openSearchDatabase } from '../support/searchDatabase.ts';

const slides = ['One slide.', 'Another.', '', 'The last of them.'].map((text, at) => ({
  number: at + 1,
  text,
  needsOcr: false,
}));

it('knows the pages of a stretch of text within a passage that is on several', () => {
  const db = openSearchDatabase();
  const document = chunkDocument(slides);
  expect(document.chunks).toMatchObject([{ page_start: 1, page_end: 4 }]);
  putFile(db, 'talks', { ...file('talk', ''), ...document });
  const of = (part: string) => {
    const start = document.text.indexOf(part);
    return pagesOf(db, 'talks', 'talk', start, start + part.length);
  };

  expect(of('One slide.')).toEqual({ first: 1, last: 1 });
  expect(of('One slide.\n\n')).toEqual({ first: 1, last: 1 });
  expect(of('One slide.\n\nA')).toEqual({ first: 1, last: 2 });
  expect(of('Another')).toEqual({ first: 2, last: 2 });
  expect(of('other.\n\n\n\nThe last')).toEqual({ first: 2, last: 4 });
  expect(of('them.')).toEqual({ first: 4, last: 4 });
  expect(pagesOf(db, 'talks', 'talk', 0, 0)).toEqual({ first: 1, last: 1 });
});

it('keeps no page of a file that has left', () => {
  const db = openSearchDatabase();
  const pages = () => db.prepare('SELECT count(*) AS count FROM search_pages').get();
  const talk = { ...file('talk', ''), ...chunkDocument(slides) };
  putFile(db, 'talks', talk);
  putFile(db, 'others', talk);

  putFile(db, 'talks', { ...talk, name: 'renamed.pptx' });
  expect(pages()).toEqual({ count: 8 });
  removeFile(db, 'talks', 'talk');
  expect(pages()).toEqual({ count: 4 });
  deleteIndexData(db, 'others');
  expect(pages()).toEqual({ count: 0 });
});
