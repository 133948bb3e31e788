/** The program of a process that takes one spreadsheet apart: it is sent a task, answers, and ends. */

import { DocumentError } from '../documents/documentError.ts';
import { syncFolder } from './syncFolder.ts';
import { type SheetsOutcome, type SheetsTask, takeApart } from './takeApart.ts';

/** What comes back; `isExpected` tells a spreadsheet that fails from a fault of ours. */
export type SheetsAnswer =
  { readonly outcome: SheetsOutcome } | { readonly failure: string; readonly isExpected: boolean };

async function answerTo(task: SheetsTask): Promise<SheetsAnswer> {
  try {
    const outcome = await takeApart(task);
    await syncFolder(task.folder);
    return { outcome };
  } catch (cause) {
    if (cause instanceof DocumentError) {
      return { failure: cause.message, isExpected: true };
    }
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { failure: stack, isExpected: false };
  }
}

process.once('message', (task: SheetsTask) => {
  // The server that asked may die first; then there is nobody to answer.
  process.once('disconnect', () => process.exit());
  void answerTo(task).then((answer) => {
    process.send?.(answer, () => process.disconnect());
  });
});
