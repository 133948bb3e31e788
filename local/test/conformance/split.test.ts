import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { settings, typeset } from '../support/typeset.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';
import { essay, invoice } from '../support/writings.ts';

/** Times of the client are in seconds. */
const waiting = { pollingInterval: 0.02, maxInterval: 0.02, timeout: 20 };

const configuration = {
  categories: [
    { name: 'essay', description: 'Personal writing about an idea, in the first person' },
    { name: 'invoice', description: 'Bills with amounts, taxes and payment terms' },
  ],
};

describe("split, by the vendor's client", () => {
  let cloud: LocalCloud;
  let client: ReturnType<typeof vendorClient>;
  let api: typeof client.beta.split;
  let uncalled: Set<string>;
  let bundle: string;
  let broken: string;

  beforeAll(async () => {
    cloud = await startLocalCloud();
    client = vendorClient(cloud);
    ({ resource: api, uncalled } = watchCalls(client.beta.split));
    const { id } = await client.beta.directories.create({ name: 'Scans' });
    const store = async (name: string, content: string | Uint8Array<ArrayBuffer>) =>
      client.beta.directories.files.upload(id, { upload_file: new File([content], name) });
    const { pdf } = typeset([
      { text: essay, setting: settings.book },
      { text: invoice, setting: settings.office },
    ]);
    bundle = String((await store('bundle.pdf', Uint8Array.from(pdf))).file_id);
    broken = String((await store('broken.pdf', 'no document')).file_id);
  });
  afterAll(() => cloud.close());

  it('splits a document, and waits for the segments', async () => {
    const document_input = { type: 'file_id', value: bundle };
    const job = await api.split({ document_input, configuration, ...waiting });
    expect(job).toMatchObject({ document_input, categories: configuration.categories });
    expect(job.result?.segments.map(({ category }) => category)).toEqual(['essay', 'invoice']);
    const pages = job.result?.segments.flatMap((segment) => segment.pages) ?? [];
    expect(pages).toEqual(pages.map((_, at) => at + 1));
    expect(await api.get(job.id)).toEqual(job);
  });

  it('fails the wait for a file that cannot be read, with the reason', async () => {
    const job = await api.create({
      document_input: { type: 'file_id', value: broken },
      configuration,
    });
    expect(job).toMatchObject({ status: 'pending', result: null });
    await expect(api.waitForCompletion(job.id, waiting)).rejects.toThrow(
      /failed with status: failed \| Error: .+/,
    );
  });

  it('lists jobs over several pages, and those that are asked for', async () => {
    await api.split({
      document_input: { type: 'file_id', value: bundle },
      configuration: {
        ...configuration,
        splitting_strategy: { allow_uncategorized: 'forbid' },
      },
      ...waiting,
    });
    const ids: string[] = [];
    for await (const { id } of api.list({ page_size: 2 })) {
      ids.push(id);
    }
    expect(ids).toHaveLength(3);
    const failed = await api.list({ status: 'failed' });
    expect(failed.items.map(({ id }) => id)).toEqual([ids[1]]);
    const chosen = await api.list({ job_ids: ids.slice(0, 2) });
    expect(chosen.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
  });

  it('was asked for by every method that there is', () => {
    expect([...uncalled]).toEqual([]);
  });
});
