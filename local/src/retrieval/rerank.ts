import { cosine, type LsaModel, normalize } from './lsa.ts';
import { termCode } from './termCodes.ts';

/** A chunk to be reordered. */
export interface RerankCandidate {
  /** Its terms in order, as `termCodes` gives them. */
  readonly terms: Uint32Array;
  /** Its hybrid score, 0 to 1. */
  readonly score: number;
  /** Its unit vector; none in an index that has not been trained. */
  readonly vector: Float32Array | undefined;
  /** What its vector can tell of the question, 0 to 1. */
  readonly trust: number;
}

/** What the feedback counts when vectors are all that was searched by; with less, less. */
const feedbackWeight = 0.6;
const proximityWeight = 0.1;
/** The best candidates are taken to be relevant, and stand beside the query as examples. */
const examples = 5;
/** Words of a question that stand this many words apart are taken to belong together. */
const windowLength = 30;

/**
 * Scores candidates, which come best first, 0 to 1: by their hybrid score, by how near they are to
 * the best candidates (Rocchio's relevance feedback, here in the space of vectors), and by how
 * many of the question's words stand close together in them. `vectorShare`, 0 to 1, is what vectors
 * weigh in the hybrid score; the feedback follows it, for it trusts the same vectors.
 */
export function rerank(
  asked: readonly (readonly string[])[],
  candidates: readonly RerankCandidate[],
  model: LsaModel | undefined,
  queryVector: Float32Array | undefined,
  vectorShare: number,
): number[] {
  const feedbackShare = feedbackWeight * vectorShare;
  const words = weighWords(asked, model);
  const wordOf = new Map(
    words.flatMap(({ forms }, i) => forms.map((form) => [termCode(form), i] as const)),
  );
  const centre = queryVector === undefined ? undefined : feedback(queryVector, candidates);
  return candidates.map((candidate) => {
    const nearness =
      centre === undefined || candidate.vector === undefined
        ? candidate.score
        : candidate.trust * Math.max(0, cosine(centre, candidate.vector));
    return (
      (1 - proximityWeight - feedbackShare) * candidate.score +
      feedbackShare * nearness +
      proximityWeight * coverage(words, wordOf, candidate.terms)
    );
  });
}

/** The query vector, moved to the middle of the vectors of the best candidates. */
function feedback(queryVector: Float32Array, candidates: readonly RerankCandidate[]): Float32Array {
  const vectors = candidates.slice(0, examples).flatMap(({ vector }) => vector ?? []);
  const centre = queryVector.map((value, i) => {
    const sum = vectors.reduce((total, vector) => total + (vector[i] ?? 0), 0);
    return value + sum / Math.max(1, vectors.length);
  });
  return normalize(centre);
}

interface QueryWord {
  readonly forms: readonly string[];
  /** How rare the word is; the weights of a query sum up to 1. */
  readonly weight: number;
}

function weighWords(
  asked: readonly (readonly string[])[],
  model: LsaModel | undefined,
): QueryWord[] {
  const unknown = model === undefined ? 1 : Math.max(1, ...model.weights.slice(-1));
  const words = asked.map((forms) => {
    const rows = forms.map((form) => model?.vocabulary.get(form));
    const weights = rows.map((row) => (row === undefined ? unknown : (model?.weights[row] ?? 1)));
    return { forms, weight: Math.min(...weights) };
  });
  const total = words.reduce((sum, { weight }) => sum + weight, 0);
  return words.map(({ forms, weight }) => ({ forms, weight: weight / total }));
}

/** The weight of the words that the best window of a text has, 0 to 1. */
function coverage(
  words: readonly QueryWord[],
  wordOf: ReadonlyMap<number, number>,
  text: Uint32Array,
): number {
  const lastSeen = new Array<number>(words.length).fill(-Infinity);
  let best = 0;
  for (let position = 0; position < text.length; position += 1) {
    const seen = wordOf.get(text[position] ?? 0);
    if (seen !== undefined) {
      lastSeen[seen] = position;
      const covered = words.reduce(
        (sum, { weight }, i) =>
          position - (lastSeen[i] ?? -Infinity) < windowLength ? sum + weight : sum,
        0,
      );
      best = Math.max(best, covered);
    }
  }
  return best;
}
