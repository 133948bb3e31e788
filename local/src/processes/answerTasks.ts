import { DocumentError } from '../documents/documentError.ts';
import { type StorageCodes, storageCodes } from '../work/storageOutage.ts';

/** What a process sends back; `isExpected` tells a document that fails from a fault of ours. */
export type TaskAnswer<Result> =
  | { readonly result: Result }
  | { readonly failure: string; readonly isExpected: true }
  | { readonly failure: string; readonly isExpected: false; readonly codes: StorageCodes };

/**
 * Makes this process one that does `work` for each task it is sent, one at a time, and answers
 * with the result or with why there is none.
 *
 * A `DocumentError` and whatever else `isExpected` recognises goes back as its message, any other
 * failure with its stack. The process ends, without a word, with the one that started it.
 */
export function answerTasks(
  work: (task: never) => Promise<unknown>,
  isExpected: (cause: unknown) => boolean = () => false,
): void {
  process.once('disconnect', () => process.exit());
  // What it writes is the user's alone.
  process.umask(0o077);
  process.on('message', (task) => {
    // Only the program's own module starts it, and sends what it takes.
    void work(task as never)
      .then((result): TaskAnswer<unknown> => ({ result }))
      .catch((cause: unknown): TaskAnswer<unknown> => {
        if (cause instanceof DocumentError || isExpected(cause)) {
          return { failure: messageOf(cause), isExpected: true };
        }
        return { failure: stackOf(cause), isExpected: false, codes: storageCodes(cause) };
      })
      // The one that asked may be gone by now, which is no error worth a trace.
      .then((answer) => process.send?.(answer, () => undefined));
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function stackOf(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
