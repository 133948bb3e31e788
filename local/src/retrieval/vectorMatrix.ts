import type { DatabaseSync } from 'node:sqlite';
import { bytes, number } from '../store/row.ts';
import { prepared } from './prepared.ts';

/** All vectors of a model in memory, row after row. The memory is shared: threads pass it on without a copy. */
export interface VectorMatrix {
  readonly modelKey: number;
  /** The state of the model's vectors that this is. */
  readonly version: number;
  /** The chunk of each row, in ascending order. */
  readonly keys: Float64Array;
  readonly dimensions: number;
  readonly data: Float32Array;
}

/** What is kept of a model: the state of its vectors when they were last asked for, and the matrix once it was read. */
interface Kept {
  readonly version: number;
  matrix: VectorMatrix | 'not read' | 'too large';
}

/** So many models are kept, and none whose vectors take more than so many bytes. */
const mostModels = 4;
const mostBytes = 64 * 2 ** 20;

const keptBy = new WeakMap<DatabaseSync, Map<number, Kept>>();

/**
 * The vectors of a model, when none has come or gone since they were last asked for; `undefined` when some
 * have, so that an index that is being built is not read whole for each question, and when there are too many of
 * them. `onRead` is told of a matrix that was read.
 */
export function vectorMatrix(
  db: DatabaseSync,
  modelKey: number,
  onRead: (matrix: VectorMatrix) => void = () => undefined,
): VectorMatrix | undefined {
  const version = versionOf(db, modelKey);
  const before = keptOf(db).get(modelKey);
  const kept: Kept = before?.version === version ? before : { version, matrix: 'not read' };
  keep(db, modelKey, kept);
  if (kept === before && kept.matrix === 'not read') {
    const matrix = readMatrix(db, modelKey, version);
    kept.matrix = matrix ?? 'too large';
    if (matrix !== undefined) {
      onRead(matrix);
    }
  }
  return typeof kept.matrix === 'string' ? undefined : kept.matrix;
}

/** Takes over a matrix that another thread has read, in the place of an older one. */
export function adoptMatrix(db: DatabaseSync, matrix: VectorMatrix): void {
  const before = keptOf(db).get(matrix.modelKey);
  if (before === undefined || before.version <= matrix.version) {
    keep(db, matrix.modelKey, { version: matrix.version, matrix });
  }
}

function keptOf(db: DatabaseSync): Map<number, Kept> {
  const models = keptBy.get(db) ?? new Map<number, Kept>();
  keptBy.set(db, models);
  return models;
}

function keep(db: DatabaseSync, modelKey: number, kept: Kept): void {
  const models = keptOf(db);
  models.delete(modelKey);
  models.set(modelKey, kept);
  const [oldest] = models.keys();
  if (models.size > mostModels && oldest !== undefined) {
    models.delete(oldest);
  }
}

/** Notes that vectors of a model have come or gone; every connection sees that. */
export function noteVectorChange(db: DatabaseSync, modelKey: number): void {
  db.prepare(
    `INSERT INTO search_vector_versions VALUES (?, 1)
     ON CONFLICT (model_key) DO UPDATE SET version = version + 1`,
  ).run(modelKey);
}

function versionOf(db: DatabaseSync, modelKey: number): number {
  const row = prepared(db, 'SELECT version FROM search_vector_versions WHERE model_key = ?').get(
    modelKey,
  );
  return row === undefined ? 0 : number(row, 'version');
}

function readMatrix(db: DatabaseSync, modelKey: number, version: number): VectorMatrix | undefined {
  const size = db
    .prepare(
      'SELECT count(*) AS count, max(length(vector)) AS length FROM search_vectors WHERE model_key = ?',
    )
    .get(modelKey);
  const count = size === undefined ? 0 : number(size, 'count');
  if (size === undefined || count === 0 || count * number(size, 'length') > mostBytes) {
    return undefined;
  }
  const dimensions = number(size, 'length') / Float32Array.BYTES_PER_ELEMENT;
  const data = new Float32Array(
    new SharedArrayBuffer(count * dimensions * Float32Array.BYTES_PER_ELEMENT),
  );
  const target = new Uint8Array(data.buffer);
  const keys = new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
  let row = 0;
  const stored = db
    .prepare(
      'SELECT chunk_key AS key, vector FROM search_vectors WHERE model_key = ? ORDER BY chunk_key',
    )
    .iterate(modelKey);
  for (const each of stored) {
    // Another connection has written meanwhile, and the next question begins anew.
    if (row === count) {
      return undefined;
    }
    target.set(bytes(each, 'vector'), row * dimensions * Float32Array.BYTES_PER_ELEMENT);
    keys[row] = number(each, 'key');
    row += 1;
  }
  return row === count ? { modelKey, version, keys, dimensions, data } : undefined;
}

/** The vector of a chunk, which shares the memory; `undefined` when it has none. */
export function vectorIn(
  { keys, data, dimensions }: VectorMatrix,
  key: number,
): Float32Array | undefined {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? 0) < key) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return keys[low] === key ? data.subarray(low * dimensions, (low + 1) * dimensions) : undefined;
}

/**
 * The products of a vector with those of all rows: the cosines, as all are unit vectors. In four sums,
 * none of which waits for another, which takes half as long as in one.
 */
export function products(
  { dimensions, data }: Pick<VectorMatrix, 'dimensions' | 'data'>,
  vector: Float32Array,
): Float32Array {
  const found = new Float32Array(dimensions === 0 ? 0 : data.length / dimensions);
  const inFours = dimensions - (dimensions % 4);
  for (let row = 0; row < found.length; row += 1) {
    const start = row * dimensions;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = 0; i < inFours; i += 4) {
      a += (vector[i] ?? 0) * (data[start + i] ?? 0);
      b += (vector[i + 1] ?? 0) * (data[start + i + 1] ?? 0);
      c += (vector[i + 2] ?? 0) * (data[start + i + 2] ?? 0);
      d += (vector[i + 3] ?? 0) * (data[start + i + 3] ?? 0);
    }
    for (let i = inFours; i < dimensions; i += 1) {
      a += (vector[i] ?? 0) * (data[start + i] ?? 0);
    }
    found[row] = a + b + c + d;
  }
  return found;
}
