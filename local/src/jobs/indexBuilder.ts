import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { DocumentError } from '../documents/documentError.ts';
import { listIndexedFiles } from '../retrieval/searchIndex.ts';
import { findDirectory } from '../store/directories.ts';
import type { SourceFile } from '../store/directoryFiles.ts';
import { selectSourceFiles } from '../store/directoryFiles.ts';
import type { DueIndex } from '../store/indexes.ts';
import {
  deletedIndexes,
  finishBuild,
  forgetIndex,
  markIndexChanged,
  nextDueIndex,
  noteProgress,
} from '../store/indexes.ts';
import type { Database } from '../store/openDatabase.ts';
import type { StorageGate } from '../work/storageGate.ts';
import { storageOutage } from '../work/storageOutage.ts';
import { createWorkQueue } from '../work/workQueue.ts';
import type { BuildProgress } from './buildProgress.ts';
import type { DocumentReader } from './documentReader.ts';
import type { IndexTask } from './indexWorker.ts';
import type { IndexWriter } from './indexWriter.ts';

/** Keeps indexes in step with their directories. */
export interface IndexBuilder {
  /** Looks for indexes to build or to clear away; to be called whenever one has become due. */
  wake(): void;
  /** Stops the build of this index, if it is the one under way. */
  stop(indexId: string): void;
}

/** What {@link createIndexBuilder} works with. */
export interface IndexBuilderConfig {
  readonly database: Database;
  readonly search: DatabaseSync;
  readonly reader: DocumentReader;
  readonly writer: IndexWriter;
  readonly gate: StorageGate;
  /** Aborted when the cloud closes. A build under way then goes on at the next start. */
  readonly closing: AbortSignal;
  readonly background: (work: Promise<unknown>) => void;
}

/** Files parsed ahead while the index thread is busy; the parser pool has its own limit. */
const filesAtOnce = 4;

/** Failed files that are listed by name. */
const mostErrors = 100;

/** Shortest time between two notes of progress, in milliseconds. */
const noteInterval = 100;

/**
 * Creates the builder. It builds one index at a time, and only what has changed: a file is
 * parsed once per content, put in again when its name or metadata change, and taken out when it
 * has left the directory. A build that was cut off finds out again what is left to do.
 */
export function createIndexBuilder(config: IndexBuilderConfig): IndexBuilder {
  const { database, search, reader, writer, closing } = config;
  let current: { readonly id: string; readonly stop: AbortController } | undefined;

  /** Resolves to `undefined` for a build that was stopped, of which nothing is to be written. */
  const build = async (due: DueIndex): Promise<BuildProgress | undefined> => {
    const stop = new AbortController();
    current = { id: due.id, stop };
    const signal = AbortSignal.any([closing, stop.signal]);
    try {
      return await sync(due, signal);
    } catch (cause) {
      if (signal.aborted) {
        return undefined;
      }
      if (storageOutage(cause) !== undefined) {
        throw cause;
      }
      return { status: 'failed', error: messageOf(cause, due.id) };
    } finally {
      current = undefined;
    }
  };

  const sync = async (due: DueIndex, signal: AbortSignal): Promise<BuildProgress> => {
    if (findDirectory(database, due.directoryId) === undefined) {
      throw new DocumentError(
        `Directory ${due.directoryId} was deleted; the index stays as it was`,
      );
    }
    const files = selectSourceFiles(database, due.directoryId);
    const indexed = listIndexedFiles(search, due.id);
    const hashes = new Map(indexed.map(({ id, content_hash }) => [id, content_hash]));
    const present = new Set(files.map(({ id }) => id));
    const gone = indexed.filter(({ id }) => !present.has(id));
    const changed = files.filter((file) => hashes.get(file.id) !== hashOf(file));

    const errors: { file_id: string; file_name: string; message: string }[] = [];
    let failed = 0;
    let updated = 0;
    let noted = 0;
    const progress = (status: BuildProgress['status']): BuildProgress => ({
      status,
      total_files: files.length,
      indexed_files: files.length - changed.length + updated,
      updated_files: updated,
      removed_files: gone.length,
      failed_files: failed,
      ...(errors.length > 0 ? { errors } : {}),
      ...(due.warnings.length > 0 ? { warnings: due.warnings } : {}),
    });

    let { isChanged } = due;
    const change = async (task: IndexTask): Promise<void> => {
      if (!isChanged) {
        isChanged = true;
        markIndexChanged(database, due.id);
      }
      await writer.run(task);
    };

    noteProgress(database, due.id, progress('syncing'));
    for (const { id } of gone) {
      await change({ type: 'remove', indexId: due.id, fileId: id });
    }
    await inParallel(filesAtOnce, changed, async (file) => {
      signal.throwIfAborted();
      try {
        await reader.prepare(file, signal);
        await change(putTask(due.id, file));
        updated += 1;
      } catch (cause) {
        signal.throwIfAborted();
        if (!(cause instanceof DocumentError)) {
          throw cause;
        }
        failed += 1;
        if (errors.length < mostErrors) {
          errors.push({ file_id: file.id, file_name: file.display_name, message: cause.message });
        }
        if (hashes.has(file.id)) {
          // What the index holds of an earlier state of the file is no longer true.
          await change({ type: 'remove', indexId: due.id, fileId: file.id });
        }
      }
      if (performance.now() - noted > noteInterval) {
        noted = performance.now();
        noteProgress(database, due.id, progress('syncing'));
      }
    });

    signal.throwIfAborted();
    if (isChanged) {
      noteProgress(database, due.id, progress('exporting'));
      await writer.run({ type: 'train', indexId: due.id });
    }
    return failed > 0 && failed === files.length
      ? { ...progress('failed'), error: `None of the ${failed} files could be parsed` }
      : progress('ready');
  };

  const queue = createWorkQueue<IndexWork, BuildProgress | undefined>({
    ...config,
    atOnce: 1,
    take() {
      const [deleted] = deletedIndexes(database);
      return deleted ?? nextDueIndex(database);
    },
    async work(due) {
      if (typeof due === 'string') {
        await writer.run({ type: 'delete', indexId: due });
        return undefined;
      }
      return build(due);
    },
    finish(due, progress) {
      if (typeof due === 'string') {
        forgetIndex(database, due);
      } else if (progress !== undefined) {
        finishBuild(database, due, progress);
      }
    },
  });

  return {
    wake: () => queue.wake(),
    stop(indexId) {
      if (current?.id === indexId) {
        current.stop.abort(new Error(`Index ${indexId} was deleted`));
      }
    },
  };
}

/** An index to build, or the id of one to clear away. */
type IndexWork = DueIndex | string;

/** The sentence of an expected failure; anything else is a fault of ours, with its stack on stderr. */
function messageOf(cause: unknown, indexId: string): string {
  if (cause instanceof DocumentError) {
    return cause.message;
  }
  const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
  process.stderr.write(`The build of index ${indexId} failed unexpectedly: ${stack}\n`);
  return `Something went wrong on our end; see index ${indexId} in the server's log`;
}

function putTask(indexId: string, file: SourceFile): IndexTask {
  return {
    type: 'put',
    indexId,
    file: {
      id: file.id,
      name: file.display_name,
      content_hash: hashOf(file),
      metadata: file.metadata,
    },
    source: { sha256: file.sha256, name: file.name },
  };
}

/** Changes whenever anything of the file that goes into an index does. */
function hashOf(file: SourceFile): string {
  const parts = [file.sha256, file.name, file.display_name, file.metadata];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** Runs `task` on every item, `limit` at a time; after a failure no further item is begun. */
async function inParallel<T>(
  limit: number,
  items: readonly T[],
  task: (item: T) => Promise<void>,
): Promise<void> {
  // All lanes draw from one iterator, so that each item is taken once.
  const rest = items.values();
  let failure: { readonly cause: unknown } | undefined;
  const lane = async (): Promise<void> => {
    for (const item of rest) {
      try {
        await task(item);
      } catch (cause) {
        failure ??= { cause };
      }
      if (failure !== undefined) {
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  if (failure !== undefined) {
    throw failure.cause;
  }
}
