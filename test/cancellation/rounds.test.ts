import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lastValueFrom, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { close } from '../../src/http/close.ts';
import { connect, type Connection } from '../../src/http/connection.ts';
import { streamChat } from '../../src/sources/chat.ts';
import { listDirectories } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { getIndex } from '../../src/sources/indexes.ts';
import { eventually } from '../faults/support/eventually.ts';
import { openResources, surplus } from '../faults/support/openResources.ts';
import { noteTimers } from '../faults/support/openTimers.ts';
import { type Answerer, json, startServer } from '../support/server.ts';
import { turns } from './support/turns.ts';

const CONCURRENCY = 8;
/** Several times the places, so that most of a batch stands in the line at first. */
const BATCH = 50;

/** Answers as the id in the path says. */
const answer: Answerer = ({ url, headers }, response) => {
  if (headers.accept === 'text/event-stream') {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {"n":1}\n\n');
  } else if (url.includes('half')) {
    response.writeHead(200, { 'content-length': 100 }).write('{');
  } else if (url.includes('busy')) {
    json(response, {}, 503);
  } else if (url.includes('directories')) {
    json(response, { items: [{}], next_page_token: String(Math.random()) });
  } else if (!url.includes('silent')) {
    json(response, {});
  }
};

const calls: readonly ((connection: Connection) => Observable<unknown>)[] = [
  (connection) => getIndex(connection, 'idx-silent'),
  (connection) => getIndex(connection, 'idx-half'),
  (connection) => getIndex(connection, 'idx-busy'),
  (connection) => getIndex(connection, 'idx-there'),
  (connection) => listDirectories(connection),
  (connection) => streamChat(connection, 'ses-1', { index_ids: ['idx-1'], prompt: 'Hello' }),
  (connection) =>
    uploadDirectoryFile(connection, 'silent', { upload_file: new Blob(['It grew.']) }),
];

/** Subscribes each call of a batch, and unsubscribes it: at once, or after some turns of the event loop. */
async function batch(connection: Connection, first: number): Promise<void> {
  const rounds = Array.from({ length: BATCH }, async (_, n) => {
    const round = first + n;
    const subscription = calls[round % calls.length]?.(connection).subscribe({
      error: () => undefined,
    });
    await turns(round % 5);
    subscription?.unsubscribe();
  });
  await Promise.all(rounds);
}

function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

it('leaves no place, timer, socket, listener or memory behind in ten thousand rounds', async () => {
  const warnings: Error[] = [];
  const warned = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', warned);
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  const before = openResources();
  using timers = noteTimers();
  {
    await using server = await startServer(answer);
    const connection = connect({
      token: 'llx-test',
      baseUrl: server.url,
      concurrency: CONCURRENCY,
      adaptiveRate: false,
      retry: () => 600_000,
    });
    let heap = 0;
    for (let first = 0; first < 10_000; first += BATCH) {
      if (first === 2_000) {
        heap = heapUsed();
      }
      await batch(connection, first);
      server.requests.length = 0;
    }
    await eventually(() => expect(timers.open()).toEqual([]), 5_000);
    expect(heapUsed() - heap, 'bytes that the heap has grown').toBeLessThan(2 ** 20);

    // All places are free again: so many requests are sent at once, and no more.
    const last = Array.from({ length: CONCURRENCY + 1 }, () =>
      getIndex(connection, 'idx-silent-last').subscribe(),
    );
    // Not all of the requests before may have been read yet.
    const sent = (): number => server.requests.filter(({ url }) => url.endsWith('-last')).length;
    await server.until(() => sent() === CONCURRENCY);
    await turns(5);
    expect(sent()).toBe(CONCURRENCY);
    last.forEach((subscription) => subscription.unsubscribe());
    await lastValueFrom(close(connection, { graceMs: Infinity }));
    await server.until(() => server.sockets() === 0);
  }
  await eventually(() => expect([...surplus(before), ...timers.open()]).toEqual([]), 5_000);
  expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(listeners);
  process.off('warning', warned);
  expect(warnings).toEqual([]);
});
