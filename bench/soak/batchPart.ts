import { filter, lastValueFrom, map, toArray } from 'rxjs';
import { HttpError } from '../../src/errors.ts';
import type * as itemOperations from '../../src/sources/batchItems.ts';
import { getBatchItemResults, listBatchJobItems } from '../../src/sources/batchItems.ts';
import type * as jobOperations from '../../src/sources/batchJobs.ts';
import {
  cancelBatchJob,
  createBatchJob,
  getBatchJob,
  listBatchJobs,
  watchBatchJob,
} from '../../src/sources/batchJobs.ts';
import { batchItems } from '../../src/workflows/batchItems.ts';
import { type Library, watching } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

type Operations = typeof jobOperations & typeof itemOperations;

/** Batch jobs over the library. */
export function batchPart(soak: Soak, { directoryId, count }: Library): PartOf<Operations> {
  const { connection, ledger } = soak;
  const jobs = new Pool<string>();
  /** Jobs that have ended, with one of their files. */
  const ended = new Pool<{ readonly id: string; readonly itemId: string }>();
  const create = async (): Promise<string> => {
    const creation = createBatchJob(connection, { directory_id: directoryId, job_config: {} });
    const { id } = await ledger.makeUnmarked('batch job', creation, (job) => job.id);
    return id;
  };

  return {
    steps: {
      async createBatchJob() {
        jobs.put(await create());
        return true;
      },
      getBatchJob: () =>
        jobs.lend(async (id) => {
          const { job } = await lastValueFrom(getBatchJob(connection, id));
          demand(job.total_items === count, `job ${id} has ${job.total_items} files`);
        }),
      listBatchJobs: () =>
        jobs.lend(async (id) => {
          const found = listBatchJobs(connection, { directory_id: directoryId, limit: 200 }).pipe(
            filter((job) => job.id === id),
            toArray(),
          );
          const { length } = await lastValueFrom(found);
          demand(length >= 1, `job ${id} was not listed`);
        }),
      async cancelBatchJob() {
        const id = await create();
        try {
          await lastValueFrom(cancelBatchJob(connection, id));
        } catch (error) {
          // It has ended by now, or an attempt whose answer was lost has cancelled it.
          if (!(error instanceof HttpError && error.status === 409)) {
            throw error;
          }
        }
        const { job } = await lastValueFrom(watchBatchJob(connection, id, watching));
        demand(/^(cancelled|completed)$/.test(job.status), `job ${id} has ${job.status}`);
        return true;
      },
      listBatchJobItems: () =>
        jobs.lend(async (id) => {
          const found = listBatchJobItems(connection, id, { limit: 4 }).pipe(toArray());
          const ids = new Set((await lastValueFrom(found)).map(({ item_id }) => item_id));
          demand(ids.size === count, `${ids.size} of ${count} files of job ${id} were listed`);
        }),
      getBatchItemResults: () =>
        ended.spend(async ({ itemId }) => {
          const results = getBatchItemResults(connection, itemId, { job_type: 'parse' });
          const { processing_results = [] } = await lastValueFrom(results);
          demand(processing_results.length > 0, `file ${itemId} has no results`);
        }),
    },
    workflows: {
      batchItems: () =>
        jobs.spend(async (id) => {
          const items = await lastValueFrom(batchItems(connection, id, watching).pipe(toArray()));
          // Skipped is what another job has done already.
          const finished = items.filter(({ status }) => /^(completed|skipped)$/.test(status));
          const ids = new Set(finished.map(({ item_id }) => item_id));
          demand(ids.size === count, `${ids.size} of ${count} files of job ${id} were done`);
          ended.put({ id, itemId: items[0]?.item_id ?? '' });
        }),
    },
    remains: async (rested) => ({
      'batch job': await lastValueFrom(
        listBatchJobs(rested, { limit: 1_000 }).pipe(
          map(({ id }) => id),
          toArray(),
        ),
      ),
    }),
  };
}
