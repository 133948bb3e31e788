/**
 * What decides between hits of equal score, and always ends with the id, so that no two are equal:
 *
 * - `evidence`: in more lists, of better best rank, of higher `rerank_score`, first seen in an earlier list
 * - `id`: the smaller id; whole numbers by value, ahead of other ids
 * - `appearance`: seen earlier, list after list
 * - `score`: the higher score in the last list that has it, then the smaller id
 */
export type TieBreak = 'evidence' | 'id' | 'appearance' | 'score';

/** What ties are decided by. */
export interface TieEvidence {
  readonly id: string;
  readonly score: number;
  /** Number of lists that have it. */
  readonly lists: number;
  readonly bestRank: number;
  readonly rerankScore: number | undefined;
  readonly firstList: number;
  /** Its place when all lists are read one after the other. */
  readonly appearance: number;
  readonly lastScore: number | undefined;
}

/** Compares two hits: highest score first, NaN last, then by the rule for ties. A total order. */
export function compareHits(a: TieEvidence, b: TieEvidence, tieBreak: TieBreak): number {
  const byScore = descending(a.score, b.score);
  if (byScore !== 0) {
    return byScore;
  }
  switch (tieBreak) {
    case 'evidence':
      return (
        b.lists - a.lists ||
        a.bestRank - b.bestRank ||
        descending(a.rerankScore, b.rerankScore) ||
        a.firstList - b.firstList ||
        byId(a.id, b.id)
      );
    case 'id':
      return byNumericId(a.id, b.id);
    case 'appearance':
      return a.appearance - b.appearance;
    case 'score':
      return descending(a.lastScore, b.lastScore) || byNumericId(a.id, b.id);
  }
}

/** Higher first; what is no number is last, and -0 is 0. */
function descending(a: number | undefined, b: number | undefined): number {
  if (a !== undefined && b !== undefined) {
    if (a > b) {
      return -1;
    }
    if (a < b) {
      return 1;
    }
  }
  return Number(isAbsent(a)) - Number(isAbsent(b));
}

function isAbsent(value: number | undefined): boolean {
  return value === undefined || Number.isNaN(value);
}

/** By UTF-16 code units. */
function byId(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const wholeNumber = /^(?:0|-?[1-9]\d*)$/;

function byNumericId(a: string, b: string): number {
  const numeric = [a, b].map((id) => wholeNumber.test(id));
  if (numeric[0] && numeric[1]) {
    // Ids may be beyond what a number holds exactly.
    const [one, other] = [BigInt(a), BigInt(b)];
    return one < other ? -1 : one > other ? 1 : 0;
  }
  return Number(numeric[1] ?? false) - Number(numeric[0] ?? false) || byId(a, b);
}
