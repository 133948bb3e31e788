import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';

const deployment_name = 'bookshop';

describe("agent data, by the vendor's client", () => {
  let cloud: LocalCloud;
  let api: ReturnType<typeof vendorClient>['beta']['agentData'];
  let uncalled: Set<string>;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    ({ resource: api, uncalled } = watchCalls(vendorClient(cloud).beta.agentData));
    for (const [pages, genre] of [
      [320, 'novel'],
      [180, 'essay'],
      [96, 'essay'],
      [411, 'novel'],
      [250, 'diary'],
    ] as const) {
      const data = { title: `${genre} of ${pages} pages`, pages, genre };
      await api.create({ deployment_name, collection: 'books', data });
    }
  });
  afterAll(() => cloud.close());

  it('stores, gets, replaces and deletes a record', async () => {
    const created = await api.create({ deployment_name, data: { name: 'Ada', tags: ['x'] } });
    expect(created).toMatchObject({ deployment_name, collection: 'default' });
    const id = String(created.id);
    expect(await api.get(id)).toEqual(created);
    const replaced = await api.update(id, { data: { name: 'Grace' } });
    expect(replaced).toMatchObject({ id, data: { name: 'Grace' }, created_at: created.created_at });
    expect(await api.delete(id)).toEqual({ id, status: 'deleted' });
    await expect(api.get(id)).rejects.toThrow('404');
  });

  it('searches over several pages', async () => {
    const found: unknown[] = [];
    const search = api.search({
      deployment_name,
      collection: 'books',
      order_by: 'data.pages desc',
      page_size: 2,
    });
    for await (const { data } of search) {
      found.push(data.pages);
    }
    expect(found).toEqual([411, 320, 250, 180, 96]);
  });

  it('filters, and counts what matches', async () => {
    const page = await api.search({
      deployment_name,
      collection: 'books',
      filter: { pages: { gte: 100, lt: 400 }, genre: { includes: ['essay', 'novel'] } },
      order_by: 'data.pages',
      include_total: true,
      page_size: 1,
    });
    expect(page.items.map(({ data }) => data.pages)).toEqual([180]);
    expect(page).toMatchObject({ body: { total_size: 2 } });
    expect(page.hasNextPage()).toBe(true);
    const next = await page.getNextPage();
    expect(next.items.map(({ data }) => data.pages)).toEqual([320]);
    expect(next.hasNextPage()).toBe(false);
  });

  it('groups over several pages', async () => {
    const groups: unknown[] = [];
    const aggregate = api.aggregate({
      deployment_name,
      collection: 'books',
      group_by: ['genre'],
      count: true,
      first: true,
      order_by: 'data.genre',
      page_size: 2,
    });
    for await (const { group_key, count, first_item } of aggregate) {
      groups.push([group_key.genre, count, first_item?.pages]);
    }
    expect(groups).toEqual([
      ['diary', 1, 250],
      ['essay', 2, 180],
      ['novel', 2, 320],
    ]);
  });

  it('deletes what matches', async () => {
    const params = { deployment_name, collection: 'drafts' };
    await api.create({ ...params, data: { done: 1 } });
    await api.create({ ...params, data: { done: 0 } });
    expect(await api.deleteByQuery({ ...params, filter: { done: { eq: 1 } } })).toEqual({
      deleted_count: 1,
    });
    const rest = await api.search(params);
    expect(rest.items.map(({ data }) => data)).toEqual([{ done: 0 }]);
  });

  it('was asked for by every method but an alias', () => {
    // An older name of `create`.
    expect([...uncalled]).toEqual(['agentData']);
  });
});
