import { once } from 'node:events';
import { type DocumentTask, runTask, startTaskProcess, type TaskBounds } from './taskProcess.ts';

/** What {@link runInProcess} runs, and within which bounds. */
export interface ProcessConfig extends TaskBounds {
  /** A module that calls `answerTasks`. */
  readonly program: URL;
  /** @defaultValue `taskProcessFlags` */
  readonly flags?: readonly string[] | undefined;
}

/**
 * Runs one task in a process of its own, which keeps this one free to answer and safe from
 * documents that bring their reader down.
 *
 * Rejects as `runTask` does. The process is gone when it settles.
 */
export async function runInProcess<Result>(
  { program, flags, ...bounds }: ProcessConfig,
  task: DocumentTask,
  signal: AbortSignal,
): Promise<Result> {
  signal.throwIfAborted();
  const child = startTaskProcess(program, flags);
  const exited = once(child, 'exit');
  try {
    return await runTask<Result>(child, task, bounds, signal);
  } finally {
    child.kill('SIGKILL');
    await exited.catch(() => undefined);
  }
}
