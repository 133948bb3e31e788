import { describe, expect, it } from 'vitest';
import { termCode, termCodes } from '../../src/retrieval/termCodes.ts';

describe('termCodes', () => {
  it('gives equal terms one number and others another, in order', () => {
    const words = Array.from({ length: 20_000 }, (_, at) => `word${at * 37}`);

    expect(new Set(termCodes(words)).size).toBe(words.length);
    expect([...termCodes(['a', '東京', 'a'])]).toEqual(['a', '東京', 'a'].map(termCode));
  });

  it('is FNV-1a, as it is stored', () => {
    expect(termCode('')).toBe(0x811c9dc5);
    expect(termCode('foobar')).toBe(0xbf9cf968);
  });
});
