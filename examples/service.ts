/**
 * An event-driven service: files in, typed events out, and in between webhooks or polling, whichever is first.
 *
 *     node --conditions=@rx-llamacloud/source examples/service.ts
 *     curl -T docs/chat.md http://127.0.0.1:PORT/
 *     curl -N http://127.0.0.1:PORT/events
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { catchError, concatMap, filter, firstValueFrom, map, mergeMap, of, Subject } from 'rxjs';
import * as llama from 'rx-llamacloud';
import { startLocalCloud } from 'rx-llamacloud-local';

type FileEvent = llama.BatchProgress | { readonly phase: 'failed'; readonly message: string };

await using cloud = await startLocalCloud();
const connection = llama.connect({ baseUrl: cloud.url, token: cloud.token });
const { id: inbox } = await firstValueFrom(llama.createDirectory(connection, { name: 'in' }));
const webhook_signing_secret = randomUUID();
const hook = llama.fromWebhooks({ signingSecret: webhook_signing_secret });
const newsOf$ = (id: string) => hook.events.pipe(filter(({ data }) => data.batch_job_id === id));
const received$ = new Subject<llama.UploadDirectoryFileBody>();

const events$ = received$.pipe(
  mergeMap((body) =>
    llama.uploadDirectoryFile(connection, inbox, body).pipe(
      filter((event) => event.type === 'uploaded'),
      map(({ file }) => ({ item_ids: [file.id], job_config })),
      concatMap((job) => llama.createBatchJob(connection, job)),
      concatMap(({ id }) => llama.pushOrPoll(newsOf$(id), llama.getBatchJob(connection, id))),
      llama.batchProgress(),
      catchError((error: unknown) => of({ phase: 'failed' as const, message: String(error) })),
      map((event: FileEvent) => ({ file: body.display_name, ...event })),
    ),
  ),
);
const feed = llama.toSse(events$, { shared: true, linger: 0, event: ({ phase }) => phase });

const server = createServer((request, response) => {
  if (request.method === 'PUT') {
    received$.next({ upload_file: Readable.toWeb(request), display_name: request.url?.slice(1) });
    request.once('end', () => response.writeHead(202).end());
  } else {
    (request.url === '/hook' ? hook : feed).handle(request, response);
  }
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
const webhook_configurations = [{ webhook_url: `${origin}/hook`, webhook_signing_secret }];
const job_config = { parameters: { webhook_configurations } };
console.log(`Listening at ${origin}`);
// This subscription keeps the work going while no client listens.
const log = feed.messages().subscribe(({ data }) => data && console.log(data));
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
server.close().closeAllConnections();
log.unsubscribe();
