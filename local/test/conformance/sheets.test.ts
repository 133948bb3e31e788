import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';
import { budget, readParquet, xlsx } from '../support/workbooks.ts';

/** Times of the client are in seconds. */
const waiting = { pollingInterval: 0.02, maxInterval: 0.02, timeout: 20 };

describe("sheets, by the vendor's client", () => {
  let cloud: LocalCloud;
  let client: ReturnType<typeof vendorClient>;
  let api: typeof client.beta.sheets;
  let uncalled: Set<string>;
  let workbook: string;
  let broken: string;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
    ({ resource: api, uncalled } = watchCalls(client.beta.sheets));
    const { id } = await client.beta.directories.create({ name: 'Sheets' });
    const store = async (name: string, content: string | Uint8Array<ArrayBuffer>) =>
      client.beta.directories.files.upload(id, { upload_file: new File([content], name) });
    workbook = String((await store('budget.xlsx', await xlsx(budget))).file_id);
    broken = String((await store('broken.xlsx', 'no workbook')).file_id);
  });
  afterAll(() => cloud.close());

  it('takes a spreadsheet apart, and serves its regions as Parquet', async () => {
    const job = await api.parse({
      file_id: workbook,
      config: { table_merge_sensitivity: 'weak' },
      ...waiting,
    });
    expect(job).toMatchObject({ status: 'SUCCESS', success: true, file_id: workbook });
    expect(job.config.table_merge_sensitivity).toBe('weak');
    const table = job.regions?.find(({ region_type }) => region_type === 'table');
    const place = { spreadsheet_job_id: job.id, region_id: String(table?.region_id) };
    for (const type of ['table', 'cell_metadata'] as const) {
      const { url } = await api.getResultTable(type, { ...place, expires_at_seconds: 60 });
      const rows = await readParquet(await (await fetch(url)).arrayBuffer());
      expect(rows.length).toBeGreaterThan(0);
    }
    await expect(api.getResultTable('extra', place)).rejects.toThrow('404');
  });

  it('fails the wait for a file that is no spreadsheet, with the reason', async () => {
    const job = await api.create({ file_id: broken });
    expect(job).toMatchObject({ status: 'PENDING', regions: [], errors: [] });
    await expect(api.waitForCompletion(job.id, waiting)).rejects.toThrow(
      /failed with status: ERROR \| Errors: .*broken\.xlsx/,
    );
  });

  it('lists jobs over several pages, gets and deletes them', async () => {
    const created = await api.create({ file_id: workbook });
    const ids: string[] = [];
    for await (const { id } of api.list({ page_size: 1, include_results: true })) {
      ids.push(id);
    }
    expect(ids).toHaveLength(3);
    expect((await api.list({ job_ids: ids.slice(0, 2) })).items.map(({ id }) => id)).toEqual(
      ids.slice(0, 2),
    );
    const ended = await api.waitForCompletion(created.id, waiting);
    expect(await api.get(created.id)).toEqual(ended);
    expect(await api.deleteJob(created.id)).toMatchObject({ id: created.id });
    await expect(api.get(created.id)).rejects.toThrow('404');
  });

  it('was asked for by every method that there is', () => {
    expect([...uncalled]).toEqual([]);
  });
});
