import type { SplitSegment } from '../../../src/types/split.ts';
import { runInProcess } from '../processes/runInProcess.ts';
import type { SplitTask } from './splitProcess.ts';
import { programFile } from '../processes/programFile.ts';

const program = programFile('splitProcess', import.meta.url);

/** Time that one document may take, in milliseconds: alone, and with a model that reads its pages. */
const limits = { alone: 300_000, withModel: 1_800_000 };

/**
 * Splits a document in a process of its own.
 *
 * Rejects with `DocumentError` for a document that cannot be split or a model that could not help,
 * and with the reason of `signal`; the process is gone by then.
 */
export function splitInProcess(
  task: SplitTask,
  signal: AbortSignal,
): Promise<readonly SplitSegment[]> {
  const limitMs = task.model === undefined ? limits.alone : limits.withModel;
  return runInProcess({ program, limitMs }, task, signal);
}
