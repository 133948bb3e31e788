import { concatMap, from, Observable, range, take, tap, timer } from 'rxjs';
import { expect, it } from 'vitest';
import { firstValue } from '../../src/bridges/firstValue.ts';
import { fromAsyncIterable } from '../../src/bridges/fromAsyncIterable.ts';
import { pushOrPoll } from '../../src/bridges/pushOrPoll.ts';
import { toAsyncIterable } from '../../src/bridges/toAsyncIterable.ts';
import { toReadableStream } from '../../src/bridges/toReadableStream.ts';
import { toSse } from '../../src/bridges/toSse.ts';
import { connect } from '../../src/http/connection.ts';
import { getSplitJob } from '../../src/sources/split.ts';
import { listDirectories } from '../../src/sources/directories.ts';
import { json, startServer } from '../support/server.ts';
import { tenant, wrongContexts } from './support/tenants.ts';

it('loops, web streams and promises go on in the context of who reads them', async () => {
  await using server = await startServer(({ url }, response) =>
    json(response, { items: [{}], next_page_token: url.includes('t=t') ? '' : 't' }),
  );
  const connection = connect({ token: 'llx-test', baseUrl: server.url, concurrency: 3 });
  const ticks = (): Observable<unknown> => listDirectories(connection);
  const looped = async function* (): AsyncGenerator {
    for await (const value of toAsyncIterable(ticks())) {
      yield value;
    }
  };
  const complaints = await Promise.all([
    wrongContexts('toAsyncIterable', () => fromAsyncIterable(looped())),
    wrongContexts('a list that is pulled', () => fromAsyncIterable(listDirectories(connection))),
    wrongContexts('toReadableStream', () => fromAsyncIterable(toReadableStream(ticks()))),
    wrongContexts('firstValue', () => from(firstValue(ticks()))),
  ]);
  expect(complaints.flat()).toEqual([]);
});

it('pushOrPoll asks and tells in the context of its subscriber, whoever pushes', async () => {
  await using server = await startServer((_, response) => {
    json(response, { id: 'x', status: server.requests.length > 60 ? 'completed' : 'processing' });
  });
  const connection = connect({ token: 'llx-test', baseUrl: server.url });
  const pushed = new Observable<unknown>((subscriber) =>
    tenant.run('the webhook', () => {
      const pushing = setInterval(() => subscriber.next(undefined), 2);
      return () => clearInterval(pushing);
    }),
  );
  const complaints = await wrongContexts('pushOrPoll', (own) =>
    pushOrPoll(
      pushed,
      getSplitJob(connection, 'x').pipe(tap(() => expect(tenant.getStore()).toBe(own))),
      { gap: 1 },
    ),
  );
  expect(complaints).toEqual([]);
});

it('a feed that clients share serves each of them in its own context', async () => {
  const feed = toSse(
    timer(20, 2).pipe(
      take(5),
      concatMap(() => range(2)),
    ),
    { shared: true },
  );
  const complaints = await wrongContexts('toSse', () => feed.messages());
  expect(complaints).toEqual([]);
});
