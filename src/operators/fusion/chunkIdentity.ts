import { textOf } from '../../types/textOf.ts';
import type { Rankable } from './rankable.ts';
import { checkKind } from '../../checks/checkKind.ts';

/**
 * A key that is the same for what is the same passage, from the surest evidence that there is: the item's own `id`,
 * else its place among the chunks of its file, else the characters of its file that it spans, else its text
 * without differences of Unicode form and white space. The latter three start with their kind, so that they never
 * collide.
 *
 * @throws TypeError when the item has none of them.
 */
export function chunkIdentity(item: Rankable): string {
  checkKind('chunkIdentity: item', item, 'object');
  const { id, content, static_fields: fields } = item;
  // What the service sends may be `null` or a number whatever the schema says.
  const own = textOf(id);
  if (own !== '' || id === '') {
    return own;
  }
  const { parsed_directory_file_id: file, chunk_index: index } = fields ?? {};
  if (file && typeof index === 'number') {
    return `chunk:${file}#${index}`;
  }
  const { chunk_start_char: start, chunk_end_char: end } = fields ?? {};
  if (file && typeof start === 'number' && typeof end === 'number') {
    return `span:${file}:${start}-${end}`;
  }
  const text = textOf(content);
  if (text !== '' || content === '') {
    return `text:${text.normalize('NFKC').replace(/\s+/g, ' ').trim()}`;
  }
  throw new TypeError(
    'chunkIdentity: the item has no id, no place in a file and no content; say what it is with the option id',
  );
}
