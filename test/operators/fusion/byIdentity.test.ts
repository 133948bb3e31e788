import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byIdentity } from '../../../src/operators/fusion/byIdentity.ts';
import { chunkIdentity } from '../../../src/operators/fusion/chunkIdentity.ts';
import type { Rankable } from '../../../src/operators/fusion/rankable.ts';

const file = fc.constantFrom('f', 'f#1', 'g', '');
const place = fc.constantFrom(null, 0, 1, 11, 1.5, -1);
const field = fc.record({
  parsed_directory_file_id: file,
  chunk_index: place,
  chunk_start_char: place,
  chunk_end_char: place,
});
const withoutId = fc.record({ content: fc.constantFrom('x', ' x ', 'y'), static_fields: field });
/** An id that is the text of another's place, too. */
const withId = fc.record({ id: fc.constantFrom('a', 'chunk:f#1', 'text:x') });

it.each([
  ['no item has an id', fc.array(fc.array(withoutId))],
  ['some items have ids', fc.array(fc.array(fc.oneof(withoutId, withId)))],
])('tells apart what chunkIdentity tells apart where %s', (_, anyLists) => {
  fc.assert(
    fc.property(anyLists, (lists: Rankable[][]) => {
      const made: string[] = [];
      const identityOf = byIdentity(lists, chunkIdentity, (identity) => {
        made.push(identity);
        return { identity };
      });
      const items = lists.flat();
      expect(items.map((item) => identityOf(item).identity)).toEqual(items.map(chunkIdentity));
      expect(made).toEqual([...new Set(items.map(chunkIdentity))]);
    }),
  );
});

it('takes the word of another identity', () => {
  const lists = [[{ id: 'a', content: 'x' }], [{ id: 'b', content: 'x' }]];
  const identityOf = byIdentity(
    lists,
    ({ content }) => content,
    (identity) => ({ identity }),
  );
  expect(new Set(lists.flat().map(identityOf)).size).toBe(1);
});
