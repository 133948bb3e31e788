import { agentDataSchema } from './agentData.ts';
import { batchItemsSchema } from './batchItems.ts';
import { batchJobsSchema } from './batchJobs.ts';
import { chatSessionsSchema } from './chatSessions.ts';
import { directoriesSchema } from './directories.ts';
import { directoryFilesSchema } from './directoryFiles.ts';
import { filesSchema } from './files.ts';
import { indexesSchema } from './indexes.ts';
import { pageScreenshotsSchema } from './pageScreenshots.ts';
import { parsedDocumentsSchema } from './parsedDocuments.ts';
import { processingResultsSchema } from './processingResults.ts';
import { settingsSchema } from './settings.ts';
import { sheetsJobsSchema } from './sheetsJobs.ts';
import { splitJobsSchema } from './splitJobs.ts';
import { webhookDeliveriesSchema } from './webhookDeliveries.ts';

/** Every table of `cloud.db`, in an order that suits their references. */
export const cloudSchema: string = [
  settingsSchema,
  directoriesSchema,
  filesSchema,
  directoryFilesSchema,
  parsedDocumentsSchema,
  pageScreenshotsSchema,
  batchJobsSchema,
  batchItemsSchema,
  processingResultsSchema,
  indexesSchema,
  chatSessionsSchema,
  sheetsJobsSchema,
  splitJobsSchema,
  agentDataSchema,
  webhookDeliveriesSchema,
].join('\n');
