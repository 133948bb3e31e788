import { randomUUID } from 'node:crypto';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { SheetsConfig, SheetsResultType } from '../../../src/types/sheets.ts';
import { DocumentError } from '../documents/documentError.ts';
import type { Blobs } from '../store/blobs.ts';
import { findFile } from '../store/files.ts';
import type { Database } from '../store/openDatabase.ts';
import {
  deleteSheetsJob,
  finishSheetsJob,
  nextSheetsJob,
  type OpenSheetsJob,
  type SheetsResult,
  withoutSheetsResults,
} from '../store/sheetsJobs.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { storageOutage } from '../work/storageOutage.ts';
import { createWorkQueue } from '../work/workQueue.ts';
import { resultFile } from './resultFile.ts';
import { syncFolder } from './syncFolder.ts';
import { takeApartInProcess } from './takeApartInProcess.ts';

/** Works off sheets jobs and keeps their results. */
export interface SheetsRunner {
  /** Looks for work; to be called whenever a job was created. */
  wake(): void;
  /** Cancels a job that has not ended, and stops the work on it. */
  cancel(jobId: string): void;
  /** Removes a job that has ended, with its results. */
  remove(jobId: string): void;
  /** Where the result of a region lies. */
  resultPath(jobId: string, regionId: string, type: SheetsResultType): string;
}

/** What {@link createSheetsRunner} works with. */
export interface SheetsRunnerConfig {
  readonly database: Database;
  readonly blobs: Blobs;
  /** Where results are kept, a folder for each job. */
  readonly folder: string;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes. Jobs under way then are taken up by the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Creates the runner. The queue is the database: a job waits until its results are complete and
 * becomes one that has ended in one write, so that a process which is killed loses none and does
 * none twice.
 */
export function createSheetsRunner(config: SheetsRunnerConfig): SheetsRunner {
  const { database, blobs, folder, gate, closing, background } = config;
  const underWay = new Map<string, AbortController>();

  const queue = createWorkQueue<OpenSheetsJob, SheetsResult>({
    ...config,
    atOnce: Math.min(2, availableParallelism()),
    take() {
      const job = nextSheetsJob(database, underWay.keys());
      if (job !== undefined) {
        underWay.set(job.id, new AbortController());
      }
      return job;
    },
    work: (job) => work(job, AbortSignal.any([closing, stopOf(job)])),
    async finish({ id }, result) {
      if (!finishSheetsJob(database, id, result)) {
        // It was cancelled meanwhile.
        await removeFolder(join(folder, id));
      }
    },
    letGo: ({ id }) => underWay.delete(id),
  });
  const stopOf = ({ id }: OpenSheetsJob): AbortSignal =>
    underWay.get(id)?.signal ?? AbortSignal.abort();

  const work = async (
    { id, fileId, config }: OpenSheetsJob,
    stop: AbortSignal,
  ): Promise<SheetsResult> => {
    // A process that outlives a killed server may still write to the folder of its own attempt.
    const attempt = join(folder, `${id}.${randomUUID()}`);
    try {
      const file = findFile(database, fileId);
      if (file === undefined) {
        throw new DocumentError(`File ${fileId} is not stored any more.`);
      }
      await swept;
      await mkdir(attempt, { mode: 0o700 });
      const task = { path: blobs.path(file.sha256), name: file.name, config, folder: attempt };
      const { regions, worksheets, failures, notes } = await takeApartInProcess(task, stop);
      await keep(attempt, join(folder, id));
      return {
        status: failures.length === 0 ? 'SUCCESS' : 'PARTIAL_SUCCESS',
        regions,
        worksheets,
        errors: [...failures, ...notes, ...unhonoured(config)],
      };
    } catch (cause) {
      if (storageOutage(cause) !== undefined) {
        throw cause;
      }
      const errors = stop.aborted ? [] : messageOf(cause, id).split('\n');
      return { status: 'ERROR', regions: [], worksheets: [], errors };
    } finally {
      await removeFolder(attempt);
    }
  };

  /** Gives the results of an attempt their name, in place of those of an attempt that was cut off. */
  const keep = async (attempt: string, results: string): Promise<void> => {
    await removeFolder(results);
    await rename(attempt, results);
    await syncFolder(folder);
  };

  /** Removes what is left of attempts that were cut off and of jobs that were just being deleted. */
  const sweep = async (): Promise<void> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const stale = withoutSheetsResults(database, await readdir(folder));
    await Promise.all(stale.map((id) => removeFolder(join(folder, id))));
  };

  const swept = gate.run(sweep, closing);
  background(swept);
  return {
    wake: () => queue.wake(),
    cancel(jobId) {
      const outcome = { regions: [], worksheets: [], errors: [] };
      finishSheetsJob(database, jobId, { status: 'CANCELLED', ...outcome });
      underWay.get(jobId)?.abort();
    },
    remove(jobId) {
      deleteSheetsJob(database, jobId);
      background(removeFolder(join(folder, jobId)));
    },
    resultPath: (jobId, regionId, type) => join(folder, jobId, resultFile(regionId, type)),
  };
}

function removeFolder(path: string): Promise<void> {
  // Somebody may put a file into it meanwhile.
  return rm(path, { recursive: true, force: true, maxRetries: 5 });
}

/** One sentence for each setting that has no effect here. */
function unhonoured(config: SheetsConfig): string[] {
  const { specialization, use_experimental_processing } = config;
  return [
    ...(specialization == null || specialization === ''
      ? []
      : [
          `The specialization "${specialization}" was not applied: only the general method is here.`,
        ]),
    ...(use_experimental_processing === true
      ? ['Experimental processing was not applied: only the general method is here.']
      : []),
  ];
}

/** The sentences of an expected failure; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown, jobId: string): string {
  if (cause instanceof DocumentError) {
    return cause.message;
  }
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`Sheets job ${jobId} failed unexpectedly: ${stack}\n`);
  return `Something went wrong on our end; see sheets job ${jobId} in the server's log`;
}
