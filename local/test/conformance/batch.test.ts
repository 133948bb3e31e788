import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { until } from '../support/cloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';
import { invoice, lease, letter } from '../support/writings.ts';

const texts = { invoice, lease, letter };

describe("batch jobs and their files, by the vendor's client", () => {
  let cloud: LocalCloud;
  let client: ReturnType<typeof vendorClient>;
  let jobs: typeof client.beta.batch;
  let items: typeof jobs.jobItems;
  let uncalled: readonly Set<string>[];
  let directory_id: string;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
    const watched = watchCalls(client.beta.batch);
    const watchedItems = watchCalls(watched.resource.jobItems);
    jobs = watched.resource;
    items = watchedItems.resource;
    uncalled = [watched.uncalled, watchedItems.uncalled];
    directory_id = (await client.beta.directories.create({ name: 'Letters' })).id;
    for (const [name, text] of Object.entries(texts)) {
      const upload_file = new File([text], `${name}.md`);
      await client.beta.directories.files.upload(directory_id, { upload_file });
    }
  });
  afterAll(() => cloud.close());

  async function finished(id: string) {
    return until(
      () => jobs.getStatus(id),
      ({ job }) => ['completed', 'failed', 'cancelled'].includes(job.status),
    );
  }

  it('parses a directory, and says what was done with each file', async () => {
    const created = await jobs.create({
      directory_id,
      job_config: {
        job_name: 'parse_raw_file_job',
        parameters: { languages: ['en'], page_separator: '\n' },
      },
      'temporal-namespace': 'default',
    });
    expect(created).toMatchObject({ job_type: 'parse', directory_id, total_items: 3 });
    const { job, progress_percentage } = await finished(created.id);
    expect(job).toMatchObject({ status: 'completed', processed_items: 3, failed_items: 0 });
    expect(progress_percentage).toBe(100);

    const done: string[] = [];
    for await (const item of items.list(created.id, { limit: 2, offset: 0 })) {
      done.push(`${item.item_name}: ${item.status}`);
    }
    expect(done.sort()).toEqual([
      'invoice.md: completed',
      'lease.md: completed',
      'letter.md: completed',
    ]);
    const [first] = (await items.list(created.id, { status: 'completed' })).items;
    const results = await items.getProcessingResults(String(first?.item_id));
    expect(results).toMatchObject({
      item_name: first?.item_name,
      processing_results: [{ job_type: 'parse', item_id: first?.item_id }],
    });
  });

  it('classifies files by the rules of the job', async () => {
    const { items: files } = await client.beta.directories.files.list(directory_id);
    const created = await jobs.create({
      item_ids: files.map(({ id }) => id),
      job_config: {
        id: '6f3bb7b5-7a45-4a44-a64c-7e6b3bb4b0c7',
        project_id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427',
        user_id: 'reader',
        status: 'PENDING',
        rules: [
          { type: 'invoice', description: 'Bills with amounts, taxes and payment terms' },
          { type: 'contract', description: 'Agreements between two parties, such as leases' },
          { type: 'letter', description: 'Letters to a reader with a greeting and a close' },
        ],
      },
    });
    expect(created.job_type).toBe('classify');
    await finished(created.id);
    const kinds = await Promise.all(
      files.map(async ({ id, display_name }) => {
        const { processing_results } = await items.getProcessingResults(id, {
          job_type: 'classify',
        });
        expect(processing_results).toHaveLength(1);
        return [display_name, processing_results?.[0]?.output_metadata];
      }),
    );
    expect(kinds).toEqual([
      ['invoice.md', expect.objectContaining({ type: 'invoice' })],
      ['lease.md', expect.objectContaining({ type: 'contract' })],
      ['letter.md', expect.objectContaining({ type: 'letter' })],
    ]);
  });

  it('cancels a job', async () => {
    const { id } = await client.beta.directories.create({ name: 'Many' });
    const long = 'a,long,table\n'.repeat(200_000);
    for (const name of ['1.csv', '2.csv', '3.csv']) {
      const upload_file = new File([long + name], name);
      await client.beta.directories.files.upload(id, { upload_file });
    }
    const job = await jobs.create({ directory_id: id, job_config: {} });
    const answer = await jobs.cancel(job.id, { reason: 'a test', 'temporal-namespace': 'default' });
    expect(answer).toMatchObject({ job_id: job.id, status: 'cancelled' });
    expect(answer.message).toContain('a test');
  });

  it('lists jobs by offset over several pages', async () => {
    const { total_size } = await jobs.list({ limit: 1 });
    expect(total_size).toBe(3);
    const types: string[] = [];
    for await (const { job_type } of jobs.list({ limit: 2 })) {
      types.push(job_type);
    }
    expect(types.sort()).toEqual(['classify', 'parse', 'parse']);
    expect((await jobs.list({ directory_id, status: 'completed' })).items).toHaveLength(1);
  });

  it('was asked for by every method that there is', () => {
    expect(uncalled.map((names) => [...names])).toEqual([[], []]);
  });
});
