import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDataApi } from '../support/agentDataApi.ts';
import { itemsOf, startAgentDataApi } from '../support/agentDataApi.ts';

let api: AgentDataApi;
beforeAll(async () => {
  api = await startAgentDataApi();
});
afterAll(() => api[Symbol.asyncDispose]());

/** Places and messages of a 422 answer. */
function problems(json: Record<string, unknown>): readonly unknown[] {
  return (json.detail as { loc: readonly string[]; type: string }[]).map(({ loc, type }) => [
    loc.join('.'),
    type,
  ]);
}

describe('one record', () => {
  it('is stored, read, replaced and deleted', async () => {
    const data = { name: 'first', tags: ['a'] };
    const created = await api.send('POST', '', { deployment_name: 'one', data });
    expect(created.status).toBe(200);
    expect(created.json).toEqual({
      id: expect.any(String) as string,
      deployment_name: 'one',
      collection: 'default',
      project_id: expect.any(String) as string,
      data,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
      updated_at: created.json.created_at,
    });
    const path = `/${String(created.json.id)}`;
    expect(await api.send('GET', path)).toMatchObject({ status: 200, json: created.json });

    const replaced = await api.send('PUT', path, { data: { other: 1 } });
    expect(replaced).toMatchObject({
      status: 200,
      json: { ...created.json, data: { other: 1 }, updated_at: expect.any(String) as string },
    });
    expect(replaced.json.data).toEqual({ other: 1 });
    expect((await api.send('GET', path)).json).toEqual(replaced.json);

    const deleted = await api.send('DELETE', path);
    expect(deleted.status).toBe(200);
    expect(Object.values(deleted.json).every((value) => typeof value === 'string')).toBe(true);
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await api.send(method, path)).status).toBe(404);
    }
    expect((await api.send('PUT', path, { data: {} })).status).toBe(404);
  });

  it('is not seen from another project', async () => {
    const [id = ''] = await api.store({ name: 'mine' });
    expect((await api.send('GET', `/${id}?project_id=other`)).status).toBe(404);
    expect((await api.send('DELETE', `/${id}?project_id=other`)).status).toBe(404);
    const found = await api.send('POST', '/:search?project_id=other', { deployment_name: 'tests' });
    expect(found.json.items).toEqual([]);
  });

  it('keeps every key, those of object prototypes too', async () => {
    const data =
      '{"__proto__":{"polluted":true},"constructor":1,"toString":null,"a.b":1,"":2,"q\\"\\\\\\u0000é":"\\u0000"}';
    const created = await api.send('POST', '', `{"deployment_name":"keys","data":${data}}`);
    const read = await api.send('GET', `/${String(created.json.id)}`);
    for (const { text } of [created, read]) {
      expect(text).toContain(data.slice(1, -1));
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('keeps integers of any size, and finds, orders and groups by them', async () => {
    const base = { deployment_name: 'large' };
    const id = (n: string): string => `{"deployment_name":"large","data":{"id":${n}}}`;
    const numbers = ['9007199254740993', '9007199254740992', '-9223372036854775808'];
    for (const n of numbers) {
      const created = await api.send('POST', '', id(n));
      expect(created.text).toContain(`{"id":${n}}`);
      expect((await api.send('GET', `/${String(created.json.id)}`)).text).toContain(`{"id":${n}}`);
    }
    const filter = '{"deployment_name":"large","filter":{"id":{"eq":9007199254740993}}}';
    const found = await api.send('POST', '/:search', filter);
    expect(found.text.match(/"id":-?\d+/g)).toEqual(['"id":9007199254740993']);
    const ordered = await api.send('POST', '/:search', { ...base, order_by: 'data.id' });
    expect(ordered.text.match(/"id":-?\d+/g)).toEqual(
      [...numbers].reverse().map((n) => `"id":${n}`),
    );
    const groups = await api.send('POST', '/:aggregate', {
      ...base,
      group_by: ['id'],
      count: true,
    });
    expect(groups.text).toContain('9007199254740993');
  });

  it.each([
    ['1e400', 'finite_number'],
    ['-1E+999', 'finite_number'],
    ['"\\ud800"', 'string_unicode'],
    ['["ok", "x\\udc00y"]', 'string_unicode'],
  ])('refuses %s, which cannot be given back as it came', async (value, type) => {
    const body = `{"deployment_name":"odd","data":{"value":${value}}}`;
    const refused = await api.send('POST', '', body);
    expect(refused.status).toBe(422);
    expect(problems(refused.json)[0]).toEqual([expect.stringMatching(/^body\.data\.value/), type]);
  });

  it('keeps data as deep as it can search, and refuses deeper', async () => {
    const nested = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;
    const create = (levels: number) =>
      api.send('POST', '', `{"deployment_name":"deep","data":${nested(levels)}}`);
    expect((await create(1000)).status).toBe(200);
    expect(problems((await create(1001)).json)).toEqual([['body.data', 'recursion_limit']]);
    expect((await create(100_000)).status).toBe(422);
    const filter = { a: { eq: 'x' } };
    expect(await api.send('POST', '/:search', { deployment_name: 'deep', filter })).toMatchObject({
      status: 200,
    });
  });

  it('needs a deployment and an object', async () => {
    expect(problems((await api.send('POST', '', {})).json)).toEqual([
      ['body.deployment_name', 'missing'],
      ['body.data', 'missing'],
    ]);
    for (const data of [null, [1], 'text', 7]) {
      const { status, json } = await api.send('PUT', '/any', { data });
      expect([status, problems(json)]).toEqual([422, [['body.data', 'dict_type']]]);
    }
  });
});

describe('deleting by filter', () => {
  it('deletes what matches and says how many', async () => {
    const deployment_name = 'deleting';
    const create = (collection: string, n: number) =>
      api.send('POST', '', { deployment_name, collection, data: { n } });
    await Promise.all([create('a', 1), create('a', 2), create('a', 3), create('b', 1)]);
    const remove = async (body: object) =>
      (await api.send('POST', '/:delete', { deployment_name, ...body })).json;

    expect(await remove({ collection: 'a', filter: { n: { gte: 2 } } })).toEqual({
      deleted_count: 2,
    });
    expect(await remove({ collection: 'a' })).toEqual({ deleted_count: 1 });
    expect(await remove({})).toEqual({ deleted_count: 0 });
    const left = await api.send('POST', '/:search', { deployment_name, collection: 'b' });
    expect(itemsOf(left.json)).toHaveLength(1);
  });

  it('refuses what it would have to pass over', async () => {
    const remove = async (body: object) => {
      const { json } = await api.send('POST', '/:delete', { deployment_name: 'tests', ...body });
      return problems(json);
    };
    expect(await remove({ filters: {} })).toEqual([['body', 'unrecognized_keys']]);
    expect(await remove({ filter: { n: { gt: 0, greater: 1 } } })).toEqual([
      ['body.filter.n', 'unrecognized_keys'],
    ]);
    expect(await remove({ filter: { n: {} } })).toEqual([['body.filter.n', 'value_error']]);
  });
});

describe('routes', () => {
  it('know their three verbs and no other', async () => {
    const body = { deployment_name: 'tests' };
    for (const verb of ['search', 'aggregate', 'delete']) {
      expect((await api.send('POST', `/:${verb}`, { ...body, collection: verb })).status).toBe(200);
    }
    expect((await api.send('POST', '/:purge', body)).status).not.toBe(200);
    expect((await api.send('GET', '/:search')).status).toBe(404);
  });

  it('check page size and offset', async () => {
    const search = async (body: object) =>
      problems((await api.send('POST', '/:search', { deployment_name: 'tests', ...body })).json);
    expect(await search({ offset: 1001 })).toEqual([['body.offset', 'less_than_equal']]);
    expect(await search({ offset: -1 })).toEqual([['body.offset', 'greater_than_equal']]);
    expect(await search({ page_size: 0 })).toEqual([['body.page_size', 'greater_than_equal']]);
    expect(await search({ filter: { a: { eq: {} } } })).toEqual([
      ['body.filter.a.eq', 'float_type'],
    ]);
    expect(await search({ filter: [] })).toEqual([['body.filter', 'dict_type']]);
    expect(await search({ order_by: 'a,,b' })).toEqual([['body.order_by', 'value_error']]);
  });
});
