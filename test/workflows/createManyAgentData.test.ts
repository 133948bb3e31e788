import { lastValueFrom, take, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import { searchAgentData } from '../../src/sources/agentData.ts';
import type { CreateAgentDataBody } from '../../src/types/agentData.ts';
import { createManyAgentData } from '../../src/workflows/createManyAgentData.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

interface Row {
  readonly n: number;
}

const rows = { deployment_name: '_public', collection: 'rows' };

function* numbered(count: number): Generator<Row> {
  for (let n = 0; n < count; n += 1) {
    yield { n };
  }
}

it('stores every record of a source that is pulled', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });

  const events = await lastValueFrom(
    createManyAgentData(connection, rows, numbered(60)).pipe(toArray()),
  );
  expect(events.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
    [...numbered(60)].map(({ n }) => n),
  );
  expect(
    events.every((event) => event.type === 'created' && event.record.data.n === event.index),
  ).toBe(true);
  const stored = await lastValueFrom(searchAgentData<Row>(connection, rows).pipe(toArray()));
  expect(new Set(stored.map(({ data }) => data.n)).size).toBe(60);
});

it('says which records failed and goes on with the others', async () => {
  await using server = await startServer((request, response) => {
    const body = request.json() as CreateAgentDataBody<Row>;
    if (body.data.n === 1) {
      json(response, { detail: 'no' }, 403);
    } else {
      json(response, { ...body, id: `agd-${body.data.n}` });
    }
  });
  const events = await lastValueFrom(
    createManyAgentData(connectTo(server.url), rows, numbered(3), { concurrency: 1 }).pipe(
      toArray(),
    ),
  );
  expect(events).toMatchObject([
    { type: 'created', index: 0, record: { id: 'agd-0' } },
    { type: 'failed', index: 1, data: { n: 1 }, error: { status: 403 } },
    { type: 'created', index: 2, record: { id: 'agd-2' } },
  ]);
});

it('takes no more of the source than there are slots, and closes it when unsubscribed', async () => {
  await using server = await startServer((request, response) => json(response, request.json()));
  let taken = 0;
  let closed = false;
  function* endless(): Generator<Row> {
    try {
      for (;;) {
        yield { n: ++taken };
      }
    } finally {
      closed = true;
    }
  }
  const many = createManyAgentData(connectTo(server.url), rows, endless(), { concurrency: 3 });
  await lastValueFrom(many.pipe(take(5)));
  expect(closed).toBe(true);
  expect(taken).toBeLessThanOrEqual(5 + 3);
});

it('refuses a concurrency that cannot be meant when called', () => {
  const connection = connectTo('http://127.0.0.1:1');
  expect(() => createManyAgentData(connection, rows, [], { concurrency: 0 })).toThrow(RangeError);
});
