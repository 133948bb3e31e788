import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';

const compressors = {
  GZIP: (input: Uint8Array) => gzipSync(input),
  BROTLI: (input: Uint8Array) => brotliCompressSync(input),
  ZSTD: (input: Uint8Array) => zstdCompressSync(input),
  // Nobody reads it: what counts is that the file says so.
  LZ4: (input: Uint8Array) => input,
};

/** What {@link parquetFile} accepts. */
export interface ParquetFileConfig {
  /** @defaultValue `'SNAPPY'` */
  readonly codec?: keyof typeof compressors | 'SNAPPY' | 'UNCOMPRESSED';
  /** Rows of a group. @defaultValue all in one */
  readonly rowGroupSize?: number;
}

/** A Parquet file with these columns. */
export function parquetFile(columns: ColumnSource[], config: ParquetFileConfig = {}): Uint8Array {
  const { codec = 'SNAPPY', rowGroupSize = 1_000_000 } = config;
  return new Uint8Array(
    parquetWriteBuffer({ columnData: columns, codec, compressors, rowGroupSize }),
  );
}
