/** The program of a parser process. */

import { answerTasks } from '../processes/answerTasks.ts';
import type { DocumentTask } from '../processes/taskProcess.ts';
import { parseDocument } from './parseDocument.ts';

/** A document to be parsed. */
export interface ParseTask extends DocumentTask {
  readonly path: string;
}

answerTasks(({ path, name }: ParseTask) => parseDocument(path, name));
