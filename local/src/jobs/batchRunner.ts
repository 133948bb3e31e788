import { availableParallelism } from 'node:os';
import { Readable } from 'node:stream';
import type { ParseParameters } from '../../../src/types/parseParameters.ts';
import { DocumentError } from '../documents/documentError.ts';
import type { ItemOutcome, TakenItem } from '../store/batchItems.ts';
import {
  cancelBatchItems,
  finishBatchItem,
  requeueBatchItems,
  takeBatchItem,
} from '../store/batchItems.ts';
import type { Blobs } from '../store/blobs.ts';
import { insertFile } from '../store/files.ts';
import type { Database } from '../store/openDatabase.ts';
import { wasProcessed } from '../store/processingResults.ts';
import type { DocumentReader } from './documentReader.ts';
import { composeText, unhonouredParameters } from './parseSettings.ts';

/** Works off batch jobs, several files at a time. */
export interface BatchRunner {
  /** Looks for work; to be called whenever a job was created. */
  wake(): void;
  /** Cancels a job: what waits is cancelled at once, what is being parsed is stopped. */
  cancel(jobId: string): void;
}

/** What {@link createBatchRunner} works with. */
export interface BatchRunnerConfig {
  readonly database: Database;
  readonly blobs: Blobs;
  readonly reader: DocumentReader;
  /** Aborted when the cloud closes. Items under way then are taken up by the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/**
 * Creates the runner. The queue is the database: each item is taken and finished in one
 * transaction each, so that a process which is killed loses no file and does none twice.
 */
export function createBatchRunner(config: BatchRunnerConfig): BatchRunner {
  const { database, blobs, reader, closing, background } = config;
  const atOnce = Math.min(4, availableParallelism());
  const underWay = new Map<TakenItem, AbortController>();

  requeueBatchItems(database);

  const wake = (): void => {
    while (underWay.size < atOnce && !closing.aborted) {
      const item = takeBatchItem(database);
      if (item === undefined) {
        return;
      }
      const cancelled = new AbortController();
      underWay.set(item, cancelled);
      background(run(item, cancelled.signal));
    }
  };

  const run = async (item: TakenItem, cancelled: AbortSignal): Promise<void> => {
    try {
      const outcome = await work(item, cancelled);
      if (!closing.aborted) {
        finishBatchItem(database, item, outcome);
      }
    } finally {
      underWay.delete(item);
      wake();
    }
  };

  const work = async (item: TakenItem, cancelled: AbortSignal): Promise<ItemOutcome> => {
    const parameters = item.config.parameters ?? {};
    const again = parameters.do_not_cache === true || parameters.invalidate_cache === true;
    if (!again && wasProcessed(database, item)) {
      return { status: 'skipped', reason: 'already_processed' };
    }
    const timeout = timeoutOf(parameters);
    try {
      return await parse(item, AbortSignal.any([closing, cancelled, timeout]), again);
    } catch (cause) {
      if (cancelled.aborted || closing.aborted) {
        return { status: 'cancelled' };
      }
      return { status: 'failed', error: timeout.aborted ? timeoutMessage : messageOf(cause) };
    }
  };

  const parse = async (
    item: TakenItem,
    signal: AbortSignal,
    again: boolean,
  ): Promise<ItemOutcome> => {
    const parameters = item.config.parameters ?? {};
    const document = await reader.read(item, signal, again);
    const { text, pages } = composeText(document.pages, parameters);
    const blob = await blobs.write(Readable.from([Buffer.from(text)]));
    const { id } = insertFile(database, {
      ...blob,
      project_id: item.project,
      name: `${item.itemName}.md`,
      external_file_id: null,
    });
    const warnings = [
      ...document.warnings,
      ...unhonouredParameters(parameters).map(
        (name) => `The parameter ${name} has no effect in the embedded cloud.`,
      ),
      ...(isSet(item.config.webhook_url) ? ['No webhook is called by the embedded cloud.'] : []),
    ];
    return {
      status: 'completed',
      outputFileId: id,
      outputMetadata: {
        pages,
        characters: text.length,
        warnings,
        ...(parameters.custom_metadata ? { custom_metadata: parameters.custom_metadata } : {}),
      },
    };
  };

  return {
    wake,
    cancel(jobId) {
      cancelBatchItems(database, jobId);
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

/** The sentence of a document's error; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown): string {
  if (cause instanceof DocumentError) {
    return cause.message;
  }
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`Parsing failed unexpectedly: ${stack}\n`);
  return `Parsing failed unexpectedly: ${cause instanceof Error ? cause.message : String(cause)}`;
}

function isSet(text: string | null | undefined): boolean {
  return text !== null && text !== undefined && text !== '';
}
