import { setImmediate } from 'node:timers/promises';
import {
  type Compressors,
  type DecodedArray,
  type FileMetaData,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
  type RowGroup,
} from 'hyparquet';
import { ApiError, ResponseError } from '../errors.ts';
import { decompressors } from './decompressors.ts';
import { type Int64Form, int64As } from './int64As.ts';
import type { RegionFile } from './regionFile.ts';

/** Rows that are decoded together, column by column. Bounds the memory where a file's groups are larger. */
const DECODED = 65_536;
/** Rows that are made of the columns at once. */
const PAGE = 1_000;

/** What {@link parquetRows} accepts. */
export interface ParquetRowsConfig {
  readonly columns?: readonly string[] | undefined;
  readonly compressors?: Compressors | undefined;
  readonly int64?: Int64Form | undefined;
}

/**
 * The rows of a Parquet file in pages, one group of rows in memory at a time: its bytes, and of that the columns of
 * 65,536 rows decoded.
 *
 * @param tail - Bytes at the end of the file that are likely to hold its metadata.
 */
export async function* parquetRows(
  file: RegionFile,
  tail: number,
  { columns, compressors, int64 = 'bigint' }: ParquetRowsConfig,
): AsyncGenerator<Readonly<Record<string, unknown>>[], undefined> {
  const options = { geoparquet: false, compressors: { ...decompressors, ...compressors } };
  const metadata = await readable(() =>
    parquetMetadataAsync(file, { ...options, initialFetchSize: tail }),
  );
  const names = chosenColumns(metadata, columns);
  const inForm = int64As(int64);
  refuseUnknownCodecs(metadata, names, options.compressors);
  const scan = await readable(() =>
    parquetScan({ ...options, file, metadata, columns: names, useOffsetIndex: false }),
  );

  let start = 0;
  for (const group of metadata.row_groups) {
    await file.hold(bytesOf(group, names));
    const end = start + Number(group.num_rows);
    for (let rowStart = start; rowStart < end; rowStart += DECODED) {
      const rowEnd = Math.min(end, rowStart + DECODED);
      const decoded = await readable(() =>
        Promise.all(names.map((column) => scan.readColumn({ column, rowStart, rowEnd }))),
      );
      for (let row = 0; row < rowEnd - rowStart; row += PAGE) {
        yield rowsOf(names, decoded, row, Math.min(rowEnd - rowStart, row + PAGE), inForm);
        // A long run of rows that are there already must not keep everything else waiting.
        await setImmediate();
      }
    }
    start = end;
  }
}

/** What cannot be read as Parquet is the answer's fault; what cannot be fetched has its own error already. */
async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ApiError) {
      throw cause;
    }
    const what = cause instanceof Error ? cause.message : String(cause);
    throw new ResponseError(`The result cannot be read as a Parquet file: ${what}`, {
      kind: 'parse',
      cause,
    });
  }
}

function chosenColumns(metadata: FileMetaData, columns: readonly string[] | undefined): string[] {
  const all = parquetSchema(metadata).children.map(({ element }) => element.name);
  const stranger = columns?.find((name) => !all.includes(name));
  if (stranger !== undefined) {
    throw new RangeError(
      `regionRows: there is no column ${JSON.stringify(stranger)}; there are ${all.map((name) => JSON.stringify(name)).join(', ')}`,
    );
  }
  return columns ? [...columns] : all;
}

/** Says before the first row what could not be decompressed at some later one. */
function refuseUnknownCodecs(
  { row_groups }: FileMetaData,
  names: readonly string[],
  compressors: Compressors,
): void {
  for (const { name, codec } of row_groups.flatMap((group) => chunksOf(group, names))) {
    if (codec !== 'UNCOMPRESSED' && codec !== 'SNAPPY' && !compressors[codec]) {
      throw new ResponseError(
        `The column ${JSON.stringify(name)} is compressed with ${codec}, which Node cannot undo. ` +
          'Pass compressors: those of the package hyparquet-compressors, for example',
        { kind: 'decode' },
      );
    }
  }
}

/** A column's part of a group of rows. */
interface Chunk {
  readonly name: string;
  readonly codec: keyof Compressors;
  readonly start: number;
  readonly end: number;
}

function chunksOf(group: RowGroup, names: readonly string[]): Chunk[] {
  return group.columns.flatMap(({ meta_data: chunk }) => {
    const [name] = chunk?.path_in_schema ?? [];
    if (!chunk || name === undefined || !names.includes(name)) {
      return [];
    }
    const { codec, dictionary_page_offset: dictionary = 0n, data_page_offset: data } = chunk;
    // Some writers put 0 where there is no dictionary.
    const start = Number(dictionary > 0n ? dictionary : data);
    return { name, codec, start, end: start + Number(chunk.total_compressed_size) };
  });
}

/** Where the columns are in the file; what touches is one range, to be fetched with one request. */
function bytesOf(group: RowGroup, names: readonly string[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of chunksOf(group, names).sort((a, b) => a.start - b.start)) {
    const last = ranges.at(-1);
    if (last && start <= last.end) {
      last.end = Math.max(last.end, end);
    } else {
      ranges.push({ start, end });
    }
  }
  return ranges;
}

function rowsOf(
  names: readonly string[],
  columns: readonly DecodedArray[],
  start: number,
  end: number,
  inForm: (value: unknown, column: string) => unknown,
): Readonly<Record<string, unknown>>[] {
  return Array.from({ length: end - start }, (_, index) => {
    const row: Record<string, unknown> = {};
    names.forEach((name, at) => {
      const value = inForm(columns[at]?.[start + index] ?? null, name);
      if (name === '__proto__') {
        // Somebody's heading, and by assignment it would be no field.
        Object.defineProperty(row, name, { value, enumerable: true, writable: true });
      } else {
        row[name] = value;
      }
    });
    return row;
  });
}
