import { chunkIdentity } from './chunkIdentity.ts';
import type { Rankable } from './rankable.ts';

/**
 * Gives each item what belongs to its identity, `make(identity)` where it is the first to have it.
 *
 * Chunks without an id are found by file and index, and the text that `chunkIdentity` makes of these is made once for
 * each chunk and never hashed: to do that for 400 hits in 8 lists took half of the time of their merge. As soon as one item
 * has an id, all are found by text, since it may be such a text.
 */
export function byIdentity<T extends Rankable, V>(
  lists: readonly (readonly T[])[],
  identity: (item: T) => string,
  make: (identity: string) => V,
): (item: T) => V {
  const byText = new Map<string, V>();
  const ofText = (item: T): V => entry(byText, identity(item), make);
  if (
    identity !== chunkIdentity ||
    lists.some((list) => list.some(({ id }) => (id ?? undefined) !== undefined))
  ) {
    return ofText;
  }
  const byFile = new Map<string, Map<number, V>>();
  return (item) => {
    const { parsed_directory_file_id: file, chunk_index: index } = item.static_fields ?? {};
    return file && typeof index === 'number'
      ? entry(
          entry(byFile, file, () => new Map<number, V>()),
          index,
          () => make(identity(item)),
        )
      : ofText(item);
  };
}

function entry<K, V>(map: Map<K, V>, key: K, make: (key: K) => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make(key);
    map.set(key, value);
  }
  return value;
}
