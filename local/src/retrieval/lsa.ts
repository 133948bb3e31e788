/**
 * Latent semantic analysis: vectors of meaning from the texts of an index alone, with no model to
 * download. Deerwester et al., "Indexing by latent semantic analysis", JASIS 41(6), 1990.
 */

import { deserialize, serialize } from 'node:v8';
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
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
}

/** Documents by terms, in compressed rows: row `d` is `starts[d]` to `starts[d + 1]`. */
interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** Row by row. */
interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

const mostDimensions = 128;
const mostTerms = 60_000;

/**
 * Trains a model on the terms of each document. The same documents give the same model.
 *
 * Small collections get few dimensions, a quarter of the documents but at least 16: with more, the
 * vectors would tell documents apart as plainly as their words do, and find nothing more.
 */
export function trainLsa(documents: readonly (readonly string[])[]): LsaModel {
  const { vocabulary, weights } = countTerms(documents);
  const matrix = weigh(documents, vocabulary, weights);
  const wanted = Math.min(mostDimensions, Math.max(16, Math.floor(documents.length / 4)));
  const basis = rightSingularVectors(matrix, wanted);
  return { dimensions: basis.columns, vocabulary, weights, basis: basis.data };
}

/** The unit vector of a text; all zeros when the model knows none of its terms. */
export function encode(model: LsaModel, terms: readonly string[]): Float32Array {
  const vector = new Float32Array(model.dimensions);
  for (const [row, value] of termValues(terms, model.vocabulary, model.weights)) {
    addScaled(vector, 0, model.basis, row * model.dimensions, value, model.dimensions);
  }
  return normalize(vector);
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
  return deserialize(bytes) as LsaModel;
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

/**
 * The leading right singular vectors of `a`, as columns, by randomized subspace iteration: Halko,
 * Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011, algorithm 4.4,
 * with three iterations and an oversampling of 20.
 */
function rightSingularVectors(a: SparseMatrix, wanted: number): DenseMatrix {
  const sampled = Math.min(wanted + 20, a.rows, a.columns);
  let range = orthonormalize(multiply(a, randomMatrix(a.columns, sampled)), sampled);
  for (let iteration = 0; iteration < 3; iteration += 1) {
    range = orthonormalize(multiply(a, multiplyTransposed(a, range)), sampled);
  }
  return orthonormalize(multiplyTransposed(a, range), wanted);
}

/**
 * The left singular vectors of a tall matrix, strongest first, at most `wanted` of them, through
 * the eigenvectors of its small Gram matrix. Directions that are noise of the arithmetic go.
 */
function orthonormalize(matrix: DenseMatrix, wanted: number): DenseMatrix {
  const { rows, columns, data } = matrix;
  if (columns === 0) {
    return matrix;
  }
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(gram(matrix), {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  const kept = realEigenvalues
    .map((value, column) => ({ value, column }))
    .filter(({ value }) => value > largest * 1e-9)
    .sort((left, right) => right.value - left.value)
    .slice(0, wanted);
  const width = kept.length;
  const turn = new Float32Array(columns * width);
  for (const [target, { value, column }] of kept.entries()) {
    for (let row = 0; row < columns; row += 1) {
      turn[row * width + target] = eigenvectorMatrix.get(row, column) / Math.sqrt(value);
    }
  }
  const result = new Float32Array(rows * width);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      addScaled(
        result,
        row * width,
        turn,
        column * width,
        data[row * columns + column] ?? 0,
        width,
      );
    }
  }
  return { rows, columns: width, data: result };
}

function gram({ rows, columns, data }: DenseMatrix): Matrix {
  const sums = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row += 1) {
    for (let i = 0; i < columns; i += 1) {
      const value = data[row * columns + i] ?? 0;
      for (let j = i; j < columns; j += 1) {
        sums[i * columns + j] =
          (sums[i * columns + j] ?? 0) + value * (data[row * columns + j] ?? 0);
      }
    }
  }
  const result = new Matrix(columns, columns);
  for (let i = 0; i < columns; i += 1) {
    for (let j = i; j < columns; j += 1) {
      result.set(i, j, sums[i * columns + j] ?? 0);
      result.set(j, i, sums[i * columns + j] ?? 0);
    }
  }
  return result;
}

function multiply(a: SparseMatrix, { columns, data }: DenseMatrix): DenseMatrix {
  const result = new Float32Array(a.rows * columns);
  forEachEntry(a, (row, column, value) => {
    addScaled(result, row * columns, data, column * columns, value, columns);
  });
  return { rows: a.rows, columns, data: result };
}

function multiplyTransposed(a: SparseMatrix, { columns, data }: DenseMatrix): DenseMatrix {
  const result = new Float32Array(a.columns * columns);
  forEachEntry(a, (row, column, value) => {
    addScaled(result, column * columns, data, row * columns, value, columns);
  });
  return { rows: a.columns, columns, data: result };
}

function forEachEntry(
  a: SparseMatrix,
  visit: (row: number, column: number, value: number) => void,
): void {
  for (let row = 0; row < a.rows; row += 1) {
    const end = a.starts[row + 1] ?? 0;
    for (let entry = a.starts[row] ?? 0; entry < end; entry += 1) {
      visit(row, a.indices[entry] ?? 0, a.values[entry] ?? 0);
    }
  }
}

/** Adds `factor` times a stretch of `source` to one of `target`. */
function addScaled(
  target: Float32Array,
  targetStart: number,
  source: Float32Array,
  sourceStart: number,
  factor: number,
  length: number,
): void {
  for (let i = 0; i < length; i += 1) {
    target[targetStart + i] =
      (target[targetStart + i] ?? 0) + factor * (source[sourceStart + i] ?? 0);
  }
}

/** Uniform numbers from -1 to 1 by mulberry32, a generator small enough to be seeded here. */
function randomMatrix(rows: number, columns: number): DenseMatrix {
  let state = 42;
  const data = new Float32Array(rows * columns).map(() => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
  return { rows, columns, data };
}
