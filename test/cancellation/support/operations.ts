import type { Observable } from 'rxjs';
import type { Connection } from '../../../src/http/connection.ts';
import type { List } from '../../../src/http/list.ts';
import type { WatchConfig } from '../../../src/http/watchTiming.ts';
import * as agentData from '../../../src/sources/agentData.ts';
import * as batchItems from '../../../src/sources/batchItems.ts';
import * as batchJobs from '../../../src/sources/batchJobs.ts';
import * as chat from '../../../src/sources/chat.ts';
import * as directories from '../../../src/sources/directories.ts';
import * as directoryFiles from '../../../src/sources/directoryFiles.ts';
import * as indexes from '../../../src/sources/indexes.ts';
import * as presignedUrls from '../../../src/sources/presignedUrls.ts';
import * as retrieval from '../../../src/sources/retrieval.ts';
import * as sheets from '../../../src/sources/sheets.ts';
import * as split from '../../../src/sources/split.ts';

/** Starts an operation with valid arguments. `url` is the server's, for what is not addressed by the connection. */
export type Start = (connection: Connection, url: string) => Observable<unknown>;

const collection = { deployment_name: 'agent', collection: 'notes' };
const question = { index_id: 'idx-1', query: 'What grew?' };
const document = { type: 'file_id', value: 'fil-1' } as const;

/** The operations that give lists. */
export const lists: Readonly<Record<string, (connection: Connection) => List<unknown>>> = {
  aggregateAgentData: (c) => agentData.aggregateAgentData(c, collection),
  listBatchJobItems: (c) => batchItems.listBatchJobItems(c, 'bjb-1'),
  listBatchJobs: (c) => batchJobs.listBatchJobs(c),
  listChatSessions: (c) => chat.listChatSessions(c),
  listDirectories: (c) => directories.listDirectories(c),
  listDirectoryFiles: (c) => directoryFiles.listDirectoryFiles(c, 'dir-1'),
  listIndexes: (c) => indexes.listIndexes(c),
  listSheetsJobs: (c) => sheets.listSheetsJobs(c),
  listSplitJobs: (c) => split.listSplitJobs(c),
  searchAgentData: (c) => agentData.searchAgentData(c, collection),
};

/** All that can be asked of the API, and the download of what its links point to. */
export const operations: Readonly<Record<string, Start>> = {
  ...lists,
  cancelBatchJob: (c) => batchJobs.cancelBatchJob(c, 'bjb-1'),
  createAgentData: (c) => agentData.createAgentData(c, { ...collection, data: { n: 1 } }),
  createBatchJob: (c) => batchJobs.createBatchJob(c, { job_config: {}, directory_id: 'dir-1' }),
  createChatSession: (c) => chat.createChatSession(c),
  createDirectory: (c) => directories.createDirectory(c, { name: 'reports' }),
  createDirectoryFile: (c) =>
    directoryFiles.createDirectoryFile(c, 'dir-1', { file_id: 'fil-1', unique_id: 'q3' }),
  createIndex: (c) => indexes.createIndex(c, { source_directory_id: 'dir-1' }),
  createSheetsJob: (c) => sheets.createSheetsJob(c, { file_id: 'fil-1' }),
  createSplitJob: (c) => split.createSplitJob(c, { document_input: document }),
  deleteAgentData: (c) => agentData.deleteAgentData(c, 'agd-1'),
  deleteChatSession: (c) => chat.deleteChatSession(c, 'ses-1'),
  deleteDirectory: (c) => directories.deleteDirectory(c, 'dir-1'),
  deleteDirectoryFile: (c) => directoryFiles.deleteDirectoryFile(c, 'dir-1', 'drf-1'),
  deleteDirectoryFiles: (c) =>
    directoryFiles.deleteDirectoryFiles(c, 'dir-1', { directory_file_ids: ['drf-1'] }),
  deleteIndex: (c) => indexes.deleteIndex(c, 'idx-1'),
  deleteMatchingAgentData: (c) => agentData.deleteMatchingAgentData(c, collection),
  deleteSheetsJob: (c) => sheets.deleteSheetsJob(c, 'spr-1'),
  downloadPresignedUrl: (c, url) =>
    presignedUrls.downloadPresignedUrl(c, { url: `${url}/q3.pdf`, expires_at: '2099-01-01' }),
  generateChatSessionTitle: (c) =>
    chat.generateChatSessionTitle(c, 'ses-1', { first_message: 'Hello' }),
  getAgentData: (c) => agentData.getAgentData(c, 'agd-1'),
  getBatchItemResults: (c) => batchItems.getBatchItemResults(c, 'fil-1'),
  getBatchJob: (c) => batchJobs.getBatchJob(c, 'bjb-1'),
  getChatSession: (c) => chat.getChatSession(c, 'ses-1'),
  getChatSessionSummary: (c) => chat.getChatSessionSummary(c, 'ses-1'),
  getDirectory: (c) => directories.getDirectory(c, 'dir-1'),
  getDirectoryFile: (c) => directoryFiles.getDirectoryFile(c, 'dir-1', 'drf-1'),
  getIndex: (c) => indexes.getIndex(c, 'idx-1'),
  getSheetsJob: (c) => sheets.getSheetsJob(c, 'spr-1'),
  getSheetsRegionResult: (c) => sheets.getSheetsRegionResult(c, 'spr-1', 'reg-1', 'table'),
  getSplitJob: (c) => split.getSplitJob(c, 'spl-1'),
  grepFile: (c) => retrieval.grepFile(c, { index_id: 'idx-1', file_id: 'fil-1', pattern: 'grew' }),
  readFile: (c) => retrieval.readFile(c, { index_id: 'idx-1', file_id: 'fil-1' }),
  retrieve: (c) => retrieval.retrieve(c, question),
  searchFiles: (c) => retrieval.searchFiles(c, { index_id: 'idx-1', file_name: 'q3.pdf' }),
  streamChat: (c) => chat.streamChat(c, 'ses-1', { index_ids: ['idx-1'], prompt: 'Hello' }),
  syncIndex: (c) => indexes.syncIndex(c, 'idx-1'),
  updateAgentData: (c) => agentData.updateAgentData(c, 'agd-1', { data: { n: 2 } }),
  updateDirectory: (c) => directories.updateDirectory(c, 'dir-1', { name: 'old reports' }),
  updateDirectoryFile: (c) =>
    directoryFiles.updateDirectoryFile(c, 'dir-1', 'drf-1', { display_name: 'Q3' }),
  uploadDirectoryFile: (c) =>
    directoryFiles.uploadDirectoryFile(c, 'dir-1', {
      upload_file: Buffer.from('It grew.'),
      unique_id: 'q3',
    }),
};

/** The sources that ask again and again. */
export const watchers: Readonly<
  Record<string, (connection: Connection, config: WatchConfig) => Observable<unknown>>
> = {
  watchBatchJob: (c, config) => batchJobs.watchBatchJob(c, 'bjb-1', config),
  watchIndex: (c, config) => indexes.watchIndex(c, 'idx-1', config),
  watchSheetsJob: (c, config) => sheets.watchSheetsJob(c, 'spr-1', config),
  watchSplitJob: (c, config) => split.watchSplitJob(c, 'spl-1', config),
};

/** The names of all sources that there are. */
export const sources: readonly string[] = [
  agentData,
  batchItems,
  batchJobs,
  chat,
  directories,
  directoryFiles,
  indexes,
  presignedUrls,
  retrieval,
  sheets,
  split,
].flatMap((module) => Object.keys(module));
