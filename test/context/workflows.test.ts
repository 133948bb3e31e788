import { concatMap, map, mergeMap, take, takeWhile, timer } from 'rxjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchFolder } from '../../src/folders/watchFolder.ts';
import { walkFolder } from '../../src/folders/walkFolder.ts';
import { Limiter } from '../../src/operators/fan/limiter.ts';
import { fromAsyncIterable } from '../../src/bridges/fromAsyncIterable.ts';
import { connect } from '../../src/http/connection.ts';
import { createAgentData } from '../../src/sources/agentData.ts';
import { createChatSession } from '../../src/sources/chat.ts';
import { retrieve } from '../../src/sources/retrieval.ts';
import { batchItems } from '../../src/workflows/batchItems.ts';
import { chatLoop } from '../../src/workflows/chatLoop.ts';
import { createManyAgentData } from '../../src/workflows/createManyAgentData.ts';
import { expandContext } from '../../src/workflows/expandContext.ts';
import { fanOutUpload } from '../../src/workflows/fanOutUpload.ts';
import { jobWatcher } from '../../src/workflows/jobWatcher.ts';
import { syncFolder } from '../../src/workflows/syncFolder.ts';
import { uploadFolder } from '../../src/workflows/uploadFolder.ts';
import { upsertAgentData } from '../../src/workflows/upsertAgentData.ts';
import { watchAgentData } from '../../src/workflows/watchAgentData.ts';
import { watchDirectory } from '../../src/workflows/watchDirectory.ts';
import { watchMany } from '../../src/workflows/watchMany.ts';
import { json, startServer } from '../support/server.ts';
import { type ChatCloud, startChatCloud } from '../workflows/support/chatCloud.ts';
import { folderOf, newDirectory } from '../workflows/support/uploads.ts';
import { wrongContexts } from './support/tenants.ts';

const interval = { min: 5, max: 10 };
const collection = { deployment_name: 'agent', collection: 'notes' };

let chat: ChatCloud;
let directory: string;
let folder: { readonly path: string } & AsyncDisposable;

beforeAll(async () => {
  chat = await startChatCloud();
  directory = await newDirectory(chat.connection);
  folder = await folderOf({ 'a.md': 'A', 'b/c.md': 'C' });
});
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await chat[Symbol.asyncDispose]();
});

it('uploads of folders tell each tenant in its own context', async () => {
  const { connection } = chat;
  const limiter = new Limiter({ concurrency: 4 });
  const directories = new Map<string, string>();
  for (let i = 0; i < 20; i += 1) {
    directories.set(`tenant-${i}`, await newDirectory(connection));
  }
  const of20 = (own: string): string => directories.get(own) ?? '';
  const items = [{ relativePath: 'x.md', source: Buffer.from('X') }];
  expect([
    ...(await wrongContexts('uploadFolder', (own) =>
      uploadFolder(connection, of20(own), folder.path, { limiter }),
    )),
    ...(await wrongContexts('syncFolder', (own) =>
      syncFolder(connection, of20(own), folder.path, { changes: timer(5), limiter }),
    )),
    ...(await wrongContexts('fanOutUpload', (own) =>
      fanOutUpload(connection, of20(own), items, { limiter }),
    )),
  ]).toEqual([]);
});

it('folders are walked and watched in the context of who asks', async () => {
  expect([
    ...(await wrongContexts('walkFolder', () => fromAsyncIterable(walkFolder(folder.path)))),
    ...(await wrongContexts('watchFolder', () =>
      watchFolder(folder.path, { settle: 0 }).pipe(takeWhile(({ type }) => type !== 'ready', true)),
    )),
  ]).toEqual([]);
});

it('jobs that are asked about together are told of to each tenant in its own context', async () => {
  let rounds = 0;
  await using server = await startServer(({ url }, response) => {
    rounds += 1;
    const status = rounds < 60 ? 'processing' : 'completed';
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname.endsWith('/items')) {
      json(response, { items: [{ item_id: 'i', item_name: 'i', status }], total_size: 1 });
    } else if (pathname.endsWith('/split/jobs')) {
      json(response, { items: searchParams.getAll('job_ids').map((id) => ({ id, status })) });
    } else {
      json(response, { job: { id: 'b', status, total_items: 1 }, progress_percentage: 0 });
    }
  });
  const connection = connect({ token: 'llx-test', baseUrl: server.url });
  const watch = jobWatcher(connection, { interval });
  const complaints = await Promise.all([
    wrongContexts('jobWatcher', (own) => watch({ split: [own, 'everybody'] })),
    wrongContexts('watchMany', (own) => watchMany(connection, { split: [own] }, { interval })),
    wrongContexts('batchItems', () => batchItems(connection, 'b', { interval })),
  ]);
  expect(complaints.flat()).toEqual([]);
});

it('data that changes is told of to each tenant in its own context', async () => {
  const { connection } = chat;
  const complaints = await Promise.all([
    wrongContexts('watchAgentData', () =>
      watchAgentData(connection, collection, { interval }).pipe(take(2)),
    ),
    wrongContexts('watchDirectory', () =>
      watchDirectory(connection, directory, { interval }).pipe(take(1)),
    ),
    wrongContexts('createManyAgentData', (own) =>
      createManyAgentData(connection, collection, [{ own }, { own }]),
    ),
    wrongContexts('upsertAgentData', (own) =>
      timer(20).pipe(
        concatMap(() =>
          upsertAgentData(connection, { ...collection, key: ['own'], data: { own } }),
        ),
      ),
    ),
    wrongContexts('createAgentData', () =>
      timer(40).pipe(
        concatMap(() => createAgentData(connection, { ...collection, data: { n: 1 } })),
      ),
    ),
  ]);
  expect(complaints.flat()).toEqual([]);
});

it('chats and their context are told to each tenant in its own context', async () => {
  const { connection, indexId } = chat;
  chat.cloud.faults.next('POST /api/v1/chat/{session_id}/messages/stream', { reset: 900 }, 8);
  const complaints = await Promise.all([
    wrongContexts('chatLoop', () =>
      createChatSession(connection).pipe(
        mergeMap(({ session_id }) =>
          chatLoop(connection, session_id, ['Why did apples grow?', 'What of pears?'], {
            indexIds: [indexId],
            interval,
          }),
        ),
      ),
    ),
    wrongContexts('expandContext', () =>
      retrieve(connection, { index_id: indexId, query: 'apples' }).pipe(
        map(({ results }) => results),
        expandContext(connection, { indexId }),
      ),
    ),
  ]);
  expect(complaints.flat()).toEqual([]);
});
