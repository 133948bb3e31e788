import { closeSync, fsyncSync, openSync } from 'node:fs';
import type { CellValue } from 'hucre';
import { fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { ColumnType, TableColumn } from './readTable.ts';

/** Name and type of a Parquet column. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: ColumnType | 'INT32';
}

/** A Parquet file that is being written, one group of rows at a time. */
export interface ParquetFile {
  /** Appends rows: for each column its values, all of one length. */
  append(values: readonly (readonly CellValue[])[]): void;
  /** Completes the file; it is safe on disk when this returns. */
  finish(): void;
}

/** Rows that are encoded at once. Bounds the memory that encoding takes. */
const groupSize = 50_000;

/**
 * Starts a Parquet file at `path`, in place of what is there. Every column may hold nulls;
 * `metadata` goes into the file's footer.
 */
export function openParquet(
  path: string,
  columns: readonly ParquetColumn[],
  metadata: Readonly<Record<string, string>> = {},
): ParquetFile {
  const writer = new ParquetWriter({
    writer: fileWriter(path),
    schema: schemaFromColumnData({
      columnData: columns.map(({ name, type }) => ({ name, type, data: [] })),
    }),
    // Whoever reads a result reads all of it: bounds to skip pages by would not pay.
    statistics: false,
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
  return {
    append(values) {
      const rows = values[0]?.length ?? 0;
      for (let start = 0; start < rows; start += groupSize) {
        void writer.write({
          columnData: columns.map(({ name, type }, index) => ({
            name,
            data: encodable(type, (values[index] ?? []).slice(start, start + groupSize)),
          })),
          rowGroupSize: groupSize,
        });
      }
    },
    finish() {
      void writer.finish();
      const file = openSync(path, 'r+');
      fsyncSync(file);
      closeSync(file);
    },
  };
}

/** Writes a table as one Parquet file; see {@link openParquet}. */
export function writeParquet(
  path: string,
  columns: readonly TableColumn[],
  metadata: Readonly<Record<string, string>>,
): void {
  const file = openParquet(path, columns, metadata);
  file.append(columns.map(({ values }) => values));
  file.finish();
}

/** The values as the encoder wants them: it takes 64-bit integers as bigints only. */
function encodable(type: ParquetColumn['type'], values: CellValue[]): (CellValue | bigint)[] {
  return type === 'INT64'
    ? values.map((value) => (typeof value === 'number' ? BigInt(value) : value))
    : values;
}
