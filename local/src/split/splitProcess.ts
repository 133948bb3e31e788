/** The program of a process that splits one document: it is sent a task, answers, and ends. */

import type { SplitCategory, SplitSegment } from '../../../src/types/split.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { DocumentError } from '../documents/documentError.ts';
import { ModelError } from './askModel.ts';
import { labelPages } from './labelPages.ts';
import { readPages } from './readPages.ts';
import { type AllowUncategorized, splitPages } from './splitPages.ts';

/** What to split, and how. */
export interface SplitTask {
  readonly path: string;
  /** What the document's owner calls it. */
  readonly name: string;
  readonly categories: readonly SplitCategory[];
  readonly allowUncategorized: AllowUncategorized;
  /** Says what the pages are, where one is set up. */
  readonly model: LlmConfig | undefined;
}

/** What comes back; `isExpected` tells a document or model that fails from a fault of ours. */
export type SplitAnswer =
  | { readonly segments: readonly SplitSegment[] }
  | { readonly failure: string; readonly isExpected: boolean };

async function split(task: SplitTask): Promise<SplitAnswer> {
  const { path, name, categories, allowUncategorized, model } = task;
  try {
    const pages = await readPages(path, name);
    const labels =
      model && (await labelPages(pages, categories, model, new AbortController().signal));
    return { segments: splitPages(pages, categories, allowUncategorized, labels) };
  } catch (cause) {
    if (cause instanceof DocumentError || cause instanceof ModelError) {
      return { failure: cause.message, isExpected: true };
    }
    const stack = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    return { failure: stack, isExpected: false };
  }
}

process.once('message', (task: SplitTask) => {
  // The server that asked may die first; then there is nobody to answer.
  process.once('disconnect', () => process.exit());
  void split(task).then((answer) => {
    process.send?.(answer, () => process.disconnect());
  });
});
