/** The program of a process that takes one spreadsheet apart: it is sent a task, answers, and ends. */

import { open } from 'node:fs/promises';
import { DocumentError } from '../documents/documentError.ts';
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

/** Makes the names of the results safe on disk; their content is already. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') {
    // A folder cannot be opened there, and its entries need no flush.
    return;
  }
  await using handle = await open(folder);
  await handle.sync();
}

process.once('message', (task: SheetsTask) => {
  // The server that asked may die first; then there is nobody to answer.
  process.once('disconnect', () => process.exit());
  void answerTo(task).then((answer) => {
    process.send?.(answer, () => process.disconnect());
  });
});
