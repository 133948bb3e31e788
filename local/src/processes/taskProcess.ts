import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { DocumentError } from '../documents/documentError.ts';
import type { TaskAnswer } from './answerTasks.ts';
import { watchMemory } from './watchMemory.ts';

/** Work on a document, for a process of its own. */
export interface DocumentTask {
  /** What the document's owner calls it. */
  readonly name: string;
}

/** How much one task may take. */
export interface TaskBounds {
  /** Time, in milliseconds. */
  readonly limitMs: number;
  /** Resident memory of its process, in bytes. @defaultValue {@link largestReader} */
  readonly memory?: number | undefined;
}

/** Resident memory that a process which reads documents may take, in bytes: 1.5 GiB. */
export const largestReader = 1.5 * 1024 ** 3;

/** Flags of a process that works on documents: its objects may take 2,048 MiB. */
export const taskProcessFlags: readonly string[] = ['--max-old-space-size=2048'];

/** Starts a program that answers tasks (see `answerTasks`). It ends with this process, if not before. */
export function startTaskProcess(
  program: URL,
  flags: readonly string[] = taskProcessFlags,
): ChildProcess {
  return fork(program, {
    // It needs no secrets of its parent, and no flags meant for it.
    env: {},
    execArgv: [...flags],
    serialization: 'advanced',
    // What the engine prints when memory runs out tells users nothing.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
}

/**
 * Sends a process its task and resolves to the result. A process has one task at a time.
 *
 * Rejects with `DocumentError` as the task does, and when it takes more time or memory than
 * `bounds` allow or brings the process down; with the reason of `signal` once that is aborted. Unless it was the task
 * that failed, the process is killed.
 */
export async function runTask<Result>(
  child: ChildProcess,
  task: DocumentTask,
  { limitMs, memory = largestReader }: TaskBounds,
  signal: AbortSignal,
): Promise<Result> {
  const timeout = AbortSignal.timeout(limitMs);
  const answered = new AbortController();
  let isTooLarge = false;
  const watched = watchMemory(child.pid ?? 0, memory, answered.signal).then((isExceeded) => {
    if (isExceeded) {
      isTooLarge = true;
      child.kill('SIGKILL');
    }
  });
  const answer = await ask<Result>(child, task, AbortSignal.any([signal, timeout]))
    .finally(() => {
      answered.abort();
      return watched;
    })
    .catch((cause: unknown) => {
      child.kill('SIGKILL');
      signal.throwIfAborted();
      throw new DocumentError(`${task.name} ${failure()}`, { cause });
    });
  function failure(): string {
    if (isTooLarge) {
      return `is too large for the memory: reading it took more than ${Math.round(memory / 1024 ** 2)} MiB. Split it up.`;
    }
    return timeout.aborted
      ? `was not done within ${limitMs / 1_000} s and has been given up: split it up.`
      : 'brought its reader down: it may be damaged, or too large for the memory.';
  }
  if ('result' in answer) {
    return answer.result;
  }
  throw answer.isExpected
    ? new DocumentError(answer.failure)
    : Object.assign(new Error(answer.failure), answer.codes);
}

/** Waits for the answer to a task. Rejects when the process ends or `signal` is aborted. */
async function ask<Result>(
  child: ChildProcess,
  task: DocumentTask,
  signal: AbortSignal,
): Promise<TaskAnswer<Result>> {
  const settled = new AbortController();
  const options = { signal: AbortSignal.any([signal, settled.signal]) };
  try {
    child.send(task);
    return await Promise.race([
      // The process sends nothing else.
      once(child, 'message', options).then(([answer]) => answer as TaskAnswer<Result>),
      once(child, 'exit', options).then(([code, killer]) => {
        throw new Error(`The process ended with ${String(code ?? killer)}.`);
      }),
    ]);
  } finally {
    settled.abort();
  }
}
