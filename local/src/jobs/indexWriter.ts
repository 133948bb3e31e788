import { Worker } from 'node:worker_threads';
import type { IndexReply, IndexRequest, IndexTask, IndexWorkerData } from './indexWorker.ts';
import { programFile } from '../processes/programFile.ts';

/** Hands changes of indexes to a thread of their own, which keeps the server free to answer. */
export interface IndexWriter {
  /** Resolves once the change is written. Changes are carried out in the order they were given. */
  run(task: IndexTask): Promise<void>;
  /** Stops the thread. What it has not finished is rejected and leaves nothing half done. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (cause: Error) => void;
}

/** Creates a writer. Its thread starts with the first change, and again after it has died. */
export function createIndexWriter(files: IndexWorkerData): IndexWriter {
  const waiting = new Map<number, Waiting>();
  let thread: Worker | undefined;
  let last = 0;

  const giveUp = (cause: Error): void => {
    thread = undefined;
    for (const { reject } of waiting.values()) {
      reject(cause);
    }
    waiting.clear();
  };

  const start = (): Worker => {
    const worker = new Worker(programFile('indexWorker', import.meta.url), {
      workerData: files,
      execArgv: [],
    });
    worker.on('message', ({ number, failure, codes }: IndexReply) => {
      const task = waiting.get(number);
      waiting.delete(number);
      if (failure === undefined) {
        task?.resolve();
      } else {
        task?.reject(Object.assign(new Error(`The index thread failed: ${failure}`), codes));
      }
    });
    worker.on('error', (cause) =>
      giveUp(cause instanceof Error ? cause : new Error(String(cause))),
    );
    worker.on('exit', () => giveUp(new Error('The index thread has ended')));
    return worker;
  };

  return {
    run(task) {
      thread ??= start();
      const request: IndexRequest = { number: (last += 1), task };
      thread.postMessage(request);
      return new Promise((resolve, reject) => {
        waiting.set(request.number, { resolve, reject });
      });
    },
    async close() {
      await thread?.terminate();
    },
  };
}
