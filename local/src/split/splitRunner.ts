import { availableParallelism } from 'node:os';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { DocumentError } from '../documents/documentError.ts';
import type { Blobs } from '../store/blobs.ts';
import { findFile } from '../store/files.ts';
import type { Database } from '../store/openDatabase.ts';
import {
  finishSplitJob,
  requeueSplitJobs,
  type SplitOutcome,
  type TakenSplitJob,
  takeSplitJob,
} from '../store/splitJobs.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { storageOutage } from '../work/storageOutage.ts';
import { createWorkQueue } from '../work/workQueue.ts';
import { splitInProcess } from './splitInProcess.ts';

/** Works off split jobs. */
export interface SplitRunner {
  /** Looks for work; to be called whenever a job was created. */
  wake(): void;
}

/** What {@link createSplitRunner} works with. */
export interface SplitRunnerConfig {
  readonly database: Database;
  readonly blobs: Blobs;
  /** Says which category each page belongs to, where one is set up. */
  readonly model: LlmConfig | undefined;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes. Jobs under way then are taken up by the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Creates the runner. The queue is the database: a job is taken and finished in one write each, so
 * that a process which is killed loses none and does none twice.
 */
export function createSplitRunner(config: SplitRunnerConfig): SplitRunner {
  const { database, blobs, model, closing } = config;

  requeueSplitJobs(database);

  const split = async (job: TakenSplitJob): Promise<SplitOutcome> => {
    try {
      const file = findFile(database, job.file_id);
      if (file === undefined) {
        throw new DocumentError(`File ${job.file_id} is not stored any more`);
      }
      const segments = await splitInProcess(
        {
          path: blobs.path(file.sha256),
          name: file.name,
          categories: job.categories,
          allowUncategorized: job.allow_uncategorized,
          model,
        },
        closing,
      );
      return { status: 'completed', segments };
    } catch (cause) {
      if (storageOutage(cause) !== undefined) {
        throw cause;
      }
      return { status: 'failed', error: messageOf(cause, job.id, closing) };
    }
  };

  return createWorkQueue<TakenSplitJob, SplitOutcome>({
    ...config,
    atOnce: Math.min(2, availableParallelism()),
    take: () => takeSplitJob(database),
    work: split,
    finish: ({ id }, outcome) => finishSplitJob(database, id, outcome),
  });
}

/** The sentence of an expected failure; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown, jobId: string, closing: AbortSignal): string {
  if (cause instanceof DocumentError) {
    return cause.message;
  }
  if (!closing.aborted) {
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    process.stderr.write(`Split job ${jobId} failed unexpectedly: ${stack}\n`);
  }
  return `Something went wrong on our end; see split job ${jobId} in the server's log`;
}
