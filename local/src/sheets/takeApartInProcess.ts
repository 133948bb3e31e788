import { runInProcess } from '../processes/runInProcess.ts';
import { taskProcessFlags } from '../processes/taskProcess.ts';
import type { SheetsOutcome, SheetsTask } from './takeApart.ts';
import { programFile } from '../processes/programFile.ts';

const program = programFile('sheetsProcess', import.meta.url);

/** Time that one spreadsheet may take, in milliseconds. */
const limitMs = 600_000;

/**
 * Flags of the process that does the work. The usual memory has room for some four million cells;
 * and it may say when garbage is to be collected.
 */
export const sheetsProcessFlags: readonly string[] = [...taskProcessFlags, '--expose-gc'];

/**
 * Takes a spreadsheet apart in a process of its own.
 *
 * Rejects with `DocumentError` as `takeApart` does, and for a file that needs too much time or
 * memory; with the reason of `signal` once that is aborted. The process is gone by then.
 */
export function takeApartInProcess(task: SheetsTask, signal: AbortSignal): Promise<SheetsOutcome> {
  return runInProcess({ program, flags: sheetsProcessFlags, limitMs }, task, signal);
}
