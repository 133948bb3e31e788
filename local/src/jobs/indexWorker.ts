/** The thread that writes search data: it works off one {@link IndexTask} after the other. */

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { FileMetadata } from '../../../src/types/directoryFiles.ts';
import { chunkDocument } from '../retrieval/chunkDocument.ts';
import { deleteIndexData, putFile, removeFile } from '../retrieval/searchIndex.ts';
import { trainIndex } from '../retrieval/trainIndex.ts';
import { openSearchDatabase } from '../store/openSearchDatabase.ts';
import type { DocumentSource } from '../store/parsedDocuments.ts';
import { loadParsedDocument } from '../store/parsedDocuments.ts';
import { type StorageCodes, storageCodes } from '../work/storageOutage.ts';

/** The files that the thread opens. */
export interface IndexWorkerData {
  readonly cloudFile: string;
  readonly searchFile: string;
}

/** A change to an index. A file that is put in has been parsed and kept before. */
export type IndexTask =
  | {
      readonly type: 'put';
      readonly indexId: string;
      readonly file: {
        readonly id: string;
        readonly name: string;
        readonly content_hash: string;
        readonly metadata: FileMetadata;
      };
      readonly source: DocumentSource;
    }
  | { readonly type: 'remove'; readonly indexId: string; readonly fileId: string }
  | { readonly type: 'train' | 'delete'; readonly indexId: string };

/** A task under its number. */
export interface IndexRequest {
  readonly number: number;
  readonly task: IndexTask;
}

/** Says that the task of this number is done, or why it is not. */
export interface IndexReply {
  readonly number: number;
  readonly failure?: string;
  /** Of the failure. */
  readonly codes?: StorageCodes;
}

const { cloudFile, searchFile } = workerData as IndexWorkerData;
const cloud = new DatabaseSync(cloudFile, { readOnly: true, timeout: 5_000 });
const documents = { sql: cloud.createTagStore() };
const search = openSearchDatabase(searchFile);

function perform(task: IndexTask): void {
  switch (task.type) {
    case 'put': {
      const { pages, hasScreenshots } = loadParsedDocument(documents, task.source);
      putFile(search, task.indexId, { ...task.file, ...chunkDocument(pages), hasScreenshots });
      return;
    }
    case 'remove':
      removeFile(search, task.indexId, task.fileId);
      return;
    case 'train':
      trainIndex(search, task.indexId);
      return;
    case 'delete':
      deleteIndexData(search, task.indexId);
  }
}

parentPort?.on('message', ({ number, task }: IndexRequest) => {
  let reply: IndexReply = { number };
  try {
    perform(task);
  } catch (cause) {
    const failure = cause instanceof Error ? (cause.stack ?? '') : String(cause);
    reply = { number, failure, codes: storageCodes(cause) };
  }
  parentPort?.postMessage(reply);
});
