import { lastValueFrom, type Observable, take, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HttpError } from '../../src/errors.ts';
import type { Connection } from '../../src/http/connection.ts';
import { aggregateAgentData, searchAgentData } from '../../src/sources/agentData.ts';
import { listBatchJobItems } from '../../src/sources/batchItems.ts';
import { listBatchJobs } from '../../src/sources/batchJobs.ts';
import { listChatSessions } from '../../src/sources/chat.ts';
import { listDirectories } from '../../src/sources/directories.ts';
import { listDirectoryFiles } from '../../src/sources/directoryFiles.ts';
import { listIndexes } from '../../src/sources/indexes.ts';
import { listSheetsJobs } from '../../src/sources/sheets.ts';
import { listSplitJobs } from '../../src/sources/split.ts';
import type { SearchAgentDataBody } from '../../src/types/agentData.ts';
import { connectTo } from '../support/operation.ts';
import { json, type SeenRequest, startServer, type TestServer } from '../support/server.ts';

interface ListCase {
  readonly name: string;
  readonly list: (connection: Connection) => Observable<unknown>;
  /** What of a request says which page is meant, first page to third. */
  readonly cursors: readonly unknown[];
  readonly cursorOf: (request: SeenRequest) => unknown;
}

const inQuery = (name: string) => (request: SeenRequest) =>
  new URL(request.url, 'http://127.0.0.1').searchParams.get(name);
const byToken = { cursors: [null, 'to/2', 'to/3'], cursorOf: inQuery('page_token') };
const byOffset = { cursors: ['0', '2', '4'], cursorOf: inQuery('offset') };

const records: SearchAgentDataBody = {
  deployment_name: '_public',
  filter: { age: { gt: 18 } },
  page_size: 2,
  offset: 7,
};
// The token stands for the offset from the second page on; the rest is the same for each.
const inBody = {
  cursors: [
    records,
    { deployment_name: '_public', filter: { age: { gt: 18 } }, page_size: 2, page_token: 'to/2' },
    { deployment_name: '_public', filter: { age: { gt: 18 } }, page_size: 2, page_token: 'to/3' },
  ],
  cursorOf: (request: SeenRequest) => request.json(),
};

const lists: readonly ListCase[] = [
  { name: 'listIndexes', list: (connection) => listIndexes(connection), ...byToken },
  { name: 'listChatSessions', list: (connection) => listChatSessions(connection), ...byToken },
  { name: 'listSheetsJobs', list: (connection) => listSheetsJobs(connection), ...byToken },
  { name: 'listDirectories', list: (connection) => listDirectories(connection), ...byToken },
  {
    name: 'listDirectoryFiles',
    list: (connection) => listDirectoryFiles(connection, 'dir-1'),
    ...byToken,
  },
  { name: 'listSplitJobs', list: (connection) => listSplitJobs(connection), ...byToken },
  { name: 'listBatchJobs', list: (connection) => listBatchJobs(connection), ...byOffset },
  {
    name: 'listBatchJobItems',
    list: (connection) => listBatchJobItems(connection, 'bjb-1'),
    ...byOffset,
  },
  {
    name: 'searchAgentData',
    list: (connection) => searchAgentData(connection, records),
    ...inBody,
  },
  {
    name: 'aggregateAgentData',
    list: (connection) => aggregateAgentData(connection, records),
    ...inBody,
  },
];

/** Five items on three pages, whichever way they are asked for. */
const pages = [
  { items: [{ id: 1 }, { id: 2 }], next_page_token: 'to/2', total_size: 5 },
  { items: [{ id: 3 }, { id: 4 }], next_page_token: 'to/3', total_size: 5 },
  { items: [{ id: 5 }], next_page_token: null, total_size: 5 },
];

function startList(): Promise<TestServer> {
  let asked = 0;
  return startServer((_, response) => {
    json(response, pages[asked]);
    asked += 1;
  });
}

describe.each(lists)('$name', ({ list, cursors, cursorOf }) => {
  it('emits the items of all pages in order', async () => {
    await using server = await startList();
    const items = await lastValueFrom(list(connectTo(server.url)).pipe(toArray()));
    expect(items).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 4 }, { id: 5 }]);
    expect(server.requests.map(cursorOf)).toEqual(cursors);
  });

  it('asks for no page that nobody needs', async () => {
    await using server = await startList();
    const items = list(connectTo(server.url)).pipe(take(2), toArray());
    expect(await lastValueFrom(items)).toEqual([{ id: 1 }, { id: 2 }]);
    expect(server.requests).toHaveLength(1);
  });
});

describe('lists', () => {
  it('start at a token that is given, and say which page failed', async () => {
    await using server = await startServer((request, response) => {
      if (inQuery('page_token')(request) === 'to/2') {
        json(response, pages[1]);
      } else {
        json(response, { detail: 'no' }, 400);
      }
    });
    const emitted: unknown[] = [];
    const error: unknown = await new Promise((resolve) => {
      listDirectories(connectTo(server.url), { page_token: 'to/2' }).subscribe({
        next: (item) => emitted.push(item),
        error: resolve,
      });
    });
    expect(emitted).toEqual([{ id: 3 }, { id: 4 }]);
    expect(error).toBeInstanceOf(HttpError);
    expect(error).toMatchObject({ resumeFrom: 'to/3' });
  });

  it('start at an offset that is given and page on from there', async () => {
    await using server = await startServer((_, response) => {
      json(response, { items: [{ id: 1 }], total_size: 12 });
    });
    const jobs = listBatchJobs(connectTo(server.url), { offset: 10, limit: 1 }).pipe(toArray());
    expect(await lastValueFrom(jobs)).toHaveLength(2);
    expect(server.requests.map(byOffset.cursorOf)).toEqual(['10', '11']);
  });
});
