import { describe, expect, it } from 'vitest';
import { chunkIdentity } from '../../../src/operators/fusion/chunkIdentity.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';

const fields = {
  parsed_directory_file_id: 'pdf-1',
  chunk_index: 4,
  chunk_start_char: 10,
  chunk_end_char: 90,
};

describe('chunkIdentity', () => {
  it.each<[Rankable, string]>([
    [{ id: 'a', content: 'x', static_fields: fields }, 'a'],
    [{ content: 'x', static_fields: fields }, 'chunk:pdf-1#4'],
    [{ content: 'x', static_fields: { ...fields, chunk_index: null } }, 'span:pdf-1:10-90'],
    [{ content: 'x', static_fields: { chunk_index: 4 } }, 'text:x'],
    [{ content: '  ﬁve\n\t days ' }, 'text:five days'],
  ])('takes the surest evidence of %o', (item, identity) => {
    expect(chunkIdentity(item)).toBe(identity);
  });

  it('takes a place or an offset of 0 for one', () => {
    const first = { ...fields, chunk_index: 0 };
    expect(chunkIdentity({ static_fields: first })).toBe('chunk:pdf-1#0');
    const start = { ...fields, chunk_index: null, chunk_start_char: 0 };
    expect(chunkIdentity({ static_fields: start })).toBe('span:pdf-1:0-90');
  });
});
