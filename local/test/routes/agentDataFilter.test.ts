import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDataApi } from '../support/agentDataApi.ts';
import { startAgentDataApi } from '../support/agentDataApi.ts';

let api: AgentDataApi;
beforeAll(async () => {
  api = await startAgentDataApi();
  await api.store(
    { name: 'ann', age: 9, tags: ['x', 'y'], home: { city: 'Oslo' }, seen: '2024-01-05', ok: true },
    { name: 'ben', age: 10, tags: ['y', 7], home: { city: 'Rome' }, seen: '2024-02-01', ok: false },
    { name: 'cid', age: '10', tags: 'x', home: 'Oslo', seen: null },
    { name: 'dot', age: 10.5, tags: [null], 'home.city': 'Oslo', ok: 1 },
    { name: 'eve', age: { n: 1 }, tags: [], big: 2 ** 60 },
  );
});
afterAll(() => api[Symbol.asyncDispose]());

/** The first letters of the names that a filter lets through. */
async function found(filter: unknown): Promise<string> {
  const names = await api.names({ filter });
  return names.map((name) => String(name).charAt(0)).join('');
}

describe('filter', () => {
  it.each([
    ['equal number', { age: { eq: 10 } }, 'b'],
    ['equal text', { age: { eq: '10' } }, 'c'],
    ['not equal, among those that have the field', { age: { ne: 10 } }, 'acde'],
    ['more', { age: { gt: 9 } }, 'bd'],
    ['this or more', { age: { gte: 10 } }, 'bd'],
    ['less, numbers by size', { age: { lt: 10 } }, 'a'],
    ['this or less', { age: { lte: 10 } }, 'ab'],
    ['text only with text', { age: { gte: '0' } }, 'c'],
    ['two conditions on one field', { age: { gt: 9, lt: 10.5 } }, 'b'],
    ['dates as text', { seen: { gte: '2024-01-05', lt: '2024-02' } }, 'a'],
    ['a list that holds one', { tags: { includes: ['x'] } }, 'ac'],
    ['one of several, of both kinds', { tags: { includes: ['x', 7] } }, 'abc'],
    ['a scalar that is one of several', { name: { includes: ['ann', 'eve'] } }, 'ae'],
    ['a list that holds null, or no list', { tags: { includes: [null] } }, 'd'],
    ['none of these', { tags: { excludes: ['x'] } }, 'bde'],
    ['one of none', { tags: { includes: [] } }, ''],
    ['none of none', { tags: { excludes: [] } }, 'abcde'],
    ['missing or null', { seen: { eq: null } }, 'cde'],
    ['present', { seen: { ne: null } }, 'ab'],
    ['missing among others', { seen: { includes: [null, '2024-02-01'] } }, 'bcde'],
    ['nothing is more than null', { age: { gt: null } }, ''],
    ['a nested field', { 'home.city': { eq: 'Oslo' } }, 'a'],
    ['true as 1', { ok: { eq: true } }, 'ad'],
    ['0 as false', { ok: { eq: 0 } }, 'b'],
    ['booleans by size', { ok: { gte: 1 } }, 'ad'],
    ['numbers of more than 53 bits', { big: { eq: 2 ** 60, gte: 2 ** 60, lte: 2 ** 60 } }, 'e'],
    ['several fields', { age: { gte: 9 }, name: { gt: 'b' } }, 'bd'],
    ['no field at all', {}, 'abcde'],
    ['no conditions', null, 'abcde'],
  ])('%s', async (_, filter, names) => {
    expect(await found(filter)).toBe(names);
  });

  it('takes a list or an object for neither text nor number', async () => {
    expect(await found({ tags: { eq: '["x","y"]' } })).toBe('');
    expect(await found({ age: { gt: '{' } })).toBe('');
    expect(await found({ tags: { gte: '[' } })).toBe('c');
  });

  it('reads the times of the record where its data has none of that name', async () => {
    const { json } = await api.send('POST', '', {
      deployment_name: 'times',
      data: { name: 'own' },
    });
    await api.send('POST', '', {
      deployment_name: 'times',
      data: { name: 'data', created_at: '1999-01-01' },
    });
    const names = (filter: object) => api.names({ deployment_name: 'times', filter });
    const created = new Date(String(json.created_at));
    // The same instant, written for a zone two hours to the east.
    const east = new Date(created.getTime() + 7_200_000).toISOString().replace('Z', '+02:00');

    expect(await names({ created_at: { gte: '2020-01-01' } })).toEqual(['own']);
    expect(await names({ created_at: { lt: '2020-01-01' } })).toEqual(['data']);
    expect(await names({ created_at: { eq: '1999-01-01' } })).toEqual(['data']);
    expect(await names({ created_at: { eq: east } })).toEqual(['own']);
    expect(await names({ updated_at: { eq: null } })).toEqual([]);
  });

  it('follows keys literally, whatever they contain', async () => {
    const keys = ["it's", 'say "hi"', 'a]b', '$', '', '\\', '\u0000', '__proto__', 'constructor'];
    for (const key of keys) {
      const deployment_name = `key ${key}`;
      const data = JSON.stringify(
        Object.fromEntries([
          ['name', 'hit'],
          [key, 1],
        ]),
      );
      await api.send(
        'POST',
        '',
        `{"deployment_name":${JSON.stringify(deployment_name)},"data":${data}}`,
      );
      const filter = (value: number) => Object.fromEntries([[key, { eq: value }]]);
      expect(await api.names({ deployment_name, filter: filter(1) })).toEqual(['hit']);
      expect(await api.names({ deployment_name, filter: filter(2) })).toEqual([]);
    }
  });

  it('runs no SQL that comes in a name, an order, a group or a value', async () => {
    const attack = `x') OR 1=1; DROP TABLE agent_data; --`;
    for (const name of [attack, `"${attack}`, `'${attack}`, `a" || (SELECT id) || "`]) {
      expect(await found({ [name]: { eq: name } })).toBe('');
      expect(await found({ name: { includes: [name] } })).toBe('');
      const ordered = await api.names({ order_by: `${name} desc, data.${name}` });
      expect(ordered).toHaveLength(5);
      const { json } = await api.send('POST', '/:aggregate', {
        deployment_name: 'tests',
        group_by: [name],
        count: true,
      });
      expect(json.items).toEqual([{ group_key: { [name]: null }, count: 5, first_item: null }]);
      expect(await api.names({ deployment_name: name, collection: name })).toEqual([]);
    }
    expect(await found({})).toBe('abcde');
  });

  it('takes as many conditions as it allows', async () => {
    const all = { ne: 0, gt: 0, gte: 0, lt: 0, lte: 0, includes: [0], excludes: [0], eq: 0 };
    const filter = (fields: number) =>
      Object.fromEntries(Array.from({ length: fields }, (_, n) => [`f${n}`, all]));
    expect(await found(filter(100))).toBe('');
    const body = { deployment_name: 'tests', filter: filter(101) };
    expect(await api.send('POST', '/:search', body)).toMatchObject({ status: 422 });
    const many = Array.from({ length: 40_000 }, (_, n) => `v${n}`);
    expect(await found({ name: { includes: [...many, 'ann'] } })).toBe('a');
  });

  it('takes as many sort keys and group fields as it allows', async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}`);
    const ordered = (count: number) => ({
      deployment_name: 'tests',
      order_by: fields(count).join(' desc,'),
      page_size: 1,
    });
    const { json } = await api.send('POST', '/:search', ordered(32));
    expect(await api.names({ ...ordered(32), page_token: json.next_page_token })).toEqual(['ben']);
    expect(await api.send('POST', '/:search', ordered(33))).toMatchObject({ status: 422 });
    const grouped = { ...ordered(32), group_by: fields(32), count: true };
    expect(await api.send('POST', '/:aggregate', grouped)).toMatchObject({
      json: { items: [{ count: 5 }] },
    });
    const tooMany = { deployment_name: 'tests', group_by: fields(33) };
    expect(await api.send('POST', '/:aggregate', tooMany)).toMatchObject({ status: 422 });
  });
});
