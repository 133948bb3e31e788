/** The program of a process that splits a document. */

import type { SplitCategory, SplitSegment } from '../../../src/types/split.ts';
import type { LlmConfig } from '../agent/llmConfig.ts';
import { answerTasks } from '../processes/answerTasks.ts';
import type { DocumentTask } from '../processes/taskProcess.ts';
import { ModelError } from './askModel.ts';
import { labelPages } from './labelPages.ts';
import { readPages } from './readPages.ts';
import { type AllowUncategorized, splitPages } from './splitPages.ts';

/** What to split, and how. */
export interface SplitTask extends DocumentTask {
  readonly path: string;
  readonly categories: readonly SplitCategory[];
  readonly allowUncategorized: AllowUncategorized;
  /** Says what the pages are, where one is set up. */
  readonly model: LlmConfig | undefined;
}

async function split(task: SplitTask): Promise<readonly SplitSegment[]> {
  const { path, name, categories, allowUncategorized, model } = task;
  const pages = await readPages(path, name);
  const labels =
    model && (await labelPages(pages, categories, model, new AbortController().signal));
  return splitPages(pages, categories, allowUncategorized, labels);
}

answerTasks(split, (cause) => cause instanceof ModelError);
