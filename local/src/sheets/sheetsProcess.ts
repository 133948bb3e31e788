/** The program of a process that takes a spreadsheet apart. */

import { answerTasks } from '../processes/answerTasks.ts';
import { syncFolder } from './syncFolder.ts';
import { type SheetsTask, takeApart } from './takeApart.ts';

answerTasks(async (task: SheetsTask) => {
  const outcome = await takeApart(task);
  await syncFolder(task.folder);
  return outcome;
});
