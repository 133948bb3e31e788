import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { lastValueFrom } from 'rxjs';
import { connect, mergeRanked, retrieve, type RetrieveBody } from 'rx-llamacloud';
import { expect, it } from 'vitest';
import { json, type SeenRequest, startServer } from './support/server.ts';

function indexOf(request: SeenRequest): string {
  const { index_id } = request.json() as RetrieveBody;
  return index_id;
}

it('closes the requests that are not waited for', async () => {
  const open = Promise.withResolvers<ServerResponse>();
  await using server = await startServer((request, response) => {
    if (indexOf(request) === 'slow') {
      open.resolve(response);
      return;
    }
    // Only once the other request is there, so that there is something to close.
    void open.promise.then(() => json(response, { results: [{ content: 'Sales grew.' }] }));
  });
  const connection = connect({ token: 't', baseUrl: server.url });
  const ask = (index_id: string) => retrieve(connection, { index_id, query: 'What grew?' });

  const ranking = lastValueFrom(
    mergeRanked({ fast: ask('fast'), slow: ask('slow') }, { quorum: 1 }),
  );
  const slow = await open.promise;
  const closed = once(slow, 'close');
  expect(await ranking).toMatchObject({
    ended: 'quorum',
    pending: ['slow'],
    hits: [{ item: { content: 'Sales grew.' }, contributions: [{ source: 'fast', rank: 1 }] }],
  });
  await closed;
  expect(slow.writableFinished).toBe(false);
});

it('goes on without an index that is not there', async () => {
  await using server = await startServer((request, response) => {
    if (indexOf(request) === 'gone') {
      json(response, { detail: 'Index not found' }, 404);
      return;
    }
    json(response, { results: [{ content: 'Sales grew.', rerank_score: 0.7 }] });
  });
  const connection = connect({ token: 't', baseUrl: server.url });
  const ask = (index_id: string) => retrieve(connection, { index_id, query: 'What grew?' });

  const ranking = await lastValueFrom(mergeRanked({ there: ask('there'), gone: ask('gone') }));
  expect(ranking).toMatchObject({
    ended: 'complete',
    arrived: ['there'],
    failed: [{ source: 'gone', error: { name: 'HttpError', status: 404 } }],
    hits: [{ score: 0.7 }],
  });
});
