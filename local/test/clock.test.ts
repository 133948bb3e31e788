/** The clock of a cloud, which tests can advance. */

import { describe, expect, it } from 'vitest';
import { startLocalCloud } from '../src/startLocalCloud.ts';
import {
  createDirectory,
  createJob,
  finishedJob,
  getResults,
  listItems,
  send,
  upload,
} from './support/cloud.ts';

describe('the clock', () => {
  it('makes what is stored younger', async () => {
    await using cloud = await startLocalCloud();
    const before = await createDirectory(cloud, 'before');
    cloud.clock.advance(86_400_000);
    const after = await createDirectory(cloud, 'after');
    const apart = Date.parse(after.created_at ?? '') - Date.parse(before.created_at ?? '');
    expect(apart).toBeGreaterThanOrEqual(86_400_000);
    expect(cloud.clock.now() - Date.now()).toBeGreaterThanOrEqual(86_400_000);
    const { body } = await send(cloud, 'POST /api/v1/chat');
    const { last_updated_at } = body as { last_updated_at: string };
    expect(Date.parse(`${last_updated_at}Z`)).toBeGreaterThan(Date.now() + 86_000_000);
  });

  it('lets links expire', async () => {
    await using cloud = await startLocalCloud();
    const directory = await createDirectory(cloud, 'Links');
    await upload(cloud, directory, 'a.txt', 'the content');
    const { id } = await createJob(cloud, { directory_id: directory.id });
    await finishedJob(cloud, id);
    const [item] = (await listItems(cloud, id)).items;
    const { processing_results } = await getResults(cloud, item?.item_id ?? '');
    const url = /http[^"]+signature=[^"]+/.exec(JSON.stringify(processing_results))?.[0] ?? '';
    expect((await fetch(url)).status).toBe(200);
    cloud.clock.advance(3_600_000);
    const refused = await fetch(url);
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('expired');
  });

  it('does not go back', async () => {
    await using cloud = await startLocalCloud();
    for (const ms of [-1, NaN, Infinity]) {
      expect(() => cloud.clock.advance(ms)).toThrow(RangeError);
    }
  });
});
