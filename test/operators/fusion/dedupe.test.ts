import { describe, expect, it } from 'vitest';
import { dedupe } from '../../../src/operators/fusion/dedupe.ts';
import { fuse } from '../../../src/operators/fusion/fuse.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';

function groups(items: readonly Rankable[], config?: Parameters<typeof dedupe>[1]): string[] {
  const distinct = dedupe(fuse([items], { method: 'rrf' }), config);
  return distinct.map((hit) => [hit, ...hit.collapsed].map(({ id }) => id).join('+'));
}

function passage(id: string, file: string, start: number, end: number): Rankable {
  return {
    id,
    content: `Passage ${id} of ${file} says something that no other one says.`.repeat(2),
    static_fields: {
      parsed_directory_file_id: file,
      chunk_start_char: start,
      chunk_end_char: end,
    },
  };
}

const words = Array.from({ length: 60 }, (_, i) => `w${i}`);
const changed = (at: number, to: string): string => words.with(at, to).join(' ');

describe('dedupe', () => {
  it('collapses passages that share most of the shorter one’s characters', () => {
    const long = passage('a', 'f', 0, 1_000);
    expect(groups([long, passage('b', 'f', 200, 1_100)])).toEqual(['a+b']);
    expect(groups([long, passage('b', 'f', 900, 1_010)])).toEqual(['a+b']);
    expect(groups([long, passage('b', 'f', 500, 1_500)])).toEqual(['a', 'b']);
    expect(groups([long, passage('b', 'f', 500, 1_500)], { overlap: 0.5 })).toEqual(['a+b']);
    expect(groups([long, passage('b', 'g', 0, 1_000)])).toEqual(['a', 'b']);
  });

  it('collapses texts that are nearly the same, whatever their files are', () => {
    const items = [
      { id: 'a', content: words.join(' ') },
      { id: 'b', content: changed(59, 'other') },
      { id: 'c', content: words.join(',  ').toUpperCase() },
      { id: 'd', content: words.slice(0, 40).join(' ') },
    ];
    expect(groups(items)).toEqual(['a+b+c', 'd']);
    expect(groups(items, { similarity: 1 })).toEqual(['a+c', 'b', 'd']);
  });

  it('forms groups around the best hit, not over chains of neighbours', () => {
    const items = ['a', 'b', 'c'].map((id, i) => passage(id, 'f', i * 20, 100 + i * 20));
    expect(groups(items)).toEqual(['a+b', 'c']);
  });

  it('compares short texts and texts without spaces as they are, and none with none', () => {
    const texts = ['Ja.', 'ja', '三体問題の解法', '三体問題の解法。', '二体問題', '', undefined];
    const items = texts.map((content, i) => ({ id: String(i), content }));
    expect(groups(items)).toEqual(['0+1', '2+3', '4', '5', '6']);
  });

  it('keeps the leader as it was', () => {
    const hits = fuse([[{ content: 'one' }, { content: 'two' }]], { method: 'rrf' });
    expect(dedupe(hits)).toEqual(hits.map((hit) => ({ ...hit, collapsed: [] })));
    expect(dedupe([])).toEqual([]);
  });

  it.each([{ overlap: 0 }, { similarity: 1.1 }, { overlap: NaN }])('refuses %o', (config) => {
    expect(() => dedupe([], config)).toThrow(RangeError);
  });

  it('takes less than two seconds for 5,000 hits', () => {
    const items = Array.from({ length: 5_000 }, (_, i) => ({
      id: String(i),
      content: words.map((word) => `${word}${i % 500}`).join(' '),
    }));
    const begun = performance.now();
    expect(groups(items)).toHaveLength(500);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
