/**
 * How many others each candidate beats in pairs. One beats another when the lists that rank it above the other weigh
 * more than those that rank it below; a list that has neither says nothing, and one that has one of them ranks it
 * above. This is Copeland's count: where a Condorcet order exists it is that order, and cycles are ties.
 *
 * @param ranks - For each candidate its rank in each list, `undefined` where it is not.
 */
export function condorcetScores(
  ranks: readonly (readonly (number | undefined)[])[],
  weights: readonly number[],
): number[] {
  const wins = ranks.map(() => 0);
  ranks.forEach((one, i) => {
    for (let j = i + 1; j < ranks.length; j += 1) {
      const other = ranks[j] ?? [];
      let lead = 0;
      weights.forEach((weight, list) => {
        // The largest number stands for every place after the last; equal ranks are two absences.
        const difference = (other[list] ?? Infinity) - (one[list] ?? Infinity);
        lead += difference > 0 ? weight : difference < 0 ? -weight : 0;
      });
      if (lead > 0) {
        wins[i] = (wins[i] ?? 0) + 1;
      } else if (lead < 0) {
        wins[j] = (wins[j] ?? 0) + 1;
      }
    }
  });
  return wins;
}
