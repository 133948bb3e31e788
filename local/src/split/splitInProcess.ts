import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SplitSegment } from '../../../src/types/split.ts';
import type { SplitAnswer, SplitTask } from './splitProcess.ts';

/** A document that cannot be split, or a model that could not help; the message says why. */
export class SplitError extends Error {
  override readonly name = 'SplitError' as const;
}

/** Time that one document may take, in milliseconds: alone, and with a model that reads its pages. */
const limits = { alone: 300_000, withModel: 1_800_000 };

/**
 * Splits a document in a process of its own, which keeps this one free to answer and safe from
 * documents that bring their reader down.
 *
 * Rejects with {@link SplitError}, and with the reason of `signal`; the process is gone by then.
 */
export async function splitInProcess(
  task: SplitTask,
  signal: AbortSignal,
): Promise<readonly SplitSegment[]> {
  signal.throwIfAborted();
  const limit = task.model === undefined ? limits.alone : limits.withModel;
  const timeout = AbortSignal.timeout(limit);
  const settled = new AbortController();
  const child = fork(new URL('splitProcess.ts', import.meta.url), {
    // It needs no secrets of its parent, and no flags meant for it.
    env: {},
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  try {
    const options = { signal: AbortSignal.any([signal, timeout, settled.signal]) };
    const answered = once(child, 'message', options);
    child.send(task);
    const answer = await Promise.race([
      // The process sends nothing else.
      answered.then(([message]) => message as SplitAnswer),
      exited.then(() => {
        throw new SplitError(
          `${task.name} brought its reader down: it may be damaged, or too large for the memory.`,
        );
      }),
    ]);
    if ('segments' in answer) {
      return answer.segments;
    }
    throw answer.isExpected ? new SplitError(answer.failure) : new Error(answer.failure);
  } catch (cause) {
    signal.throwIfAborted();
    throw timeout.aborted
      ? new SplitError(`${task.name} was not split within ${limit / 1_000} s.`, { cause })
      : cause;
  } finally {
    settled.abort();
    child.kill('SIGKILL');
    await exited.catch(() => undefined);
  }
}
