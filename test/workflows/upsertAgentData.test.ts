import { forkJoin, lastValueFrom, range, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import { createAgentData, searchAgentData } from '../../src/sources/agentData.ts';
import type { AgentData } from '../../src/types/agentData.ts';
import { upsertAgentData } from '../../src/workflows/upsertAgentData.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

interface Invoice {
  readonly number: string;
  readonly supplier: { readonly id: number };
  readonly total: number;
}

const invoices = { deployment_name: '_public', collection: 'invoices' };

function upsert(connection: Connection, data: Invoice) {
  return upsertAgentData(connection, { ...invoices, key: ['number', 'supplier.id'], data });
}

function stored(connection: Connection): Promise<AgentData<Invoice>[]> {
  return lastValueFrom(searchAgentData<Invoice>(connection, invoices).pipe(toArray()));
}

it('creates a record, then updates it', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  const invoice = { number: 'A-1', supplier: { id: 7 }, total: 100 };

  const first = await lastValueFrom(upsert(connection, invoice));
  expect(first).toMatchObject({ type: 'created', record: { data: { total: 100 } } });
  const second = await lastValueFrom(upsert(connection, { ...invoice, total: 120 }));
  expect(second).toMatchObject({ type: 'updated', record: { id: first.record.id } });
  const other = await lastValueFrom(upsert(connection, { ...invoice, supplier: { id: 8 } }));
  expect(other.type).toBe('created');
  expect((await stored(connection)).map(({ data }) => [data.supplier.id, data.total])).toEqual([
    [7, 120],
    [8, 100],
  ]);
});

it('leaves one record of many upserts at once of a key that is new', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  const totals = await lastValueFrom(range(1, 12).pipe(toArray()));

  await lastValueFrom(
    forkJoin(
      totals.map((total) => upsert(connection, { number: 'A-1', supplier: { id: 7 }, total })),
    ),
  );
  const records = await stored(connection);
  expect(records).toHaveLength(1);
  expect(totals).toContain(records[0]?.data.total);
});

it('updates the oldest of several and leaves the others alone', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  for (const total of [1, 2]) {
    const data = { number: 'A-1', supplier: { id: 7 }, total };
    await lastValueFrom(createAgentData(connection, { ...invoices, data }));
    cloud.clock.advance(10);
  }
  await lastValueFrom(upsert(connection, { number: 'A-1', supplier: { id: 7 }, total: 3 }));
  expect((await stored(connection)).map(({ data }) => data.total)).toEqual([3, 2]);
});

it('creates the record anew that is deleted between the search and the update', async () => {
  const record = { id: 'agd-1', ...invoices, created_at: '2026-01-01', data: { number: 'A-1' } };
  await using server = await startServer((request, response) => {
    if (request.method === 'PUT') {
      json(response, { detail: 'Not found' }, 404);
    } else if (request.url.endsWith(':search')) {
      const gone = server.requests.some(({ method }) => method === 'PUT');
      json(response, { items: gone ? [] : [record], next_page_token: null });
    } else {
      json(response, { ...record, id: 'agd-2' });
    }
  });
  const change = upsertAgentData(connectTo(server.url), {
    ...invoices,
    key: ['number'],
    data: { number: 'A-1' },
  });
  expect(await lastValueFrom(change)).toMatchObject({ type: 'created', record: { id: 'agd-2' } });
});

it('tells of the update where its own record was deleted before it could do so', async () => {
  const record = { id: 'agd-1', ...invoices, created_at: '2026-01-01', data: { number: 'A-1' } };
  await using server = await startServer(({ method, url }, response) => {
    if (method === 'DELETE') {
      json(response, { detail: 'Not found' }, 404);
    } else if (url.endsWith(':search')) {
      const items = server.requests.length === 1 ? [] : [record];
      json(response, { items, next_page_token: null });
    } else {
      json(response, method === 'PUT' ? record : { ...record, id: 'agd-2' });
    }
  });
  const change = upsertAgentData(connectTo(server.url), {
    ...invoices,
    key: ['number'],
    data: { number: 'A-1' },
  });
  expect(await lastValueFrom(change)).toMatchObject({ type: 'updated', record: { id: 'agd-1' } });
});

it.each([
  ['of the same time', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z'],
  ['without a time', undefined, undefined],
])('takes the smaller id for the older one of records %s, in either order', async (_, one, two) => {
  const a = { id: 'agd-a', ...invoices, created_at: one, data: { number: 'A-1' } };
  const b = { id: 'agd-b', ...invoices, created_at: two, data: { number: 'A-1' } };
  for (const items of [
    [a, b],
    [b, a],
  ]) {
    await using server = await startServer(({ method }, response) => {
      json(response, method === 'PUT' ? a : { items, next_page_token: null });
    });
    const body = { ...invoices, key: ['number'] as const, data: { number: 'A-1' } };
    await lastValueFrom(upsertAgentData(connectTo(server.url), body));
    expect(server.requests.map(({ url }) => url.split('/').at(-1))).toEqual([':search', 'agd-a']);
  }
});

it('finds at the second attempt what the first one stored before its answer was lost', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token, retry: { attempts: 1 } });
  const invoice = { number: 'A-1', supplier: { id: 7 }, total: 100 };
  cloud.faults.next('POST /api/v1/beta/agent-data', { reset: 'before-headers', carriedOut: true });
  await expect(lastValueFrom(upsert(connection, invoice))).rejects.toThrow();
  await lastValueFrom(upsert(connection, invoice));
  expect(await stored(connection)).toHaveLength(1);
});

it('refuses a key that tells no record from another, when called', () => {
  const connection = connectTo('http://127.0.0.1:1');
  const data = { number: 'A-1', note: undefined, tags: ['a'], total: NaN };
  expect(() => upsertAgentData(connection, { ...invoices, key: [], data })).toThrow(TypeError);
  expect(() => upsertAgentData(connection, { ...invoices, key: ['note'], data })).toThrow('"note"');
  expect(() => upsertAgentData(connection, { ...invoices, key: ['tags'], data })).toThrow('"tags"');
  expect(() => upsertAgentData(connection, { ...invoices, key: ['total'], data })).toThrow(
    'finite',
  );
});
