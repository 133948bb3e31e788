import { cosine, encode, encodeQuestion, type LsaModel, type TrainedLsa } from './lsa.ts';
import { randomNumbers } from './randomNumbers.ts';
import { saturate } from './saturate.ts';
import { isFunctionWord } from './terms.ts';
import type { Trust } from './trust.ts';
import { products } from './vectorMatrix.ts';

/** A passage of the index that was trained. */
export interface TrustPassage {
  /** The file that it is from. */
  readonly fileKey: number;
  readonly terms: readonly string[];
}

const mostPassages = 1_500;
const wordsAsked = 8;
/** Even vectors that find little are of use where no passage has a word of the question. */
const leastWeight = 0.05;
const weights = Array.from({ length: 20 }, (_, step) => (step + 1) * leastWeight);

/** What both searches make of a question: a score for each passage of the pool, 0 to 1. */
interface Found {
  /** The passage that the question was made of. */
  readonly own: number;
  /** What the model knows of the question. */
  readonly known: number;
  readonly byText: Float32Array;
  readonly byVector: Float32Array;
}

/**
 * Measures it with questions whose answer is known. A question is eight words of a passage, half of
 * which are then taken out of that passage, as people ask partly in the words of a text and partly
 * in others. The weight is the one by which both searches together rank these passages best, by the
 * mean of 1 / rank. Fifteen hundred passages are asked for among themselves, taken in turns of the files,
 * so that one long table does not speak for the index. The same passages give the same trust.
 */
export function measureTrust(
  passages: readonly TrustPassage[],
  { model, vectors }: TrainedLsa,
): Trust {
  const random = randomNumbers(1);
  const keys = inTurns(passages, shuffle([...passages.keys()], random)).slice(0, mostPassages);
  const pool = keys.map((at) => passages[at] ?? nothing);
  const { dimensions } = model;
  const data = new Float32Array(keys.length * dimensions);
  for (const [row, at] of keys.entries()) {
    data.set(vectors[at] ?? [], row * dimensions);
  }
  const searchText = textSearch(model, passages, pool);
  const all: Found[] = [];
  for (const [own, { terms }] of pool.entries()) {
    const words = shuffle([...new Set(terms)].filter(isContentWord), random);
    const question = words.slice(0, Math.min(wordsAsked, Math.floor(words.length / 2)));
    if (question.length < 2) {
      continue;
    }
    const hidden = new Set(question.slice(question.length / 2));
    const { vector, known } = encodeQuestion(
      model,
      question.map((term) => [term]),
    );
    const byVector = products({ dimensions, data }, vector).map(positive);
    const rest = terms.filter((term) => !hidden.has(term));
    byVector[own] = positive(cosine(vector, encode(model, rest)));
    all.push({ own, known, byText: searchText(question, own, hidden), byVector });
  }
  const known = all.reduce((sum, each) => sum + each.known, 0) / all.length;
  return known > 0 ? { weight: bestWeight(all, known), known } : { weight: 0.5, known: 1 };
}

/**
 * The weight of the vectors in a question of which the model knows `known`, 0 to 1; never all, so that
 * no passage is lost that has the very words of the question.
 */
export function vectorWeight(trust: Trust, known: number): number {
  return Math.min(1 - leastWeight, (trust.weight * known) / trust.known);
}

/**
 * The middle between the weight that ranks best and the least that does not rank worse beyond chance,
 * by one standard error: where the test cannot tell, words count for more.
 */
function bestWeight(all: readonly Found[], known: number): number {
  const ranks = all.map((found) => reciprocalRanks(found, known));
  const mean = (at: number): number => meanOf(ranks.map((each) => each[at] ?? 0));
  const means = weights.map((_, at) => mean(at));
  const best = means.findIndex((each) => each > Math.max(...means) - 1e-9);
  const least = weights.findIndex((_, at) => {
    const losses = ranks.map((each) => (each[best] ?? 0) - (each[at] ?? 0));
    const loss = meanOf(losses);
    const variance = meanOf(losses.map((each) => (each - loss) ** 2));
    return loss <= Math.sqrt(variance / losses.length);
  });
  return ((weights[best] ?? 0) + (weights[least] ?? 0)) / 2;
}

/** One divided by the rank of the passage that was asked for, under each of the weights. */
function reciprocalRanks({ own, known: share, byText, byVector }: Found, known: number): number[] {
  const text = byText[own] ?? 0;
  const near = byVector[own] ?? 0;
  // Where both scores are lower, so is each mean of them.
  const rivals: number[] = [];
  for (let at = 0; at < byText.length; at += 1) {
    if (at !== own && ((byText[at] ?? 0) >= text || (byVector[at] ?? 0) >= near)) {
      rivals.push(at);
    }
  }
  return weights.map((weight) => {
    const factor = vectorWeight({ weight, known }, share);
    let rank = 1;
    for (const at of rivals) {
      const ahead =
        (1 - factor) * ((byText[at] ?? 0) - text) + factor * ((byVector[at] ?? 0) - near);
      rank += ahead >= 0 ? 1 : 0;
    }
    return 1 / rank;
  });
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** BM25 over the pool, with the rarity that words have in the whole index, as FTS5 computes it. */
function textSearch(
  model: LsaModel,
  passages: readonly TrustPassage[],
  pool: readonly TrustPassage[],
): (question: readonly string[], own: number, hidden: ReadonlySet<string>) => Float32Array {
  const length = passages.reduce((sum, { terms }) => sum + terms.length, 0) / passages.length;
  const places = new Map<string, Map<number, number>>();
  for (const [at, { terms }] of pool.entries()) {
    for (const term of terms) {
      const counts = places.get(term) ?? new Map<number, number>();
      places.set(term, counts.set(at, (counts.get(at) ?? 0) + 1));
    }
  }
  return (question, own, hidden) => {
    const scores = new Float32Array(pool.length);
    for (const term of question) {
      // As the training has counted it; a term that it left out is of one passage.
      const weight = model.weights[model.vocabulary.get(term) ?? -1] ?? model.unknownWeight;
      const frequency = Math.exp(model.unknownWeight - weight);
      const rarity = Math.log((passages.length - frequency + 0.5) / (frequency + 0.5));
      for (const [at, count] of places.get(term) ?? []) {
        if (at !== own || !hidden.has(term)) {
          const relative = (pool[at]?.terms.length ?? 0) / length;
          const gain = (2.2 * count) / (count + 1.2 * (0.25 + 0.75 * relative));
          scores[at] = (scores[at] ?? 0) + Math.max(1e-6, rarity) * gain;
        }
      }
    }
    return scores.map(saturate);
  };
}

/** Orders passages so that the first of each file comes before the second of any, and so on. */
function inTurns(passages: readonly TrustPassage[], order: readonly number[]): number[] {
  const turns = new Map<number, number>();
  return order
    .map((at) => {
      const fileKey = passages[at]?.fileKey ?? 0;
      const turn = turns.get(fileKey) ?? 0;
      turns.set(fileKey, turn + 1);
      return { at, turn };
    })
    .sort((left, right) => left.turn - right.turn)
    .map(({ at }) => at);
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ item }) => item);
}

function positive(value: number): number {
  return Math.max(0, value);
}

function isContentWord(term: string): boolean {
  return !isFunctionWord(term);
}

const nothing: TrustPassage = { fileKey: 0, terms: [] };
