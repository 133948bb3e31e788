/** How deep elements may lie inside each other; browsers stop at 512 too. */
const deepest = 500;

/** Elements that hold nothing, or that end by themselves where the next of their kind begins. */
const selfEnding: ReadonlySet<string> = new Set(
  'area base br col embed hr img input link meta param source track wbr p li dt dd option tr td th thead tbody tfoot colgroup rp rt'.split(
    ' ',
  ),
);

/**
 * Takes the tags out of a web page that would nest deeper than 500 elements; their text stays. The time that
 * parsers take grows with the square of the depth, and those who walk the tree call themselves for each level.
 */
export function boundDepth(html: string): string {
  const kept: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { index, 1: slash, 2: name = '' } of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (index < from) {
      continue;
    }
    const levels = levelsOf(name.toLowerCase());
    const isEnd = slash !== '';
    if (depth > deepest || (depth + levels >= deepest && !isEnd)) {
      const end = html.indexOf('>', index);
      kept.push(html.slice(from, index));
      from = end === -1 ? html.length : end + 1;
    }
    depth = Math.max(0, depth + (isEnd ? -levels : levels));
  }
  kept.push(html.slice(from));
  return kept.join('');
}

/** A table and a list bring rows, cells and items along, which are not counted themselves. */
function levelsOf(name: string): number {
  if (selfEnding.has(name)) {
    return 0;
  }
  return { table: 4, ul: 2, ol: 2, dl: 2 }[name] ?? 1;
}
