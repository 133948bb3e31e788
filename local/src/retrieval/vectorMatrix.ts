import type { DatabaseSync } from 'node:sqlite';
import { bytes, number } from '../store/row.ts';
import { prepared } from './prepared.ts';

/** All vectors of a model in memory, row after row. */
export interface VectorMatrix {
  /** The chunk of each row. */
  readonly keys: readonly number[];
  /** The row of each chunk. */
  readonly rows: ReadonlyMap<number, number>;
  readonly dimensions: number;
  readonly data: Float32Array;
}

/** What is kept of a model: the state of the database when it was last asked for, and the matrix once it was read. */
interface Kept {
  readonly state: string;
  matrix: VectorMatrix | 'not read' | 'too large';
}

/** So many models are kept, and none whose vectors take more than so many bytes. */
const mostModels = 4;
const mostBytes = 64 * 2 ** 20;

const keptBy = new WeakMap<DatabaseSync, Map<number, Kept>>();

/**
 * The vectors of a model, when nothing was written since it was last asked for; `undefined` when something was, so that an
 * index that is being built is not read whole for each question, and when there are too many of them.
 */
export function vectorMatrix(db: DatabaseSync, modelKey: number): VectorMatrix | undefined {
  const models = keptBy.get(db) ?? new Map<number, Kept>();
  keptBy.set(db, models);
  const state = stateOf(db);
  const before = models.get(modelKey);
  const kept: Kept = before?.state === state ? before : { state, matrix: 'not read' };
  models.delete(modelKey);
  models.set(modelKey, kept);
  const [oldest] = models.keys();
  if (models.size > mostModels && oldest !== undefined) {
    models.delete(oldest);
  }
  if (kept === before && kept.matrix === 'not read') {
    kept.matrix = readMatrix(db, modelKey) ?? 'too large';
  }
  return typeof kept.matrix === 'string' ? undefined : kept.matrix;
}

/** Changes with every write to the database, by this connection or by another one. */
function stateOf(db: DatabaseSync): string {
  const others = prepared(db, 'PRAGMA data_version').get();
  const own = prepared(db, 'SELECT total_changes() AS changes').get();
  return `${String(others?.data_version)} ${String(own?.changes)}`;
}

function readMatrix(db: DatabaseSync, modelKey: number): VectorMatrix | undefined {
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
  const data = new Float32Array(count * dimensions);
  const target = new Uint8Array(data.buffer);
  const keys: number[] = [];
  const rows = new Map<number, number>();
  const stored = db
    .prepare('SELECT chunk_key AS key, vector FROM search_vectors WHERE model_key = ?')
    .iterate(modelKey);
  for (const row of stored) {
    // Another connection has written meanwhile, and the next question begins anew.
    if (keys.length === count) {
      return undefined;
    }
    const key = number(row, 'key');
    target.set(bytes(row, 'vector'), keys.length * dimensions * Float32Array.BYTES_PER_ELEMENT);
    rows.set(key, keys.length);
    keys.push(key);
  }
  return keys.length === count ? { keys, rows, dimensions, data } : undefined;
}

/** The vector of a row; shares its memory. */
export function rowOf({ data, dimensions }: VectorMatrix, row: number): Float32Array {
  return data.subarray(row * dimensions, (row + 1) * dimensions);
}

/**
 * The products of a vector with those of all rows: the cosines, as all are unit vectors. In four sums,
 * none of which waits for another, which takes half as long as in one.
 */
export function products(
  { keys, dimensions, data }: Pick<VectorMatrix, 'keys' | 'dimensions' | 'data'>,
  vector: Float32Array,
): Float32Array {
  const found = new Float32Array(keys.length);
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
