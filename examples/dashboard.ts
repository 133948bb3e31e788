/**
 * The feed of a real-time dashboard: uploads, a batch, an index and a chat, and what their connection is doing.
 *
 *     node --conditions=@rx-llamacloud/source examples/dashboard.ts [FOLDER [QUESTION]]
 *     curl -N http://127.0.0.1:PORT/
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { concat, concatMap, endWith, filter, firstValueFrom, map, merge, takeWhile } from 'rxjs';
import * as llama from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

const [folder = 'docs', prompt = 'When is a POST sent again?'] = process.argv.slice(2);
// Narrow, so that there is something to see of throttling.
await using cloud = await startLocalCloud({ rateLimit: { perSecond: 15 } });
const connection = llama.connect({ baseUrl: cloud.url, token: cloud.token });
const { id: directory_id } = await firstValueFrom(llama.createDirectory(connection, { name: 'd' }));

const upload$ = llama
  .uploadFolder(connection, directory_id, folder)
  .pipe(filter((event) => event.type === 'summary'));
const batch$ = llama.createBatchJob(connection, { directory_id, job_config: {} }).pipe(
  concatMap(({ id }) => llama.watchBatchJob(connection, id)),
  llama.batchProgress(),
  map(({ job, ...figures }) => ({ type: 'batch' as const, id: job.id, ...figures })),
);
const index$ = (id: string) =>
  llama.watchIndex(connection, id).pipe(
    llama.throwIfFailed(),
    map(({ metadata }) => ({ type: 'index' as const, id, ...metadata })),
  );
const chat$ = (index: string) =>
  llama.createChatSession(connection, { index_ids: [index] }).pipe(
    concatMap(({ session_id }) =>
      llama.streamChat(connection, session_id, { index_ids: [index], prompt }),
    ),
    llama.throwIfChatFailed(),
    llama.chatText(),
    map((text) => ({ type: 'chat' as const, text })),
  );
const answer$ = llama
  .createIndex(connection, { source_directory_id: directory_id })
  .pipe(concatMap(({ id }) => concat(index$(id), chat$(id))));

const work$ = concat(upload$, batch$, answer$).pipe(endWith(undefined));
// Not what each single request goes through.
const activity$ = llama
  .activity(connection)
  .pipe(filter(({ type }) => /^(line|rate|retrying|throttled|resumed)$/.test(type)));
const events$ = merge(activity$, work$).pipe(takeWhile((event) => event !== undefined));
const feed = llama.toSse(events$, { shared: true, linger: 0, event: ({ type }) => type });

const server = createServer(feed.handle).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
console.log(`Listening at http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
server.close().closeAllConnections();
