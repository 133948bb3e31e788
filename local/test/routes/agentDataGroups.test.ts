import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentDataApi } from '../support/agentDataApi.ts';
import { itemsOf, startAgentDataApi } from '../support/agentDataApi.ts';

let api: AgentDataApi;
beforeAll(async () => {
  api = await startAgentDataApi();
  await api.store(
    { name: 'a', status: 'open', n: 1, home: { city: 'Oslo' } },
    { name: 'b', status: 'done', n: 1 },
    { name: 'c', status: 'open', n: 2, home: { city: 'Rome' } },
    { name: 'd', status: null, n: '1' },
    { name: 'e', n: true },
    { name: 'f', status: 'open', n: 10, home: { city: 'Oslo' } },
  );
});
afterAll(() => api[Symbol.asyncDispose]());

async function aggregate(body: object) {
  const { json } = await api.send('POST', '/:aggregate', { deployment_name: 'tests', ...body });
  return json;
}

/** The groups of an answer as `key:count`. */
function counts(page: Record<string, unknown>): readonly string[] {
  return itemsOf(page).map(({ group_key, count }) => {
    const values: unknown[] = Object.values(group_key as object);
    return `${values.map((value) => JSON.stringify(value)).join('/')}:${String(count)}`;
  });
}

describe('groups', () => {
  it('have their key, and count and oldest record when asked', async () => {
    expect(await aggregate({ group_by: ['status'], count: true, first: true })).toEqual({
      items: [
        {
          group_key: { status: 'done' },
          count: 1,
          first_item: { name: 'b', status: 'done', n: 1 },
        },
        {
          group_key: { status: 'open' },
          count: 3,
          first_item: { name: 'a', status: 'open', n: 1, home: { city: 'Oslo' } },
        },
        { group_key: { status: null }, count: 2, first_item: { name: 'd', status: null, n: '1' } },
      ],
      next_page_token: null,
      total_size: null,
    });
    const bare = await aggregate({ group_by: ['status'], filter: { n: { eq: 10 } } });
    expect(bare.items).toEqual([{ group_key: { status: 'open' }, count: null, first_item: null }]);
  });

  it('tell numbers, text and booleans apart', async () => {
    const page = await aggregate({ group_by: ['n'], count: true });
    expect(counts(page)).toEqual(['1:2', 'true:1', '2:1', '10:1', '"1":1']);
  });

  it('are formed by several fields, nested ones too', async () => {
    const page = await aggregate({ group_by: ['status', 'home.city', 'status'], count: true });
    expect(counts(page)).toEqual([
      '"done"/null:1',
      '"open"/"Oslo":2',
      '"open"/"Rome":1',
      'null/null:2',
    ]);
    expect(itemsOf(page)[1]?.group_key).toEqual({ status: 'open', 'home.city': 'Oslo' });
  });

  it('are one without fields, even of no records', async () => {
    const body = { count: true, first: true };
    expect((await aggregate({ count: true })).items).toEqual([
      { group_key: {}, count: 6, first_item: null },
    ]);
    expect((await aggregate({ ...body, filter: { n: { eq: 'none' } } })).items).toEqual([
      { group_key: {}, count: 0, first_item: null },
    ]);
    const none = { ...body, group_by: ['n'], filter: { n: { eq: 'none' } } };
    expect((await aggregate(none)).items).toEqual([]);
  });

  it('come in the order asked for', async () => {
    const by = async (order_by: string) =>
      counts(await aggregate({ group_by: ['status'], count: true, order_by }));
    expect(await by('status desc')).toEqual(['"open":3', '"done":1', 'null:2']);
    expect(await by('data.status')).toEqual(['"done":1', '"open":3', 'null:2']);
    expect(await by('count')).toEqual(['"done":1', 'null:2', '"open":3']);
    expect(await by('created_at desc')).toEqual(['null:2', '"done":1', '"open":3']);
    expect(await aggregate({ group_by: ['status'], order_by: 'data.n' })).toMatchObject({
      detail: [{ loc: ['body', 'order_by'] }],
    });
  });

  it.each(['n', 'n desc', 'count desc', 'created_at', ''])(
    'are all read page by page, in the order "%s"',
    async (order_by) => {
      const body = { group_by: ['n'], count: true, order_by };
      const whole = counts(await aggregate(body));
      expect(whole).toHaveLength(5);
      const read: string[] = [];
      let token: unknown;
      do {
        const page = await aggregate({ ...body, page_size: 2, page_token: token });
        read.push(...counts(page));
        token = page.next_page_token;
      } while (token !== null);
      expect(read).toEqual(whole);
      expect(counts(await aggregate({ ...body, offset: 3 }))).toEqual(whole.slice(3));
    },
  );

  it('keep their place when their oldest record is deleted between two pages', async () => {
    const deployment_name = 'moving groups';
    const ids: string[] = [];
    for (const k of ['a', 'b', 'a', 'b']) {
      const { json } = await api.send('POST', '', { deployment_name, data: { k } });
      ids.push(String(json.id));
    }
    const body = { deployment_name, group_by: ['k'], count: true, page_size: 1 };
    const first = await aggregate(body);
    await api.send('DELETE', `/${ids[0] ?? ''}`);
    const second = await aggregate({ ...body, page_token: first.next_page_token });
    expect([counts(first), counts(second)]).toEqual([['"a":2'], ['"b":2']]);
    expect(second.next_page_token).toBeNull();
  });
});
