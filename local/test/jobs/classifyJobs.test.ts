import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ProcessingResult } from '../../../src/types/batchItems.ts';
import type { ClassifyJob } from '../../../src/types/classify.ts';
import type { Directory } from '../../../src/types/directories.ts';
import { type LocalCloud, startLocalCloud } from '../../src/startLocalCloud.ts';
import {
  createDirectory,
  createJob,
  type Endpoint,
  finishedJob,
  getResults,
  listItems,
  send,
  upload,
} from '../support/cloud.ts';
import { pdf } from '../support/documents.ts';
import * as writings from '../support/writings.ts';

const rules = [
  { type: 'invoice', description: 'Asks for the payment of goods or services' },
  { type: 'lease', description: 'Lets premises to a tenant for rent' },
];

function classify(change: Partial<ClassifyJob> = {}): ClassifyJob {
  return {
    id: randomUUID(),
    project_id: randomUUID(),
    user_id: 'u',
    status: 'PENDING',
    rules,
    ...change,
  };
}

// PDFs start a process, which takes its time on a busy machine.
describe('classify jobs', { timeout: 30_000 }, () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud();
  });

  afterAll(() => cloud.close());

  const directoryOf = async (
    files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>,
    at: Endpoint = cloud,
  ): Promise<Directory> => {
    const directory = await createDirectory(at, Object.keys(files).join());
    for (const [name, content] of Object.entries(files)) {
      await upload(at, directory, name, content);
    }
    return directory;
  };

  /** What a job over a directory ends with: its state, and each item with its latest result. */
  const outcome = async (directory: Directory, job_config: ClassifyJob, at: Endpoint = cloud) => {
    const { id } = await createJob(at, { job_config, directory_id: directory.id });
    const { job, progress_percentage } = await finishedJob(at, id);
    const { items } = await listItems(at, id);
    const results: (ProcessingResult | undefined)[] = [];
    for (const { item_id } of items) {
      results.push((await getResults(at, item_id)).processing_results?.at(-1));
    }
    return { job, progress_percentage, items, results };
  };

  it('name the type of each file, with confidence and reason', async () => {
    const directory = await directoryOf({
      'bill.md': writings.invoice,
      'rooms.md': writings.lease,
      'bees.md': writings.beekeeping,
    });

    const { job, progress_percentage, results } = await outcome(directory, classify());

    expect(job).toMatchObject({ job_type: 'classify', status: 'completed', processed_items: 3 });
    expect(progress_percentage).toBe(100);
    expect(results.map((result) => result?.output_metadata?.type)).toEqual([
      'invoice',
      'lease',
      null,
    ]);
    expect(results[0]).toMatchObject({
      job_type: 'classify',
      job_config: { rules },
      output_metadata: {
        confidence: expect.any(Number) as number,
        reason: expect.stringContaining('an invoice number') as string,
        warnings: [],
      },
    });
  });

  it('keep the finding as a file that can be downloaded', async () => {
    const directory = await directoryOf({ 'one-bill.md': writings.secondInvoice });
    const { results } = await outcome(directory, classify());
    const link = results[0]?.output_metadata?.download_url as { url: string };

    expect(await (await fetch(link.url)).json()).toMatchObject({ type: 'invoice' });
  });

  it('read the pages that they were told to', async () => {
    const directory = await directoryOf({ 'pages.txt': `Nothing here.\f${writings.invoice}` });
    const read = async (parsing_configuration: ClassifyJob['parsing_configuration']) =>
      (await outcome(directory, classify({ parsing_configuration }))).results[0]?.output_metadata;

    expect(await read({ max_pages: 1 })).toMatchObject({ type: null });
    expect(await read({ target_pages: [1] })).toMatchObject({ type: 'invoice' });
  });

  it('say which settings had no effect', async () => {
    const directory = await directoryOf({ 'scan.pdf': Uint8Array.from(pdf([''])) });
    const { results } = await outcome(
      directory,
      classify({ mode: 'MULTIMODAL', parsing_configuration: { lang: 'de' } }),
    );

    expect(results[0]?.output_metadata).toMatchObject({
      type: null,
      warnings: [expect.stringContaining('MULTIMODAL'), expect.stringContaining('lang')],
    });
  });

  it('fail the items that cannot be classified, and only those', async () => {
    const directory = await directoryOf({
      'broken.pdf': pdf(['Lost.']).slice(0, 40),
      'fine.txt': `${writings.lease}\f${writings.lease}`,
    });
    const { job, items } = await outcome(
      directory,
      classify({ parsing_configuration: { target_pages: [1] } }),
    );

    expect(job).toMatchObject({ status: 'completed', processed_items: 1, failed_items: 1 });
    expect(items.map(({ status }) => status)).toEqual(['failed', 'completed']);
    expect(items[0]?.error_message).toMatch(/^broken\.pdf could not be parsed/);

    const { items: far } = await outcome(
      directory,
      classify({ parsing_configuration: { target_pages: [7] } }),
    );
    expect(far[1]?.error_message).toBe(
      'None of the target_pages 7 is there: the document has 2, counted from 0.',
    );
  });

  it('skip what equal rules were applied to before, whatever the job is called', async () => {
    const directory = await directoryOf({ 'again.md': writings.invoice });
    await outcome(directory, classify());

    const { items } = await outcome(directory, classify());
    const { items: other } = await outcome(directory, classify({ rules: rules.slice(0, 1) }));

    expect(items).toMatchObject([{ status: 'skipped', skip_reason: 'already_processed' }]);
    expect(other).toMatchObject([{ status: 'completed' }]);
  });

  it('are listed apart from parse jobs', async () => {
    const directory = await directoryOf({ 'kinds.md': writings.letter });
    await outcome(directory, classify());
    await finishedJob(cloud, (await createJob(cloud, { directory_id: directory.id })).id);
    const list = async (type: string) => {
      const query = `?directory_id=${directory.id}&job_type=${type}`;
      const { body } = await send(cloud, `GET /api/v1/beta/batch-processing${query}`);
      return (body as { items: { job_type: string }[] }).items.map(({ job_type }) => job_type);
    };

    expect(await list('classify')).toEqual(['classify']);
    expect(await list('parse')).toEqual(['parse']);
    expect(await list('extract')).toEqual([]);
  });

  it.each([
    ['no rules', { rules: [] }, ['body', 'job_config', 'rules']],
    [
      'a description that says too little',
      { rules: [{ type: 'a', description: 'short' }] },
      ['body', 'job_config', 'rules', 0, 'description'],
    ],
    [
      'a page before the first',
      { parsing_configuration: { target_pages: [-1] } },
      ['body', 'job_config', 'parsing_configuration', 'target_pages', 0],
    ],
  ])('are refused with %s, and are never taken for parse jobs', async (_, change, loc) => {
    const directory = await createDirectory(cloud, randomUUID());
    const answer = await send(cloud, 'POST /api/v1/beta/batch-processing', {
      job_config: classify(change),
      directory_id: directory.id,
    });

    expect(answer).toMatchObject({ status: 422, body: { detail: [{ loc }] } });
  });

  it('fail their items with the language model that is to judge', async () => {
    vi.stubEnv('OPENAI_BASE_URL', 'http://127.0.0.1:9/v1');
    vi.stubEnv('OPENAI_MODEL', 'm-1');
    try {
      await using other = await startLocalCloud();
      const directory = await directoryOf({ 'bill.md': writings.invoice }, other);
      const { job, items } = await outcome(directory, classify(), other);

      expect(job).toMatchObject({ status: 'failed', failed_items: 1 });
      expect(items[0]?.error_message).toMatch(/^The connection to the model m-1 at/);
    } finally {
      vi.unstubAllEnvs();
    }
  });
});
