import type { DatabaseSync } from 'node:sqlite';
import { number } from '../store/row.ts';
import { termsTable } from './indexRow.ts';
import type { LsaModel } from './lsa.ts';
import { prepared } from './prepared.ts';

/** A word of so few passages keeps too little company for its vector to say what it means. */
const mostPassages = 5;

/** How much of a question a passage has that only words can tell, 0 to 1, by the passage's key. */
export type ExactWords = (chunkKey: number) => number;

/**
 * Looks for the words of a question that at most five passages of the index have: names, numbers,
 * identifiers. Vectors know next to nothing of them, so that what vectors say of a passage holds for
 * the rest of the question alone. The answer is the share of the question, by the rarity of its
 * words, that is left for a passage when those are taken out which it should have and has not: 1 when
 * it has all of them.
 */
export function findExactWords(
  db: DatabaseSync,
  indexKey: number,
  model: LsaModel,
  words: readonly (readonly string[])[],
): ExactWords {
  const table = termsTable(indexKey);
  const find = prepared(db, `SELECT rowid AS key FROM ${table} WHERE ${table} MATCH ? LIMIT ?`);
  const known = words.map((forms) => ({ forms, weight: weightOf(model, forms) }));
  const whole = known.reduce((sum, { weight }) => sum + weight ** 2, 0);
  const exact = known.flatMap(({ forms, weight }) => {
    if (Math.exp(model.unknownWeight - weight) > mostPassages + 0.5) {
      return [];
    }
    const match = forms.map((form) => `"${form}"`).join(' OR ');
    const keys = find.all(match, mostPassages + 1).map((row) => number(row, 'key'));
    const isExact = keys.length > 0 && keys.length <= mostPassages;
    return isExact ? { keys: new Set(keys), share: weight ** 2 / whole } : [];
  });
  return (chunkKey) =>
    exact.reduce((rest, { keys, share }) => (keys.has(chunkKey) ? rest : rest - share), 1);
}

/** The weight of the commonest form; one that the model has not seen is as rare as can be. */
function weightOf({ vocabulary, weights, unknownWeight }: LsaModel, forms: readonly string[]) {
  const rows = forms.map((form) => vocabulary.get(form) ?? -1);
  return Math.min(...rows.map((row) => weights[row] ?? unknownWeight));
}
