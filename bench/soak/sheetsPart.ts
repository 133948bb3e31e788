import { filter, last, lastValueFrom, map, toArray } from 'rxjs';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import type * as operations from '../../src/sources/sheets.ts';
import {
  createSheetsJob,
  deleteSheetsJob,
  getSheetsJob,
  getSheetsRegionResult,
  listSheetsJobs,
  watchSheetsJob,
} from '../../src/sources/sheets.ts';
import { watching } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** Jobs that take one small table apart. */
export async function sheetsPart(soak: Soak): Promise<PartOf<typeof operations>> {
  const { connection, ledger } = soak;
  const { id: directory } = await lastValueFrom(createDirectory(connection, { name: 'tables' }));
  const rows = Array.from({ length: 20 }, (_, n) => `river ${n},${n * 3},${n * 7}\n`);
  const upload_file = new File([`Place,Herons,Storks\n${rows.join('')}`], 'birds.csv');
  const upload = uploadDirectoryFile(connection, directory, { upload_file }).pipe(last());
  const stored = await lastValueFrom(upload);
  const file_id = (stored.type === 'uploaded' ? stored.file.file_id : null) ?? '';
  const jobs = new Pool<string>();

  // One job that has ended before anything goes wrong.
  const first = await lastValueFrom(createSheetsJob(connection, { file_id }));
  ledger.keep('sheets job', [first.id]);
  const { regions = [] } = await lastValueFrom(watchSheetsJob(connection, first.id, watching));
  const region = regions.find(({ region_type }) => region_type === 'table')?.region_id ?? '';

  return {
    steps: {
      async createSheetsJob() {
        const creation = createSheetsJob(connection, { file_id });
        const { id } = await ledger.makeUnmarked('sheets job', creation, (job) => job.id);
        jobs.put(id);
        return true;
      },
      getSheetsJob: () =>
        jobs.lend(async (id) => {
          const job = await lastValueFrom(getSheetsJob(connection, id));
          demand(job.id === id, `job ${id} has become ${job.id}`);
        }),
      async listSheetsJobs() {
        const found = listSheetsJobs(connection, { page_size: 3 }).pipe(
          filter(({ id }) => id === first.id),
          toArray(),
        );
        const { length } = await lastValueFrom(found);
        demand(length === 1, `the first job was listed ${length} times`);
        return true;
      },
      async getSheetsRegionResult() {
        const link = getSheetsRegionResult(connection, first.id, region, 'table');
        const pieces = downloadPresignedUrl(connection, await lastValueFrom(link)).pipe(toArray());
        const content = Buffer.concat(await lastValueFrom(pieces)).toString('latin1');
        // A Parquet file begins and ends with these letters.
        demand(/^PAR1.*PAR1$/s.test(content), 'the table came incomplete');
        return true;
      },
      deleteSheetsJob: () =>
        jobs.spend(async (id) => {
          // One that has not ended would be cancelled only.
          await lastValueFrom(watchSheetsJob(connection, id, watching));
          await ledger.remove('sheets job', [id], deleteSheetsJob(connection, id));
        }),
    },
    workflows: {
      watchSheetsJob: () =>
        jobs.lend(async (id) => {
          const { status } = await lastValueFrom(watchSheetsJob(connection, id, watching));
          demand(status === 'SUCCESS', `sheets job ${id} ended with ${status}`);
        }),
    },
    remains: async (rested) => ({
      'sheets job': await lastValueFrom(
        listSheetsJobs(rested).pipe(
          map(({ id }) => id),
          toArray(),
        ),
      ),
    }),
  };
}
