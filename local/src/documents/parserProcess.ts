/** The program of a parser process. */

import { answerTasks } from '../processes/answerTasks.ts';
import type { DocumentTask } from '../processes/taskProcess.ts';
import { parseDocument } from './parseDocument.ts';
import type { Reading } from './reading.ts';

/** A document to be parsed, or of which pages are to be drawn. */
export interface ParserTask extends DocumentTask {
  readonly path: string;
  /** Pages to draw, 1-based; left out, the document is parsed. */
  readonly draw?: readonly number[];
  readonly reading?: Reading;
}

answerTasks(async ({ path, name, draw, reading }: ParserTask) => {
  if (draw === undefined) {
    return parseDocument(path, name, reading);
  }
  const { drawPages } = await import('./drawPages.ts');
  return drawPages(path, name, draw);
});
