import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

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

/** Adds `factor` times `length` numbers of `source` to as many of `target`. */
export function addScaled(
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
