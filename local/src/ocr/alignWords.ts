import type { TextItem } from '@llamaindex/liteparse';

type Words = [TextItem, ...TextItem[]];

/**
 * Gives the words of each line the same top and height.
 *
 * Recognised words are boxed as tightly as their ink: an "an" is lower than its neighbours, and on
 * a page that lies askew a line drops by more than its own height from one margin to the other.
 * The layout would take such words for lines of their own. So the page is set straight by the
 * slope that most of its lines have, and what then stands at one height is one line.
 */
export function alignWords(items: readonly TextItem[]): TextItem[] {
  const slope = slopeOf(linesOf(items));
  const straight = items.map((item) => {
    const middle = item.y + item.height / 2 - slope * (item.x + item.width / 2);
    const height = Math.max(item.height / 2, item.height - Math.abs(slope) * item.width);
    return { ...item, y: middle - height / 2, height };
  });
  const lines = linesOf(straight).map((words) => ({
    words,
    height: Math.max(...words.map((word) => word.height)),
    bottom: mean(words.map((word) => word.y + word.height)),
  }));
  const usual = median(lines.map(({ height }) => height));
  return lines.flatMap(({ words, height: found, bottom }) => {
    // A line without tall letters is no smaller print, nor is one with a bracket a heading.
    const height = Math.abs(found - usual) < usual * 0.35 ? usual : found;
    return words.map((word) => ({ ...word, y: bottom - height, height }));
  });
}

/** Follows each line from word to word, so that only its next neighbour has to stand at its height. */
function linesOf(items: readonly TextItem[]): Words[] {
  const lines: Words[] = [];
  for (const item of [...items].sort((a, b) => a.x - b.x)) {
    let line: Words | undefined;
    let largest = 0.5;
    for (const words of lines) {
      const overlap = overlapOf(words.at(-1) ?? words[0], item);
      if (overlap > largest) {
        largest = overlap;
        line = words;
      }
    }
    if (line === undefined) {
      lines.push([item]);
    } else {
      line.push(item);
    }
  }
  return lines;
}

/** The share of the lower one's height at which two words stand beside each other. */
function overlapOf(a: TextItem, b: TextItem): number {
  const shared = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return shared / Math.min(a.height, b.height);
}

/** How far lines drop for each point to the right: the median of the lines long enough to tell. */
function slopeOf(lines: readonly Words[]): number {
  return median(
    lines.flatMap((words) => {
      const [first, last] = [words[0], words.at(-1) ?? words[0]];
      const run = last.x + last.width / 2 - first.x - first.width / 2;
      const drop = last.y + last.height / 2 - first.y - first.height / 2;
      return run > 10 * first.height ? [drop / run] : [];
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle one of the values, 0 of none. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
