/** The rows of what a sheets job found. In a subpath of its own, as it needs the package `hyparquet`. */

import type { Compressors } from 'hyparquet';
import type { Connection } from '../http/connection.ts';
import { type List, listOf } from '../http/list.ts';
import { getSheetsRegionResult } from '../sources/sheets.ts';
import type { GetSheetsRegionResultQuery, SheetsResultType } from '../types/sheets.ts';
import type { Int64Form } from './int64As.ts';
import { parquetRows } from './parquetRows.ts';
import { RegionFile } from './regionFile.ts';

/** What {@link regionRows} accepts. */
export interface RegionRowsConfig {
  /** The columns to fetch, by name; the others are not downloaded. @defaultValue all */
  readonly columns?: readonly string[] | undefined;
  /**
   * Undo further compressions, or do it in another way. Snappy, gzip, brotli and zstd need none; for LZ4 there is the
   * package `hyparquet-compressors`.
   */
  readonly compressors?: Compressors | undefined;
  /**
   * What 64-bit integers are given as: `bigint`; `number`, which ends with an error at one beyond 2 ** 53, as that would
   * lose digits; or `string`, their digits. Say one of the latter two where rows go on as JSON to what does not keep all
   * digits of a number, such as a browser. @defaultValue `'bigint'`
   */
  readonly int64?: Int64Form | undefined;
}

/** So much of the end of the file is fetched first, in bytes: a small file whole, of a large one its metadata. */
const TAIL = 512 * 1024;

/**
 * The rows of a region that a sheets job found, in their order, as objects with a field for each column. A list like
 * those of the API: subscribed to, it emits them as they come; pulled by `for await` or `fanOutFrom`, it fetches only
 * what is asked for.
 *
 * The file is read in parts, one group of rows after the other, so that memory does not grow with the region. When the
 * link to it expires meanwhile, a new one is asked for. Storage that gives no parts is asked for the whole file, which
 * then has to fit into the connection's `maxResponseBytes`.
 *
 * A 64-bit integer arrives as a `bigint`, unless `int64` says otherwise, a date or time as a `Date` in UTC, a decimal as a `number`, and what is
 * missing as `null`. `T` says what the rows look like; nothing checks it.
 *
 * Errors with `HttpError` when there is no such result, with `ResponseError` when it is no Parquet file (`parse`) or
 * is compressed in an unknown way (`decode`), and with `RangeError` when it has no such column.
 *
 * @example The sum of a column
 * ```ts
 * import { regionRows } from 'rx-llamacloud/regionRows';
 *
 * interface Cost {
 *   Item: string;
 *   Sales: bigint;
 * }
 * regionRows<Cost>(connection, jobId, regionId, 'table', { columns: ['Sales'] }).pipe(
 *   reduce((sum, { Sales }) => sum + Sales, 0n),
 * );
 * ```
 *
 * @throws RangeError when called with an unknown `int64`.
 *
 * @typeParam T - The shape of a row.
 */
export function regionRows<T = Readonly<Record<string, unknown>>>(
  connection: Connection,
  jobId: string,
  regionId: string,
  regionType: SheetsResultType,
  config: RegionRowsConfig = {},
  query: GetSheetsRegionResultQuery = {},
): List<T> {
  const { int64 = 'bigint' } = config;
  if (!['bigint', 'number', 'string'].includes(int64)) {
    throw new RangeError(`regionRows: int64 must be bigint, number or string, got ${int64}`);
  }
  const link = getSheetsRegionResult(connection, jobId, regionId, regionType, query);
  return listOf((subscriber, delivered) => {
    const pages = read();
    const turn = (): void => {
      pages.next().then(deliver, (error: unknown) => subscriber.error(error));
    };
    const deliver = (page: Awaited<ReturnType<typeof pages.next>>): void => {
      if (page.done) {
        subscriber.complete();
        return;
      }
      for (const row of page.value) {
        if (subscriber.closed) {
          return;
        }
        // The file enters here, and its reader says what is in it.
        subscriber.next(row as T);
      }
      delivered(turn);
    };
    turn();

    async function* read() {
      const file = await RegionFile.open(connection, link, TAIL, subscriber);
      yield* parquetRows(file, TAIL, config);
    }
  });
}
