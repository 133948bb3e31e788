const wordsInARow = 3;

// Scripts without spaces between words are taken sign by sign.
const word = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[\p{L}\p{M}\p{N}]+/gu;

/** All runs of three words of a text, without case and punctuation. A shorter text is one run. */
export function shingles(text: string): Set<string> {
  const words = text.normalize('NFKC').toLowerCase().match(word) ?? [];
  const runs = words.length === 0 ? 0 : Math.max(1, words.length - wordsInARow + 1);
  return new Set(Array.from({ length: runs }, (_, i) => words.slice(i, i + wordsInARow).join(' ')));
}

/** What two sets share, as a part of what they have together: 0 to 1, and 0 for two empty ones. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const one of a) {
    shared += b.has(one) ? 1 : 0;
  }
  return shared === 0 ? 0 : shared / (a.size + b.size - shared);
}
