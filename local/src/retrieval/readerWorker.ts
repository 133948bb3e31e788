/** A thread that answers questions: it reads search data, on a connection of its own. */

import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { RetrievedChunk } from '../../../src/types/retrieval.ts';
import { loadVectorExtension } from './loadVectorExtension.ts';
import { retrieve, type RetrieveParams } from './retrieve.ts';
import { adoptMatrix, type VectorMatrix } from './vectorMatrix.ts';

/** What the thread is sent: a question, or vectors that another thread has read. */
export type ReaderTask =
  { readonly indexId: string; readonly params: RetrieveParams } | { readonly matrix: VectorMatrix };

/** What it sends back: vectors that it has read, and for each question what it found or why not. */
export type ReaderReply =
  | { readonly matrix: VectorMatrix }
  | { readonly found: RetrievedChunk[] }
  | { readonly failure: ReaderFailure };

/** An error on its way between threads, with what SQLite says of it. */
export interface ReaderFailure {
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly errcode: unknown;
}

const db = new DatabaseSync(workerData as string, {
  readOnly: true,
  allowExtension: true,
  timeout: 5_000,
});
loadVectorExtension(db);

parentPort?.on('message', (task: ReaderTask) => {
  if ('matrix' in task) {
    adoptMatrix(db, task.matrix);
    return;
  }
  try {
    reply({ found: ask(task.indexId, task.params) });
  } catch (cause) {
    reply({ failure: failureOf(cause) });
  }
});

/** All of an answer is of one state of the data, whatever is written meanwhile. */
function ask(indexId: string, params: RetrieveParams): RetrievedChunk[] {
  db.exec('BEGIN');
  try {
    return retrieve(db, indexId, params, (matrix) => reply({ matrix }));
  } finally {
    db.exec('ROLLBACK');
  }
}

function failureOf(cause: unknown): ReaderFailure {
  const error: Error & { code?: unknown; errcode?: unknown } =
    cause instanceof Error ? cause : new Error(String(cause));
  const { message, stack, code, errcode } = error;
  return { message, stack, code, errcode };
}

function reply(message: ReaderReply): void {
  parentPort?.postMessage(message);
}
