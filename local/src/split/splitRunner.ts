import { availableParallelism } from 'node:os';
import type { LlmConfig } from '../agent/llmConfig.ts';
import type { CloudContext } from '../cloudContext.ts';
import { findFile } from '../store/files.ts';
import {
  finishSplitJob,
  requeueSplitJobs,
  type SplitOutcome,
  type TakenSplitJob,
  takeSplitJob,
} from '../store/splitJobs.ts';
import { SplitError, splitInProcess } from './splitInProcess.ts';

/** Works off split jobs. */
export interface SplitRunner {
  /** Looks for work; to be called whenever a job was created. */
  wake(): void;
}

/**
 * Creates the runner, which takes up what an earlier process left. The queue is the database: a
 * job is finished in one write, so that a process which is killed loses none and does none twice.
 *
 * With a `model`, that says which category each page belongs to.
 */
export function createSplitRunner(
  context: Pick<CloudContext, 'database' | 'blobs' | 'closing' | 'background'>,
  model: LlmConfig | undefined,
): SplitRunner {
  const { database, blobs, closing, background } = context;
  const atOnce = Math.min(2, availableParallelism());
  let underWay = 0;

  const wake = (): void => {
    while (underWay < atOnce && !closing.aborted) {
      const job = takeSplitJob(database);
      if (job === undefined) {
        return;
      }
      underWay += 1;
      background(run(job));
    }
  };

  const run = async (job: TakenSplitJob): Promise<void> => {
    try {
      const outcome = await split(job);
      if (!closing.aborted) {
        finishSplitJob(database, job.id, outcome);
      }
    } finally {
      underWay -= 1;
      wake();
    }
  };

  const split = async (job: TakenSplitJob): Promise<SplitOutcome> => {
    try {
      const file = findFile(database, job.file_id);
      if (file === undefined) {
        throw new SplitError(`File ${job.file_id} is not stored any more`);
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
      return { status: 'failed', error: messageOf(cause, job.id, closing) };
    }
  };

  requeueSplitJobs(database);
  wake();
  return { wake };
}

/** The sentence of an expected failure; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown, jobId: string, closing: AbortSignal): string {
  if (cause instanceof SplitError) {
    return cause.message;
  }
  if (!closing.aborted) {
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    process.stderr.write(`Split job ${jobId} failed unexpectedly: ${stack}\n`);
  }
  return `Something went wrong on our end; see split job ${jobId} in the server's log`;
}
