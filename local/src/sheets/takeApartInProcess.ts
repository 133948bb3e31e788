import { fork } from 'node:child_process';
import { once } from 'node:events';
import { DocumentError } from '../documents/documentError.ts';
import type { SheetsAnswer } from './sheetsProcess.ts';
import type { SheetsOutcome, SheetsTask } from './takeApart.ts';

/** Time that one spreadsheet may take, in milliseconds. */
const limit = 600_000;

/**
 * Flags of the process that does the work. Its objects may take 2,048 MiB, room for some four
 * million cells; and it may say when garbage is to be collected.
 */
export const sheetsProcessFlags: readonly string[] = ['--max-old-space-size=2048', '--expose-gc'];

/**
 * Takes a spreadsheet apart in a process of its own, which keeps this one free to answer and safe
 * from files that bring their reader down.
 *
 * Rejects with `DocumentError` as `takeApart` does, and for a file that needs too much time or
 * memory; with the reason of `signal` once that is aborted. The process is gone by then.
 */
export async function takeApartInProcess(
  task: SheetsTask,
  signal: AbortSignal,
): Promise<SheetsOutcome> {
  signal.throwIfAborted();
  const timeout = AbortSignal.timeout(limit);
  const settled = new AbortController();
  const child = fork(new URL('sheetsProcess.ts', import.meta.url), {
    // It needs no secrets of its parent, and no flags meant for it.
    env: {},
    execArgv: [...sheetsProcessFlags],
    serialization: 'advanced',
    // What the engine prints when memory runs out tells users nothing.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit');
  try {
    const options = { signal: AbortSignal.any([signal, timeout, settled.signal]) };
    const answered = once(child, 'message', options);
    child.send(task);
    const answer = await Promise.race([
      // The process sends nothing else.
      answered.then(([message]) => message as SheetsAnswer),
      exited.then(() => {
        throw new DocumentError(
          `${task.name} brought its reader down: it may be damaged, or too large for the memory.`,
        );
      }),
    ]);
    if ('outcome' in answer) {
      return answer.outcome;
    }
    throw answer.isExpected ? new DocumentError(answer.failure) : new Error(answer.failure);
  } catch (cause) {
    signal.throwIfAborted();
    throw timeout.aborted
      ? new DocumentError(`${task.name} was not taken apart within ${limit / 1_000} s.`, { cause })
      : cause;
  } finally {
    settled.abort();
    child.kill('SIGKILL');
    await exited.catch(() => undefined);
  }
}
