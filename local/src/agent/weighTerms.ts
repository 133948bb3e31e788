/** What a stem counts for; at least 1. */
export type Weigh = (stem: string) => number;

/**
 * Weighs stems by how few of the texts, each given as its stems, have them: 1 for one that all
 * have, more the rarer it is. (Inverse document frequency, smoothed so that no word counts nothing.)
 */
export function weighTerms(texts: readonly Iterable<string>[]): Weigh {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const stem of new Set(text)) {
      counts.set(stem, (counts.get(stem) ?? 0) + 1);
    }
  }
  return (stem) => 1 + Math.log((texts.length + 1) / ((counts.get(stem) ?? 0) + 1));
}
