import { describe, expect, it } from 'vitest';
import { queryTerms, readsAsEnglish, terms } from '../../src/retrieval/terms.ts';

describe('terms', () => {
  it('are lower case words without accents or punctuation', () => {
    expect(terms('Über 3.5 Cafés, e-mail & Müller’s', false)).toEqual([
      ...['uber', '3', '5', 'cafes', 'e', 'mail', 'muller'],
    ]);
  });

  it('are stems where asked for', () => {
    expect(terms('running connections', true)).toEqual(['run', 'connect']);
  });

  it('are dictionary words in scripts without spaces', () => {
    expect(terms('東京大学で研究する', false)).toContain('研究');
    expect(terms('ภาษาไทยง่าย', false).length).toBeGreaterThan(1);
  });

  it('keep the vowel signs of Indic scripts', () => {
    expect(terms('हिन्दी', false)).toEqual(['हिन्दी']);
  });

  it('leave out what is too long to be a word', () => {
    expect(terms(`key ${'A'.repeat(65)}`, false)).toEqual(['key']);
  });
});

describe('queryTerms', () => {
  it('are the content words, as stems and as they stand', () => {
    expect(queryTerms('What are the findings?')).toEqual(['find', 'findings']);
  });

  it('are the function words when a query has no others', () => {
    expect(queryTerms('to be')).toEqual(['to', 'be']);
  });
});

describe('readsAsEnglish', () => {
  it.each([
    ['The cost of the house is high.', true],
    ['Die Kosten für das Haus sind hoch, und der Preis ist es nicht.', false],
    ['Le prix de la maison est dans les documents.', false],
    ['Item | Qty | Price', true],
  ])('decides %s', (text, expected) => {
    expect(readsAsEnglish(text)).toBe(expected);
  });
});
