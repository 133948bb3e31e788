import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDataApi } from '../support/agentDataApi.ts';
import { itemsOf, startAgentDataApi } from '../support/agentDataApi.ts';

let api: AgentDataApi;
beforeAll(async () => {
  api = await startAgentDataApi(Array.from({ length: 1001 }, (_, n) => ({ n })));
});
afterAll(() => api[Symbol.asyncDispose]());

/** Stores records in a collection of their own; returns how to search it. */
async function collection(name: string, data: readonly object[]) {
  const deployment_name = name;
  const store = async (one: object) => {
    const { json } = await api.send('POST', '', { deployment_name, data: one });
    return String(json.id);
  };
  const ids: string[] = [];
  for (const one of data) {
    ids.push(await store(one));
  }
  const page = async (body: object) => {
    const { json } = await api.send('POST', '/:search', { deployment_name, ...body });
    const names = itemsOf(json).map((item) => Reflect.get(Object(item.data), 'name') as unknown);
    return { names, token: json.next_page_token, total: json.total_size };
  };
  const all = async (body: object) => {
    const names: unknown[] = [];
    let token: unknown;
    do {
      const next = await page({ ...body, page_token: token });
      names.push(...next.names);
      ({ token } = next);
    } while (token !== null);
    return names;
  };
  return { ids, store, page, all };
}

const mixed = [
  { name: 'a', k: 2 },
  { name: 'b', k: 'x' },
  { name: 'c' },
  { name: 'd', k: 10 },
  { name: 'e', k: null },
  { name: 'f', k: 'X' },
  { name: 'g', k: 2 },
  { name: 'h', k: 0.1 },
  { name: 'i', k: 1152921504606847000 },
  { name: 'j', k: true },
];

describe('order', () => {
  it('is that of creation when none is asked for', async () => {
    const { page } = await collection('plain', mixed);
    expect((await page({})).names.join('')).toBe('abcdefghij');
    expect((await page({ order_by: ' ' })).names.join('')).toBe('abcdefghij');
    expect((await page({ order_by: 'created_at desc' })).names.join('')).toBe('jihgfedcba');
  });

  it('sorts numbers by size, then text, then what lacks the field', async () => {
    const { page } = await collection('mixed', mixed);
    expect((await page({ order_by: 'data.k' })).names.join('')).toBe('hjagdifbce');
    expect((await page({ order_by: 'k asc' })).names.join('')).toBe('hjagdifbce');
    expect((await page({ order_by: 'data.k DESC' })).names.join('')).toBe('bfidgajhec');
  });

  it('goes by several fields, of records and nested data', async () => {
    const { page } = await collection('several', [
      { name: 'a', in: { n: 1 }, k: 1 },
      { name: 'b', in: { n: 2 }, k: 1 },
      { name: 'c', in: { n: 2 }, k: 0 },
      { name: 'd', in: { n: 2 }, k: 0 },
    ]);
    const names = async (order_by: string) => (await page({ order_by })).names.join('');
    expect(await names('data.in.n desc, data.k asc, created_at desc')).toBe('dcba');
    expect(await names('data.in.n desc,data.k,created_at')).toBe('cdba');
    expect(await names('deployment_name, data.k, data.in.n')).toBe('cdab');
  });
});

describe('pages', () => {
  it.each([
    'data.k',
    'data.k desc',
    'created_at',
    'created_at desc',
    'updated_at, data.k desc, id',
    'data.k, data.name desc',
  ])('joined are the whole list, in the order %s', async (order_by) => {
    const { all, page } = await collection(`pages ${order_by}`, mixed);
    const whole = (await page({ order_by })).names;
    expect(whole).toHaveLength(10);
    for (const page_size of [1, 3, 10]) {
      expect(await all({ order_by, page_size })).toEqual(whole);
    }
  });

  it('neither repeat nor skip when records come and go between them', async () => {
    const { ids, store, page } = await collection('moving', mixed);
    const first = await page({ order_by: 'data.name', page_size: 4 });
    expect(first.names.join('')).toBe('abcd');
    // The record that the token stands on, one before it, and new ones on both sides.
    await Promise.all([ids[3], ids[0]].map((id = '') => api.send('DELETE', `/${id}`)));
    await store({ name: 'aa' });
    await store({ name: 'ea' });
    const second = await page({ order_by: 'data.name', page_size: 4, page_token: first.token });
    expect(second.names).toEqual(['e', 'ea', 'f', 'g']);
  });

  it('have 10 records unless asked otherwise, and 1000 at most', async () => {
    const page = async (body: object) => {
      const { json } = await api.send('POST', '/:search', { deployment_name: 'tests', ...body });
      return { size: itemsOf(json).length, token: json.next_page_token, total: json.total_size };
    };
    expect(await page({})).toMatchObject({ size: 10 });
    const largest = await page({ page_size: 5000, include_total: true });
    expect(largest).toMatchObject({ size: 1000, total: 1001 });
    const rest = await page({ page_size: 5000, page_token: largest.token });
    expect(rest).toEqual({ size: 1, token: null, total: null });
    expect(await page({ offset: 1000 })).toMatchObject({ size: 1, token: null });
  });

  it('start at an offset, which a token has counted in', async () => {
    const { page } = await collection('offset', mixed);
    const first = await page({ offset: 2, page_size: 3 });
    expect(first.names.join('')).toBe('cde');
    const second = await page({ offset: 2, page_size: 3, page_token: first.token });
    expect(second.names.join('')).toBe('fgh');
    expect(await page({ offset: 500 })).toMatchObject({ names: [], token: null });
  });

  it('count all that match, whatever page is shown', async () => {
    const { page } = await collection('total', mixed);
    const body = { filter: { k: { gte: 2 } }, include_total: true, page_size: 1 };
    const first = await page(body);
    expect(first).toMatchObject({ names: ['a'], total: 4 });
    expect(await page({ ...body, page_token: first.token })).toMatchObject({ total: 4 });
    expect(await page({})).toMatchObject({ total: null });
  });

  it('are refused for a token of another order, or of nobody', async () => {
    const { page } = await collection('tokens', mixed);
    const { token } = await page({ order_by: 'data.k', page_size: 2 });
    expect(String(token)).toMatch(/^[\w-]+$/);
    const forged = Buffer.from(
      Buffer.from(String(token), 'base64url').toString().replace('[', '["x",'),
    ).toString('base64url');
    for (const [page_token, order_by] of [
      [token, 'data.k desc'],
      [token, undefined],
      ['nonsense', 'data.k'],
      [forged, 'data.k'],
    ]) {
      const answer = await api.send('POST', '/:search', {
        deployment_name: 'tokens',
        page_token,
        order_by,
      });
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('"loc":["body","page_token"]');
    }
  });
});
