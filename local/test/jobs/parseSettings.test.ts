import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../src/documents/parsedDocument.ts';
import {
  composeText,
  readingOf,
  targetPages,
  unhonouredParameters,
} from '../../src/jobs/parseSettings.ts';

const pages: readonly ParsedPage[] = ['one', 'two', 'three', 'four'].map((text, index) => ({
  number: index + 1,
  text,
  needsOcr: false,
}));

describe('targetPages', () => {
  it.each([
    ['', [0, 1, 2, 3, 4, 5]],
    ['0', [0]],
    ['0,2-4', [0, 2, 3, 4]],
    [' 1 , 3 - 4 ', [1, 3, 4]],
    ['9', []],
  ])('reads "%s"', (text, wanted) => {
    expect([0, 1, 2, 3, 4, 5].filter(targetPages(text))).toEqual(wanted);
  });

  it.each(['a', '1-', '-1', '3-1', '1,,2', '1.5'])('refuses "%s"', (text) => {
    expect(() => targetPages(text)).toThrow(RangeError);
  });
});

describe('composeText', () => {
  it('puts a rule between pages unless told otherwise', () => {
    expect(composeText(pages.slice(0, 2), {}).text).toBe('one\n\n---\n\ntwo');
    expect(composeText(pages.slice(0, 2), { page_separator: '|' }).text).toBe('one|two');
  });

  it('numbers prefixes and suffixes by their page, and separators by the next one', () => {
    const { text } = composeText(pages.slice(0, 3), {
      page_prefix: '<{pageNumber}>',
      page_suffix: '</{pageNumber}>',
      page_separator: '={pageNumber}=',
    });
    expect(text).toBe('<1>one</1>=2=<2>two</2>=3=<3>three</3>');
  });

  it('reads the pages that are wanted, and no more than wanted', () => {
    expect(composeText(pages, { target_pages: '1-3', max_pages: 2 })).toEqual({
      text: 'two\n\n---\n\nthree',
      pages: 2,
    });
    expect(composeText(pages, { max_pages: 0 }).pages).toBe(4);
    expect(composeText(pages, { target_pages: '9' })).toEqual({ text: '', pages: 0 });
  });

  it('refuses a document with more pages than max_pages_enforced', () => {
    expect(composeText(pages, { max_pages_enforced: 4 }).pages).toBe(4);
    expect(() => composeText(pages, { max_pages_enforced: 3 })).toThrow(
      'The document has 4 pages, and max_pages_enforced allows 3.',
    );
  });
});

describe('readingOf', () => {
  it('takes the languages of OCR, in their newer form before the older one', () => {
    expect(readingOf({})).toEqual({ ocr: true, languages: ['en'] });
    expect(readingOf({ lang: 'fr' }).languages).toEqual(['fr']);
    expect(readingOf({ lang: 'fr', languages: ['de', 'en', 'de'] }).languages).toEqual([
      'de',
      'en',
    ]);
    expect(readingOf({ disable_ocr: true }).ocr).toBe(false);
    expect(readingOf({ disable_ocr: null }).ocr).toBe(true);
  });
});

describe('unhonouredParameters', () => {
  it('names what has no effect, and nothing that is carried out or asks for nothing', () => {
    expect(
      unhonouredParameters({
        premium_mode: true,
        languages: ['de'],
        user_prompt: 'Be brief',
        bbox_top: 0,
        gpt4o_mode: false,
        system_prompt: '',
        model: null,
        max_pages: 3,
        target_pages: '0',
        disable_ocr: true,
        parse_mode: 'parse_page_without_llm',
      }),
    ).toEqual(['premium_mode', 'user_prompt', 'bbox_top']);
  });
});
