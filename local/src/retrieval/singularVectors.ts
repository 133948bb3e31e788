import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { randomNumbers } from './randomNumbers.ts';

/** A matrix of mostly zeros, in compressed rows: row `d` is `starts[d]` to `starts[d + 1]`. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly starts: Uint32Array;
  readonly indices: Uint32Array;
  readonly values: Float32Array;
}

/** A matrix row by row. */
export interface DenseMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/**
 * The leading right singular vectors of `a`, as columns, by randomized subspace iteration: Halko,
 * Martinsson, Tropp, "Finding structure with randomness", SIAM Review 53(2), 2011, algorithm 4.4,
 * with three iterations and an oversampling of 20.
 */
export function rightSingularVectors(a: SparseMatrix, wanted: number): DenseMatrix {
  const sampled = Math.min(wanted + 20, a.rows, a.columns);
  const transposed = transpose(a);
  let range = orthonormalize(multiply(a, randomMatrix(a.columns, sampled)), sampled);
  for (let iteration = 0; iteration < 3; iteration += 1) {
    range = orthonormalize(multiply(a, multiply(transposed, range)), sampled);
  }
  return orthonormalize(multiply(transposed, range), wanted);
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
  const all = Uint32Array.from({ length: columns }, (_, column) => column);
  for (let row = 0; row < rows; row += 1) {
    const factors = data.subarray(row * columns, (row + 1) * columns);
    addRows(result, row * width, { rows: columns, columns: width, data: turn }, all, factors);
  }
  return { rows, columns: width, data: result };
}

function gram({ rows, columns, data }: DenseMatrix): Matrix {
  const sums = new Float64Array(columns * columns);
  // Four rows at a time: what holds the loop up is reading and writing the sums.
  for (let row = 0; row < rows; row += 4) {
    const a = row * columns;
    const b = a + columns;
    const c = b + columns;
    const d = c + columns;
    for (let i = 0; i < columns; i += 1) {
      // Past the last row there are zeros.
      const ai = data[a + i] ?? 0;
      const bi = data[b + i] ?? 0;
      const ci = data[c + i] ?? 0;
      const di = data[d + i] ?? 0;
      for (let j = i; j < columns; j += 1) {
        sums[i * columns + j] =
          (sums[i * columns + j] ?? 0) +
          ai * (data[a + j] ?? 0) +
          bi * (data[b + j] ?? 0) +
          ci * (data[c + j] ?? 0) +
          di * (data[d + j] ?? 0);
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

/** The product of both. */
export function multiply(a: SparseMatrix, b: DenseMatrix): DenseMatrix {
  const result = new Float32Array(a.rows * b.columns);
  for (let row = 0; row < a.rows; row += 1) {
    const start = a.starts[row] ?? 0;
    const end = a.starts[row + 1] ?? 0;
    const factors = a.values.subarray(start, end);
    addRows(result, row * b.columns, b, a.indices.subarray(start, end), factors);
  }
  return { rows: a.rows, columns: b.columns, data: result };
}

function transpose(a: SparseMatrix): SparseMatrix {
  const starts = new Uint32Array(a.columns + 1);
  for (const column of a.indices) {
    starts[column + 1] = (starts[column + 1] ?? 0) + 1;
  }
  for (let column = 0; column < a.columns; column += 1) {
    starts[column + 1] = (starts[column + 1] ?? 0) + (starts[column] ?? 0);
  }
  const next = starts.slice();
  const indices = new Uint32Array(a.indices.length);
  const values = new Float32Array(a.indices.length);
  for (let row = 0; row < a.rows; row += 1) {
    const end = a.starts[row + 1] ?? 0;
    for (let entry = a.starts[row] ?? 0; entry < end; entry += 1) {
      const column = a.indices[entry] ?? 0;
      const target = next[column] ?? 0;
      next[column] = target + 1;
      indices[target] = row;
      values[target] = a.values[entry] ?? 0;
    }
  }
  return { rows: a.columns, columns: a.rows, starts, indices, values };
}

/**
 * Adds rows of a matrix, each times its factor, to the numbers of `target` from `start` on. Four rows
 * at a time, which takes half as long as one by one.
 */
export function addRows(
  target: Float32Array,
  start: number,
  { columns, data }: DenseMatrix,
  rows: Uint32Array,
  factors: Float32Array,
): void {
  for (let at = 0; at < rows.length; at += 4) {
    const a = (rows[at] ?? 0) * columns;
    const b = (rows[at + 1] ?? 0) * columns;
    const c = (rows[at + 2] ?? 0) * columns;
    const d = (rows[at + 3] ?? 0) * columns;
    // Past the last row the factors are zero.
    const fa = factors[at] ?? 0;
    const fb = factors[at + 1] ?? 0;
    const fc = factors[at + 2] ?? 0;
    const fd = factors[at + 3] ?? 0;
    for (let i = 0; i < columns; i += 1) {
      target[start + i] =
        (target[start + i] ?? 0) +
        fa * (data[a + i] ?? 0) +
        fb * (data[b + i] ?? 0) +
        fc * (data[c + i] ?? 0) +
        fd * (data[d + i] ?? 0);
    }
  }
}

/** Uniform numbers from -1 to 1. */
function randomMatrix(rows: number, columns: number): DenseMatrix {
  const random = randomNumbers(42);
  const data = new Float32Array(rows * columns).map(() => 2 * random() - 1);
  return { rows, columns, data };
}
