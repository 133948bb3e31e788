import { describe, expect, it } from 'vitest';
import { chunkDocument } from '../../src/retrieval/chunkDocument.ts';

function page(number: number, text: string): { number: number; text: string; needsOcr: boolean } {
  return { number, text, needsOcr: false };
}

/** So many words, in sentences of ten. */
function prose(words: number, topic = 'word'): string {
  const sentence = `${topic} `.repeat(9) + `${topic}.`;
  return Array.from({ length: words / 10 }, () => sentence).join(' ');
}

describe('chunkDocument', () => {
  it('gives offsets that cut exactly the content out of the text', () => {
    const pages = [
      page(1, `  # Title \n\n${prose(500)}\n\n\n- a\n- b  \n`),
      page(2, ''),
      page(3, `${'x'.repeat(9_000)}\n\n| a | b |\n${'| 1 | 2 |\n'.repeat(200)}`),
      page(4, '日本語の文章です。'.repeat(200)),
      page(5, `${'😀'.repeat(3_000)} a\0b \ud800`),
    ];

    const { text, chunks } = chunkDocument(pages);

    expect(chunks.length).toBeGreaterThan(5);
    for (const chunk of chunks) {
      expect(text.slice(chunk.start_char, chunk.end_char)).toBe(chunk.content);
      expect(chunk.content).toBe(chunk.content.trim());
      expect(chunk.content.isWellFormed()).toBe(true);
    }
    expect(chunks.map((chunk) => chunk.index)).toEqual(chunks.map((_, index) => index));
  });

  it('says where in the text each page begins, also an empty one', () => {
    const { text, pages } = chunkDocument([page(1, 'One.'), page(2, ''), page(4, 'Four.')]);

    expect(pages.map(({ number }) => number)).toEqual([1, 2, 4]);
    expect(pages.map(({ start_char }) => text.slice(start_char))).toEqual([
      'One.\n\n\n\nFour.',
      '\n\nFour.',
      'Four.',
    ]);
  });

  it('loses nothing but white space', () => {
    const source = `# One\n\n${prose(450)}\n\n${'- item of a list\n'.repeat(150)}\n\nThe end`;

    const { text, chunks } = chunkDocument([page(1, source)]);

    expect(text).toBe(source);
    expect(
      chunks
        .map((chunk) => chunk.content)
        .join('')
        .replaceAll(/\s/g, ''),
    ).toBe(source.replaceAll(/\s/g, ''));
  });

  it('keeps chunks at two hundred words or less', () => {
    const { chunks } = chunkDocument([page(1, `${prose(1_000)}\n\n${prose(30)}`)]);

    const lengths = chunks.map((chunk) => chunk.content.split(/\s+/).length);
    expect(Math.max(...lengths)).toBe(200);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(1_030);
  });

  it('cuts long paragraphs between sentences, also when they are wrapped', () => {
    const sentence = 'It is\nonly here because of its length, and it goes on.';

    const { chunks } = chunkDocument([page(1, Array(40).fill(sentence).join(' '))]);

    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => chunk.content.endsWith('goes on.'))).toBe(true);
  });

  it('cuts tables between rows', () => {
    const { chunks } = chunkDocument([page(1, '| one. two | three four |\n'.repeat(100))]);

    expect(chunks.length).toBeGreaterThan(1);
    expect(chunks.every((chunk) => /^\|.*\|$/s.test(chunk.content))).toBe(true);
  });

  it('keeps a heading with what follows it', () => {
    const { chunks } = chunkDocument([
      page(1, `${prose(100)}\n\n# Costs\n\n## Rent\n\n${prose(190)}\n\n# Last\n\n${prose(10)}`),
    ]);

    expect(chunks.map((chunk) => chunk.content.slice(0, 7))).toEqual([
      'word wo',
      '# Costs',
      '# Last\n',
    ]);
  });

  it('tells which pages a chunk touches', () => {
    const { chunks } = chunkDocument([
      page(3, prose(20)),
      page(4, prose(120)),
      page(6, prose(150)),
    ]);

    expect(chunks.map((chunk) => [chunk.page_start, chunk.page_end])).toEqual([
      [3, 4],
      [6, 6],
    ]);
  });

  it('makes no chunk of what has no words', () => {
    expect(chunkDocument([page(1, ' \n\n---\n\n| |\n'), page(2, '')]).chunks).toEqual([]);
    expect(chunkDocument([])).toEqual({ text: '', chunks: [], pages: [] });
  });

  it('estimates tokens from bytes', () => {
    expect(chunkDocument([page(1, 'twelve chars')]).chunks[0]?.token_count).toBe(3);
  });
});
