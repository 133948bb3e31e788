import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, type Observable } from 'rxjs';
import { describe, expect } from 'vitest';
import type { Connection } from '../../src/http/connection.ts';
import { deleteAgentData, getAgentData, updateAgentData } from '../../src/sources/agentData.ts';
import { getBatchItemResults, listBatchJobItems } from '../../src/sources/batchItems.ts';
import { cancelBatchJob, getBatchJob, watchBatchJob } from '../../src/sources/batchJobs.ts';
import {
  deleteChatSession,
  generateChatSessionTitle,
  getChatSession,
  getChatSessionSummary,
  streamChat,
} from '../../src/sources/chat.ts';
import { deleteDirectory, getDirectory, updateDirectory } from '../../src/sources/directories.ts';
import {
  createDirectoryFile,
  deleteDirectoryFile,
  deleteDirectoryFiles,
  getDirectoryFile,
  listDirectoryFiles,
  updateDirectoryFile,
  uploadDirectoryFile,
} from '../../src/sources/directoryFiles.ts';
import { deleteIndex, getIndex, syncIndex, watchIndex } from '../../src/sources/indexes.ts';
import {
  deleteSheetsJob,
  getSheetsJob,
  getSheetsRegionResult,
  watchSheetsJob,
} from '../../src/sources/sheets.ts';
import { getSplitJob, watchSplitJob } from '../../src/sources/split.ts';
import { fault } from './support/fault.ts';

type Call = (connection: Connection, id: string) => Observable<unknown>;

/** Every source that puts a value into its path, once for each such value. */
const calls: readonly Call[] = [
  (c, id) => getAgentData(c, id),
  (c, id) => updateAgentData(c, id, { data: {} }),
  (c, id) => deleteAgentData(c, id),
  (c, id) => listBatchJobItems(c, id),
  (c, id) => getBatchItemResults(c, id),
  (c, id) => getBatchJob(c, id),
  (c, id) => cancelBatchJob(c, id),
  (c, id) => watchBatchJob(c, id),
  (c, id) => getChatSession(c, id),
  (c, id) => deleteChatSession(c, id),
  (c, id) => getChatSessionSummary(c, id),
  (c, id) => generateChatSessionTitle(c, id, { first_message: 'x' }),
  (c, id) => streamChat(c, id, { prompt: 'x', index_ids: ['idx-1'] }),
  (c, id) => getDirectory(c, id),
  (c, id) => updateDirectory(c, id, {}),
  (c, id) => deleteDirectory(c, id),
  (c, id) => createDirectoryFile(c, id, { file_id: 'file-1' }),
  (c, id) => uploadDirectoryFile(c, id, { upload_file: new Uint8Array(1) }),
  (c, id) => listDirectoryFiles(c, id),
  (c, id) => getDirectoryFile(c, id, 'dfl-1'),
  (c, id) => getDirectoryFile(c, 'dir-1', id),
  (c, id) => updateDirectoryFile(c, id, 'dfl-1', {}),
  (c, id) => updateDirectoryFile(c, 'dir-1', id, {}),
  (c, id) => deleteDirectoryFile(c, id, 'dfl-1'),
  (c, id) => deleteDirectoryFile(c, 'dir-1', id),
  (c, id) => deleteDirectoryFiles(c, id, { directory_file_ids: ['dfl-1'] }),
  (c, id) => getIndex(c, id),
  (c, id) => deleteIndex(c, id),
  (c, id) => syncIndex(c, id),
  (c, id) => watchIndex(c, id),
  (c, id) => getSheetsJob(c, id),
  (c, id) => deleteSheetsJob(c, id),
  (c, id) => getSheetsRegionResult(c, id, 'rgn-1', 'table'),
  (c, id) => getSheetsRegionResult(c, 'spr-1', id, 'table'),
  (c, id) => watchSheetsJob(c, id),
  (c, id) => getSplitJob(c, id),
  (c, id) => watchSplitJob(c, id),
];

/** What a call makes of an id that is none, whether it says so when it is called or when it is subscribed to. */
async function complaint(call: Call, connection: Connection, id: string): Promise<unknown> {
  try {
    return await lastValueFrom(call(connection, id));
  } catch (error) {
    return error;
  }
}

/** `route: name` of every value in a path of the sources, but for those that are words of the API. */
function valuesInPaths(): string[] {
  const folder = join(import.meta.dirname, '../../src/sources');
  const routes = globSync('*.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/'([A-Z]+ \/api\/[^']+)'/g)].map(
      ([, route = '']) => route,
    ),
  );
  return [...new Set(routes)]
    .flatMap((route) =>
      [...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => `${route}: ${name ?? ''}`),
    )
    .filter((value) => !value.endsWith(': region_type'))
    .sort();
}

describe('Everywhere', () => {
  fault(
    74,
    'an id that is empty, `.`, `..`, `%2e%2e`, `a/b`, `a?x`, or has a blank or a line break',
    {
      behaviour:
        'A `TypeError` that names the operation and the id; nothing is sent, by any operation. Other ids are percent-encoded.',
    },
    async (run) => {
      const server = await run.server((_, response) => {
        response.end();
      });
      const connection = run.connect(server);
      const heard = new Set<string>();
      for (const id of ['', '.', '..', '%2e%2e', 'a/b', 'a\\b', 'a?x', 'a#x', 'a b', 'a\r\nx: 1']) {
        for (const call of calls) {
          const error = await complaint(call, connection, id);
          expect(error, `${String(call)} with ${JSON.stringify(id)}`).toBeInstanceOf(TypeError);
          const [, value] = /^(.*) must be an id, got /.exec(String(error).slice(11)) ?? [];
          heard.add(value ?? '');
        }
      }
      expect([...heard].sort()).toEqual(valuesInPaths());
      expect(run.requests()).toEqual([]);
    },
  );
});
