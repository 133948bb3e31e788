/** The number that is printed on a page. */
export interface PageNumber {
  readonly number: number;
  /** How many pages there are, where that is printed too: 9 in "page 3 of 9". */
  readonly of: number | undefined;
}

const ofTotal =
  /\bpage ?:? ?(\d{1,4}) ?(?:of|\/) ?(\d{1,4})\b|^\W*(\d{1,4}) ?(?:of|\/) ?(\d{1,4})\W*$/i;
const alone = /^\W*(?:page )?(\d{1,4})\W*$|\bpage (\d{1,4})$/i;

/**
 * Reads the page number out of a page's lines, from the two on top and the two at the bottom. White
 * space in a line must be single spaces.
 */
export function pageNumberOf(lines: readonly string[]): PageNumber | undefined {
  // The bottom first: a figure alone on top is as likely a chapter's number.
  const edges = [...lines.slice(-2).reverse(), ...lines.slice(0, 2)];
  for (const line of edges) {
    const found = ofTotal.exec(line);
    if (found !== null) {
      const [, number, of, bareNumber, bareOf] = found;
      return { number: Number(number ?? bareNumber), of: Number(of ?? bareOf) };
    }
  }
  for (const line of edges) {
    const found = alone.exec(line);
    if (found !== null) {
      return { number: Number(found[1] ?? found[2]), of: undefined };
    }
  }
  return undefined;
}
