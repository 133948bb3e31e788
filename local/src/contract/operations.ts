import { agentData } from './agentData.ts';
import { attachments } from './attachments.ts';
import { batchItems } from './batchItems.ts';
import { batchJobs } from './batchJobs.ts';
import { chat } from './chat.ts';
import { directories } from './directories.ts';
import { directoryFiles } from './directoryFiles.ts';
import { files } from './files.ts';
import { indexes } from './indexes.ts';
import type { Operations } from './operation.ts';
import { retrieval } from './retrieval.ts';
import { sheets } from './sheets.ts';
import { split } from './split.ts';

/** All operations of the API, by resource. */
export const operations: Readonly<Record<string, Operations>> = {
  Indexes: indexes,
  Retrieval: retrieval,
  Chat: chat,
  'Agent data': agentData,
  Sheets: sheets,
  Directories: directories,
  'Directory files': directoryFiles,
  'Batch jobs': batchJobs,
  'Batch items': batchItems,
  Split: split,
  Attachments: attachments,
  Files: files,
};
