import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RetrievedChunk } from '../../../src/types/retrieval.ts';
import { programFile } from '../processes/programFile.ts';
import type { ReaderReply, ReaderTask } from './readerWorker.ts';
import type { RetrieveParams } from './retrieve.ts';

/** Answers questions outside the thread that serves requests. */
export interface ReaderPool {
  /**
   * Finds passages as `retrieve` does, in all that was written before it was called. Questions wait their turn.
   *
   * Rejects with what the search failed with, and with an `AbortError` once the pool is closed.
   */
  retrieve(indexId: string, params: RetrieveParams): Promise<RetrievedChunk[]>;
  /** Ends all threads; questions under way and waiting reject. */
  close(): Promise<void>;
}

interface Question {
  readonly indexId: string;
  readonly params: RetrieveParams;
  readonly resolve: (found: RetrievedChunk[]) => void;
  readonly reject: (cause: Error) => void;
}

/**
 * Creates a pool over a file of search data. A thread starts when a question comes and all others are
 * busy, up to the number of cores and four at most; they stay, and none keeps the process alive while it has
 * nothing to do. Vectors that one has read into memory are shared by all.
 */
export function createReaderPool(
  searchFile: string,
  mostThreads: number = Math.min(4, availableParallelism()),
): ReaderPool {
  const waiting: Question[] = [];
  const threads = new Map<Worker, Question | undefined>();
  let isClosed = false;

  const next = (thread: Worker): void => {
    const question = waiting.shift();
    threads.set(thread, question);
    if (question === undefined) {
      thread.unref();
      return;
    }
    thread.ref();
    const { indexId, params } = question;
    thread.postMessage({ indexId, params } satisfies ReaderTask);
  };

  const finish = (thread: Worker, settle: (question: Question) => void): void => {
    const question = threads.get(thread);
    if (question !== undefined) {
      settle(question);
    }
  };

  const lose = (thread: Worker, cause: Error): void => {
    finish(thread, ({ reject }) => reject(cause));
    threads.delete(thread);
    if (threads.size === 0 && waiting.length > 0 && !isClosed) {
      start();
    }
  };

  const start = (): void => {
    const thread = new Worker(programFile('readerWorker', import.meta.url), {
      workerData: searchFile,
      execArgv: [],
    });
    thread.on('message', (reply: ReaderReply) => {
      if ('matrix' in reply) {
        for (const other of threads.keys()) {
          if (other !== thread) {
            other.postMessage(reply satisfies ReaderTask);
          }
        }
        return;
      }
      finish(thread, ({ resolve, reject }) => {
        if ('found' in reply) {
          resolve(reply.found);
        } else {
          reject(Object.assign(new Error(reply.failure.message), reply.failure));
        }
      });
      next(thread);
    });
    thread.on('error', (cause) =>
      lose(thread, cause instanceof Error ? cause : new Error(String(cause))),
    );
    thread.on('exit', () => lose(thread, new Error('A thread that answers questions has ended')));
    next(thread);
  };

  return {
    retrieve(indexId, params) {
      if (isClosed) {
        return Promise.reject(closedError());
      }
      return new Promise((resolve, reject) => {
        waiting.push({ indexId, params, resolve, reject });
        const idle = [...threads].find(([, question]) => question === undefined);
        if (idle !== undefined) {
          next(idle[0]);
        } else if (threads.size < mostThreads) {
          start();
        }
      });
    },
    async close() {
      isClosed = true;
      const running = [...threads];
      threads.clear();
      for (const { reject } of [
        ...running.flatMap(([, question]) => question ?? []),
        ...waiting.splice(0),
      ]) {
        reject(closedError());
      }
      await Promise.all(running.map(([thread]) => thread.terminate()));
    },
  };
}

function closedError(): Error {
  return new DOMException('The cloud is closed', 'AbortError');
}
