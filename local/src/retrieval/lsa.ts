/**
 * Latent semantic analysis: vectors of meaning from the texts of an index alone, with no model to
 * download. Deerwester et al., "Indexing by latent semantic analysis", JASIS 41(6), 1990.
 */

import { deserialize, serialize } from 'node:v8';
import { addRows, multiply, rightSingularVectors, type SparseMatrix } from './singularVectors.ts';
import type { Trust } from './trust.ts';
import { isFunctionWord } from './terms.ts';

/** What training found: how much each term counts, and where it points. */
export interface LsaModel {
  /** Length of the vectors. */
  readonly dimensions: number;
  /** The row of each term in `weights` and `basis`. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Inverse document frequency of each term. */
  readonly weights: Float32Array;
  /** One row of `dimensions` numbers per term: the right singular vectors. */
  readonly basis: Float32Array;
  /** What a term counts that is not in the vocabulary, as one of a single document. */
  readonly unknownWeight: number;
  /** How far its vectors can be trusted. @defaultValue not measured: a weight of one half */
  readonly trust?: Trust | undefined;
}

const mostDimensions = 128;
const mostTerms = 60_000;

/** What came out of a training. */
export interface TrainedLsa {
  readonly model: LsaModel;
  /** The vector of each document, as {@link encode} would make it. */
  readonly vectors: readonly Float32Array[];
}

/**
 * Trains a model on the terms of each document. The same documents give the same model.
 *
 * Small collections get few dimensions, a quarter of the documents but at least 16: with more, the
 * vectors would tell documents apart as plainly as their words do, and find nothing more.
 */
export function trainLsa(documents: readonly (readonly string[])[]): TrainedLsa {
  const { vocabulary, weights } = countTerms(documents);
  const matrix = weigh(documents, vocabulary, weights);
  const wanted = Math.min(mostDimensions, Math.max(16, Math.floor(documents.length / 4)));
  const basis = rightSingularVectors(matrix, wanted);
  const dimensions = basis.columns;
  const { data } = multiply(matrix, basis);
  return {
    model: {
      dimensions,
      vocabulary,
      weights,
      basis: basis.data,
      unknownWeight: Math.log(documents.length + 1),
    },
    vectors: documents.map((_, at) =>
      normalize(data.slice(at * dimensions, (at + 1) * dimensions)),
    ),
  };
}

/** A question as a model sees it. */
export interface EncodedQuestion {
  /** A unit vector; all zeros when the model knows none of the words. */
  readonly vector: Float32Array;
  /**
   * How much of the question is in the vector, 0 to 1: its length before it was made a unit vector,
   * beside that of the question with a dimension for each word. Names, numbers and rare words leave
   * little in it, and words that the model has not seen nothing.
   */
  readonly known: number;
}

/** Encodes a question of words that each have one form or several, as `queryWords` gives them. */
export function encodeQuestion(
  model: LsaModel,
  words: readonly (readonly string[])[],
): EncodedQuestion {
  const { vocabulary, weights, unknownWeight } = model;
  const found = words.map((forms) => forms.filter((form) => vocabulary.has(form)));
  const vector = project(model, [...new Set(found.flat())]);
  const whole = found.reduce((sum, forms) => {
    const values = forms.map((form) => (weights[vocabulary.get(form) ?? -1] ?? 0) ** 2);
    const own = values.reduce((total, value) => total + value, 0);
    return sum + (forms.length === 0 ? unknownWeight ** 2 : own);
  }, 0);
  const known = Math.sqrt(cosine(vector, vector) / whole);
  return { vector: normalize(vector), known: Number.isFinite(known) ? Math.min(1, known) : 0 };
}

/** The unit vector of a text; all zeros when the model knows none of its terms. */
export function encode(model: LsaModel, terms: readonly string[]): Float32Array {
  return normalize(project(model, terms));
}

function project(model: LsaModel, terms: readonly string[]): Float32Array {
  const { dimensions, vocabulary, weights, basis } = model;
  const vector = new Float32Array(dimensions);
  const values = termValues(terms, vocabulary, weights);
  addRows(
    vector,
    0,
    { rows: vocabulary.size, columns: dimensions, data: basis },
    Uint32Array.from(values, ([row]) => row),
    Float32Array.from(values, ([, value]) => value),
  );
  return vector;
}

/** The cosine of two unit vectors. */
export function cosine(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < left.length; i += 1) {
    sum += (left[i] ?? 0) * (right[i] ?? 0);
  }
  return sum;
}

/** Scales a vector to length 1, in place; zeros stay. */
export function normalize(vector: Float32Array): Float32Array {
  const length = Math.sqrt(cosine(vector, vector));
  return length === 0 ? vector : vector.map((value) => value / length);
}

/** Turns a model into bytes for the database. */
export function serializeLsa(model: LsaModel): Uint8Array {
  return serialize(model);
}

/** Reads what {@link serializeLsa} wrote. */
export function deserializeLsa(bytes: Uint8Array): LsaModel {
  const model = deserialize(bytes) as Omit<LsaModel, 'unknownWeight'> & Partial<LsaModel>;
  // Models of before trust was measured know no such weight; that of their rarest term is near it.
  return { ...model, unknownWeight: model.unknownWeight ?? model.weights.at(-1) ?? 1 };
}

/** Which terms count, and by how much: function words and, in larger collections, hapaxes do not. */
function countTerms(documents: readonly (readonly string[])[]): {
  readonly vocabulary: Map<string, number>;
  readonly weights: Float32Array;
} {
  const frequencies = new Map<string, number>();
  for (const document of documents) {
    for (const term of new Set(document)) {
      frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
    }
  }
  const least = documents.length < 50 ? 1 : 2;
  const kept = [...frequencies]
    .filter(([term, frequency]) => frequency >= least && !isFunctionWord(term))
    .sort(([, left], [, right]) => right - left)
    .slice(0, mostTerms);
  return {
    vocabulary: new Map(kept.map(([term], row) => [term, row])),
    weights: Float32Array.from(kept, ([, frequency]) =>
      Math.log((documents.length + 1) / frequency),
    ),
  };
}

/** Row and (1 + ln tf) · idf of each known term of a document. */
function termValues(
  terms: readonly string[],
  vocabulary: ReadonlyMap<string, number>,
  weights: Float32Array,
): [row: number, value: number][] {
  const counts = new Map<number, number>();
  for (const term of terms) {
    const row = vocabulary.get(term);
    if (row !== undefined) {
      counts.set(row, (counts.get(row) ?? 0) + 1);
    }
  }
  return Array.from(counts, ([row, count]) => [row, (1 + Math.log(count)) * (weights[row] ?? 0)]);
}

function weigh(
  documents: readonly (readonly string[])[],
  vocabulary: ReadonlyMap<string, number>,
  weights: Float32Array,
): SparseMatrix {
  const starts = new Uint32Array(documents.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  for (const [document, terms] of documents.entries()) {
    const row = termValues(terms, vocabulary, weights);
    const length = Math.hypot(...row.map(([, value]) => value)) || 1;
    for (const [index, value] of row) {
      indices.push(index);
      values.push(value / length);
    }
    starts[document + 1] = indices.length;
  }
  return {
    rows: documents.length,
    columns: vocabulary.size,
    starts,
    indices: Uint32Array.from(indices),
    values: Float32Array.from(values),
  };
}
