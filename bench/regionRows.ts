/**
 * How much memory it takes to read the rows of a large region: 100,000 rows of 10 columns, and the facts about their
 * million cells.
 *
 * `node --conditions=@rx-llamacloud/source bench/regionRows.ts` prints for each of the two a line for `regionRows`, and
 * one for downloading the file and decoding it whole. Each is read in a process of its own; what is live is what the heap and
 * buffers have after a garbage collection, at the highest of every 20,000 rows, over what they had before the first.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { parquetReadObjects } from 'hyparquet';
import {
  concatMap,
  filter,
  from,
  last,
  lastValueFrom,
  map,
  mergeMap,
  type Observable,
  switchMap,
  toArray,
} from 'rxjs';
import {
  connect,
  createDirectory,
  createSheetsJob,
  downloadPresignedUrl,
  getSheetsRegionResult,
  type SheetsResultType,
  throwIfFailed,
  uploadDirectoryFile,
  watchSheetsJob,
} from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';
import { orderBook } from '../local/test/support/orderBook.ts';
import { regionRows } from '../src/parquet/regionRows.ts';

const ways = {
  regionRows,
  whole: (...[connection, jobId, regionId, type]: Parameters<typeof regionRows>) =>
    getSheetsRegionResult(connection, jobId, regionId, type).pipe(
      concatMap((link) => downloadPresignedUrl(connection, link)),
      toArray(),
      concatMap((chunks) =>
        parquetReadObjects({ file: new Uint8Array(Buffer.concat(chunks)).buffer }),
      ),
      mergeMap((rows) => from(rows)),
    ),
} satisfies Record<string, (...given: Parameters<typeof regionRows>) => Observable<unknown>>;

/** Reads all rows and prints what that took. */
async function read(way: keyof typeof ways, source: Observable<unknown>): Promise<void> {
  global.gc?.();
  const before = inUse();
  let rows = 0;
  let live = 0;
  let collecting = 0;
  const start = performance.now();
  await lastValueFrom(
    source.pipe(
      map(() => {
        rows += 1;
        if (rows % 20_000 === 0) {
          const pause = performance.now();
          global.gc?.();
          live = Math.max(live, inUse());
          collecting += performance.now() - pause;
        }
      }),
    ),
  );
  const seconds = (performance.now() - start - collecting) / 1_000;
  const peak = process.resourceUsage().maxRSS * 1_024;
  process.stdout.write(
    `${way}: ${rows} rows in ${seconds.toFixed(2)} s, ${(rows / seconds / 1_000).toFixed(0)}k a second, ` +
      `${((live - before) / 1e6).toFixed(1)} MB live, peak RSS ${(peak / 1e6).toFixed(0)} MB\n`,
  );
}

function inUse(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const [way, baseUrl, token, jobId, regionId, type] = process.argv.slice(2);
if (way !== undefined) {
  const connection = connect({ baseUrl, token });
  const name = way === 'whole' ? way : 'regionRows';
  const resultType: SheetsResultType = type === 'table' ? type : 'cell_metadata';
  await read(name, ways[name](connection, jobId ?? '', regionId ?? '', resultType));
} else {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  const content = new Uint8Array(await orderBook(100_000));
  const job = await lastValueFrom(
    createDirectory(connection, { name: 'orders' }).pipe(
      switchMap(({ id }) =>
        uploadDirectoryFile(connection, id, { upload_file: new File([content], 'orders.xlsx') }),
      ),
      filter((event) => event.type === 'uploaded'),
      switchMap(({ file }) => createSheetsJob(connection, { file_id: file.file_id ?? '' })),
      switchMap(({ id }) => watchSheetsJob(connection, id)),
      throwIfFailed(),
      last(),
    ),
  );
  const region = job.regions?.[0]?.region_id ?? '';
  for (const result of ['table', 'cell_metadata']) {
    process.stdout.write(`${result}\n`);
    for (const each of Object.keys(ways)) {
      const child = fork(
        import.meta.filename,
        [each, cloud.url, cloud.token, job.id, region, result],
        { execArgv: ['--conditions=@rx-llamacloud/source', '--expose-gc'] },
      );
      await once(child, 'exit');
    }
  }
}
