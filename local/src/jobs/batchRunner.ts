import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import type { BatchParseJob } from '../../../src/types/batchJobs.ts';
import type { ClassifyJob } from '../../../src/types/classify.ts';
import type { ParseParameters } from '../../../src/types/parseParameters.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { DocumentError } from '../documents/documentError.ts';
import type { ItemOutcome, TakenItem } from '../store/batchItems.ts';
import {
  cancelBatchItems,
  finishBatchItem,
  requeueBatchItems,
  takeBatchItem,
} from '../store/batchItems.ts';
import { ModelError } from '../split/askModel.ts';
import type { Blobs } from '../store/blobs.ts';
import { insertFile } from '../store/files.ts';
import type { Database } from '../store/openDatabase.ts';
import { wasProcessed } from '../store/processingResults.ts';
import type { WebhookSender } from '../webhooks/webhookSender.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { storageOutage } from '../work/storageOutage.ts';
import { createWorkQueue } from '../work/workQueue.ts';
import { classifyItem } from './classifyItem.ts';
import type { DocumentReader } from './documentReader.ts';
import { composeText, readingOf, unhonouredParameters } from './parseSettings.ts';

/** Works off batch jobs, several files at a time. */
export interface BatchRunner {
  /** Looks for work; to be called whenever a job was created. */
  wake(): void;
  /** Cancels a job: what waits is cancelled at once, what is under way is stopped. */
  cancel(jobId: string): void;
}

/** What {@link createBatchRunner} works with. */
export interface BatchRunnerConfig {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly reader: DocumentReader;
  /** Delivers what the webhooks of jobs are to be told. */
  readonly webhooks: WebhookSender;
  /** Classifies documents, where one is set up. */
  readonly model: LlmConfig | undefined;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes. Items under way then are taken up by the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Creates the runner. The queue is the database: each item is taken and finished in one
 * transaction each, so that a process which is killed loses no file and does none twice.
 */
export function createBatchRunner(config: BatchRunnerConfig): BatchRunner {
  const { database, blobs, reader, webhooks, model, closing } = config;
  const underWay = new Map<TakenItem, AbortController>();

  requeueBatchItems(database);

  const queue = createWorkQueue<TakenItem, ItemOutcome>({
    ...config,
    atOnce: Math.min(4, availableParallelism()),
    take() {
      const item = takeBatchItem(database);
      if (item !== undefined) {
        underWay.set(item, new AbortController());
      }
      return item;
    },
    work: (item) => work(item, underWay.get(item)?.signal ?? AbortSignal.abort()),
    finish(item, outcome) {
      finishBatchItem(database, item, outcome);
      webhooks.wake();
    },
    letGo: (item) => underWay.delete(item),
  });

  const work = async (item: TakenItem, cancelled: AbortSignal): Promise<ItemOutcome> => {
    const job = item.config;
    const parameters = 'rules' in job ? {} : (job.parameters ?? {});
    const again = parameters.do_not_cache === true || parameters.invalidate_cache === true;
    if (!again && wasProcessed(database, item)) {
      return { status: 'skipped', reason: 'already_processed' };
    }
    const timeout = timeoutOf(parameters);
    const signal = AbortSignal.any([closing, cancelled, timeout]);
    try {
      return 'rules' in job
        ? await classify(item, job, signal)
        : await parse(item, job, signal, again);
    } catch (cause) {
      if (cancelled.aborted || closing.aborted) {
        return { status: 'cancelled' };
      }
      if (storageOutage(cause) !== undefined) {
        throw cause;
      }
      return { status: 'failed', error: timeout.aborted ? timeoutMessage : messageOf(cause, item) };
    }
  };

  const parse = async (
    item: TakenItem,
    job: BatchParseJob,
    signal: AbortSignal,
    again: boolean,
  ): Promise<ItemOutcome> => {
    const parameters = job.parameters ?? {};
    const source = { ...item, reading: readingOf(parameters) };
    const document = await reader.read(source, signal, again);
    const { text, pages } = composeText(document.pages, parameters);
    const warnings = [
      ...document.warnings,
      ...unhonouredParameters(parameters).map(
        (name) => `The parameter ${name} has no effect in the embedded cloud.`,
      ),
    ];
    return {
      status: 'completed',
      outputFileId: await keep(item, `${item.itemName}.md`, text),
      outputMetadata: {
        pages,
        characters: text.length,
        warnings,
        ...(parameters.custom_metadata ? { custom_metadata: parameters.custom_metadata } : {}),
      },
    };
  };

  const classify = async (
    item: TakenItem,
    job: ClassifyJob,
    signal: AbortSignal,
  ): Promise<ItemOutcome> => {
    const document = await reader.read(item, signal);
    const { warnings, ...found } = await classifyItem(document, job, model, signal);
    const name = `${item.itemName}.classification.json`;
    return {
      status: 'completed',
      outputFileId: await keep(item, name, JSON.stringify(found)),
      outputMetadata: { ...found, warnings },
    };
  };

  /** Stores an output as a file of the item's project, and resolves to its id. */
  const keep = async (item: TakenItem, name: string, text: string): Promise<string> => {
    const blob = await blobs.write(Readable.from([Buffer.from(text)]));
    const file = { ...blob, project_id: item.project, name, external_file_id: null };
    return insertFile(database, file).id;
  };

  return {
    wake() {
      queue.wake();
      webhooks.wake();
    },
    cancel(jobId) {
      cancelBatchItems(database, jobId);
      webhooks.wake();
      for (const [item, controller] of underWay) {
        if (item.jobId === jobId) {
          controller.abort();
        }
      }
    },
  };
}

const timeoutMessage = 'Parsing took longer than job_timeout_in_seconds allows.';

/** A signal for `job_timeout_in_seconds`; without that, one that is never aborted. */
function timeoutOf({ job_timeout_in_seconds: seconds }: ParseParameters): AbortSignal {
  return typeof seconds === 'number' && seconds > 0
    ? AbortSignal.timeout(Math.min(seconds * 1_000, 2 ** 31 - 1))
    : new AbortController().signal;
}

/** The sentence of a document's or a model's error; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown, { jobId, itemName }: TakenItem): string {
  if (cause instanceof DocumentError || cause instanceof ModelError) {
    return cause.message;
  }
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`Batch job ${jobId} failed unexpectedly at ${itemName}: ${stack}\n`);
  return `Something went wrong on our end; see batch job ${jobId} in the server's log`;
}
