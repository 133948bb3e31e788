import { lastValueFrom, map, take, toArray } from 'rxjs';
import { listDirectoryFiles } from '../../src/sources/directoryFiles.ts';
import type * as operations from '../../src/sources/split.ts';
import { createSplitJob, getSplitJob, listSplitJobs } from '../../src/sources/split.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { type Library, watching } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** Jobs that split a document of the library. */
export async function splitPart(soak: Soak, library: Library): Promise<PartOf<typeof operations>> {
  const { connection, ledger } = soak;
  const documents = listDirectoryFiles(connection, library.directoryId).pipe(take(1));
  const { file_id } = await lastValueFrom(documents);
  const jobs = new Pool<string>();

  return {
    steps: {
      async createSplitJob() {
        const creation = createSplitJob(connection, {
          document_input: { type: 'file_id', value: file_id ?? '' },
          configuration: {
            categories: [
              { name: 'nature', description: 'Texts about animals and where they live' },
              { name: 'invoice', description: 'Bills with amounts, taxes and payment terms' },
            ],
          },
        });
        const { id } = await ledger.makeUnmarked('split job', creation, (job) => job.id);
        jobs.put(id);
        return true;
      },
      getSplitJob: () =>
        jobs.lend(async (id) => {
          const job = await lastValueFrom(getSplitJob(connection, id));
          demand(job.id === id, `job ${id} has become ${job.id}`);
        }),
      listSplitJobs: () =>
        jobs.lend(async (id) => {
          const found = listSplitJobs(connection, { job_ids: [id] }).pipe(toArray());
          const ids = (await lastValueFrom(found)).map((job) => job.id);
          demand(ids.join() === id, `asked for job ${id}, got ${ids.join()}`);
        }),
    },
    workflows: {
      watchMany: () =>
        jobs.spendMany(4, async (split) => {
          const changes = watchMany(connection, { split }, watching).pipe(toArray());
          const last = new Map((await lastValueFrom(changes)).map(({ id, job }) => [id, job]));
          for (const id of split) {
            const status = last.get(id)?.status;
            demand(status === 'completed', `split job ${id} ended with ${status}`);
          }
        }),
    },
    remains: async (rested) => ({
      'split job': await lastValueFrom(
        listSplitJobs(rested).pipe(
          map(({ id }) => id),
          toArray(),
        ),
      ),
    }),
  };
}
