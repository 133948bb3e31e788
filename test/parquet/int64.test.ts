import { lastValueFrom, map, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { parquetFile } from '../../local/test/support/parquetFile.ts';
import { toSse } from '../../src/bridges/toSse.ts';
import { regionRows, type RegionRowsConfig } from '../../src/parquet/regionRows.ts';
import { createAgentData } from '../../src/sources/agentData.ts';
import { startStorage, type Storage } from '../support/storage.ts';

const sales = parquetFile([
  { name: 'sales', data: [7n, -(2n ** 53n), 9007199254740993n], type: 'INT64' },
]);
const small = parquetFile([{ name: 'sales', data: [7n, 2n ** 53n - 1n], type: 'INT64' }]);
const lists = parquetFile([{ name: 'all', data: [{ a: [1, 'x'] }, null], type: 'JSON' }]);

function rows(storage: Storage, config?: RegionRowsConfig): Promise<unknown[]> {
  const all = regionRows(storage.connection, 'spr-1', 'rgn-1', 'table', config);
  return lastValueFrom(all.pipe(toArray()));
}

describe('the 64-bit integers of regionRows', () => {
  it('are bigints, numbers or texts', async () => {
    await using storage = await startStorage(sales);
    const given = [7n, -(2n ** 53n), 9007199254740993n];
    expect(await rows(storage)).toEqual(given.map((n) => ({ sales: n })));
    expect(await rows(storage, { int64: 'string' })).toEqual(
      given.map((n) => ({ sales: String(n) })),
    );
    await using other = await startStorage(small);
    expect(await rows(other, { int64: 'number' })).toEqual([{ sales: 7 }, { sales: 2 ** 53 - 1 }]);
  });

  it('are no numbers where these would lose digits', async () => {
    await using storage = await startStorage(sales);
    await expect(rows(storage, { int64: 'number' })).rejects.toThrow(
      /"sales" has the integer -9007199254740992, which no number holds exactly/,
    );
  });

  it('leave all else alone', async () => {
    await using storage = await startStorage(lists);
    expect(await rows(storage, { int64: 'string' })).toEqual([
      { all: { a: [1, 'x'] } },
      { all: null },
    ]);
  });

  it('keep their digits in messages and in records', async () => {
    await using storage = await startStorage(sales, {
      instead: (_, { method }, response) => {
        if (method === 'POST') {
          response.setHeader('content-type', 'application/json').end('{}');
        }
        return method === 'POST';
      },
    });
    const all = regionRows(storage.connection, 'spr-1', 'rgn-1', 'table');
    const messages = toSse(all)
      .messages()
      .pipe(
        map(({ data }) => data),
        toArray(),
      );
    expect((await lastValueFrom(messages))[2]).toBe('{"sales":9007199254740993}');
    const data = { sales: 9007199254740993n };
    await lastValueFrom(createAgentData(storage.connection, { deployment_name: 'a', data }));
    expect(storage.requests.at(-1)?.body.toString()).toBe(
      '{"deployment_name":"a","data":{"sales":9007199254740993}}',
    );
  });

  it('are refused in a form that there is not', async () => {
    await using storage = await startStorage(sales);
    const form = 'int' as 'number';
    expect(() =>
      regionRows(storage.connection, 'spr-1', 'rgn-1', 'table', { int64: form }),
    ).toThrow(RangeError);
  });
});
