/** BM25 of this much counts half. Of a wide range of values, none does measurably better. */
const halfScore = 10;

/** A BM25 score on a scale from 0 to 1 that means the same for every question and every index. */
export function saturate(score: number): number {
  return score / (score + halfScore);
}
