import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BatchJob } from '../../../src/types/batchJobs.ts';
import type { Directory } from '../../../src/types/directories.ts';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { OffsetPage } from '../../src/http/page.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import {
  createDirectory,
  createJob,
  finishedJob,
  getJob,
  getResults,
  listItems,
  send,
  until,
  upload,
} from '../support/cloud.ts';

const jobs = '/api/v1/beta/batch-processing';

describe('batch jobs', () => {
  let cloud: LocalCloud;
  let directory: Directory;
  let files: DirectoryFile[];
  beforeAll(async () => {
    cloud = await startLocalCloud();
    directory = await createDirectory(cloud, 'Batch');
    files = [];
    for (const name of ['first.txt', 'second.md', 'third.html']) {
      files.push(await upload(cloud, directory, name, `<p>Content of ${name}</p>`));
    }
  });
  afterAll(() => cloud.close());

  const resultText = async (itemId: string): Promise<string> => {
    const { processing_results = [] } = await getResults(cloud, itemId);
    const metadata = processing_results.at(-1)?.output_metadata ?? {};
    const { url } = metadata.download_url as { url: string };
    return (await fetch(url)).text();
  };

  it('parses every file of a directory', async () => {
    const created = await send(cloud, `POST ${jobs}`, {
      directory_id: directory.id,
      job_config: { parameters: { custom_metadata: { run: 1 } } },
    });
    expect(created.status).toBe(201);
    const { id } = created.body as BatchJob;
    expect(created.body).toMatchObject({ job_type: 'parse', total_items: 3, status: 'pending' });
    expect(id).toMatch(/^bjb-/);

    const { job, progress_percentage } = await finishedJob(cloud, id);
    expect(job).toMatchObject({ status: 'completed', processed_items: 3, failed_items: 0 });
    expect(progress_percentage).toBe(100);
    expect(job.started_at && job.completed_at).toBeTruthy();

    const items = await listItems(cloud, id);
    expect(items).toMatchObject({ total_size: 3, next_page_token: null });
    expect(items.items.map(({ item_id, status }) => [item_id, status])).toEqual(
      files.map((file) => [file.id, 'completed']),
    );
    expect(items.items[0]?.job_id).toMatch(/^pjb-/);

    const results = await getResults(cloud, files[0]?.id ?? '');
    expect(results.item_name).toBe('first.txt');
    expect(results.processing_results).toHaveLength(1);
    expect(results.processing_results?.[0]).toMatchObject({
      job_type: 'parse',
      job_config: { parameters: { custom_metadata: { run: 1 } } },
      output_metadata: { pages: 1, warnings: [], custom_metadata: { run: 1 } },
    });
    expect(await resultText(files[0]?.id ?? '')).toContain('Content of first.txt');
  });

  it('fails what cannot be read with a reason, and the job only when nothing can', async () => {
    const place = await createDirectory(cloud, 'Broken');
    const bad = await upload(cloud, place, 'bad.pdf', '%PDF-1.7 and then nothing');
    const alone = await createJob(cloud, { directory_id: place.id });
    const failed = await finishedJob(cloud, alone.id);
    expect(failed.job).toMatchObject({ status: 'failed', failed_items: 1, processed_items: 0 });
    expect(failed.job.error_message).toContain('None of the 1 files');

    await upload(cloud, place, 'good.txt', 'good');
    const mixed = await createJob(cloud, { directory_id: place.id });
    const done = await finishedJob(cloud, mixed.id);
    expect(done.job).toMatchObject({ status: 'completed', failed_items: 1, processed_items: 1 });
    const { items } = await listItems(cloud, mixed.id, '?status=failed');
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({ item_id: bad.id, status: 'failed' });
    expect(items[0]?.error_message).toContain('bad.pdf');
  });

  it('skips what the same settings were applied to before, unless told not to', async () => {
    const parameters = { page_prefix: 'skip?' };
    const body = { item_ids: [files[0]?.id, files[1]?.id], job_config: { parameters } };
    const first = await finishedJob(cloud, (await createJob(cloud, body)).id);
    expect(first.job).toMatchObject({ processed_items: 2, skipped_items: 0 });
    const second = await finishedJob(cloud, (await createJob(cloud, body)).id);
    expect(second.job).toMatchObject({ status: 'completed', processed_items: 0, skipped_items: 2 });
    expect(second.progress_percentage).toBe(100);
    expect((await listItems(cloud, second.job.id)).items[0]).toMatchObject({
      status: 'skipped',
      skip_reason: 'already_processed',
    });
    const forced = { ...body, job_config: { parameters: { ...parameters, do_not_cache: true } } };
    for (let run = 0; run < 2; run += 1) {
      const again = await finishedJob(cloud, (await createJob(cloud, forced)).id);
      expect(again.job).toMatchObject({ processed_items: 2, skipped_items: 0 });
    }
  });

  it('applies the page settings and says which others it does not apply', async () => {
    const [, , file] = files;
    const { id } = await createJob(cloud, {
      item_ids: [file?.id],
      job_config: { parameters: { page_prefix: 'P{pageNumber}: ', premium_mode: true } },
    });
    await finishedJob(cloud, id);
    expect(await resultText(file?.id ?? '')).toBe('P1: Content of third.html');
    const { processing_results } = await getResults(cloud, file?.id ?? '');
    expect(processing_results?.at(-1)?.output_metadata).toMatchObject({
      warnings: ['The parameter premium_mode has no effect in the embedded cloud.'],
    });
  });

  it('takes a file once however often it is named, in the order of the names', async () => {
    const ids = [files[2]?.id, files[0]?.id, files[2]?.id];
    const { id } = await createJob(cloud, { item_ids: ids });
    const { job } = await finishedJob(cloud, id);
    expect(job.total_items).toBe(2);
    const { items } = await listItems(cloud, id);
    expect(items.map(({ item_id }) => item_id)).toEqual([files[2]?.id, files[0]?.id]);
  });

  it('completes a job without files at once', async () => {
    const empty = await createDirectory(cloud, 'Empty');
    const job = await createJob(cloud, { directory_id: empty.id });
    expect(job).toMatchObject({ status: 'completed', total_items: 0 });
    expect((await getJob(cloud, job.id)).progress_percentage).toBe(100);
  });

  it.each([
    ['neither source', { job_config: {} }, 422, ['body']],
    ['both sources', { job_config: {}, directory_id: 'dir-1', item_ids: ['dfl-1'] }, 422, ['body']],
    ['an unknown directory', { job_config: {}, directory_id: 'dir-1' }, 404, undefined],
    ['an unknown file', { job_config: {}, item_ids: ['dfl-1'] }, 404, undefined],
    ['no configuration', { directory_id: 'dir-1' }, 422, ['body', 'job_config']],
    [
      'an unknown language',
      { directory_id: 'dir-1', job_config: { parameters: { languages: ['xx'] } } },
      422,
      ['body', 'job_config', 'parameters', 'languages', 0],
    ],
    [
      'pages that cannot be read',
      { directory_id: 'dir-1', job_config: { parameters: { target_pages: 'all' } } },
      422,
      ['body', 'job_config', 'parameters', 'target_pages'],
    ],
    [
      'a page size of 0',
      { job_config: {}, directory_id: 'd', page_size: 0 },
      422,
      ['body', 'page_size'],
    ],
  ])('refuses %s', async (_, body, status, loc) => {
    const answer = await send(cloud, `POST ${jobs}`, body);
    expect(answer.status).toBe(status);
    if (loc !== undefined) {
      expect(answer.body).toMatchObject({ detail: [{ loc }] });
    }
  });

  it('lists jobs and items by offset, with totals and filters', async () => {
    const place = await createDirectory(cloud, 'Listed');
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push((await createJob(cloud, { directory_id: place.id })).id);
    }
    const list = async (query: string) =>
      (await send(cloud, `GET ${jobs}?directory_id=${place.id}${query}`))
        .body as OffsetPage<BatchJob>;
    const first = await list('&limit=2');
    expect(first).toMatchObject({ total_size: 3, next_page_token: '2' });
    const rest = await list('&limit=2&offset=2');
    expect(rest).toMatchObject({ total_size: 3, next_page_token: null });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect((await list('&status=running')).total_size).toBe(0);
    expect((await list('&job_type=classify')).items).toEqual([]);
    expect((await send(cloud, `GET ${jobs}?limit=0`)).status).toBe(422);
    expect((await send(cloud, `GET ${jobs}?limit=1001`)).status).toBe(422);
    expect((await send(cloud, `GET ${jobs}/bjb-none/items`)).status).toBe(404);
    expect((await send(cloud, `GET ${jobs}/items/dfl-none/processing-results`)).status).toBe(404);
  });

  it('cancels what waits at once and stops what is being parsed', async () => {
    const place = await createDirectory(cloud, 'Cancelled');
    // Rows enough to keep a parser busy until the job is cancelled.
    const rows = 'some,cells,of,a,table,that,is,long\n'.repeat(400_000);
    for (const name of ['1.csv', '2.csv', '3.csv', '4.csv', '5.csv', '6.csv']) {
      await upload(cloud, place, name, rows + name);
    }
    const { id } = await createJob(cloud, { directory_id: place.id });
    await until(
      () => listItems(cloud, id, '?status=processing'),
      ({ total_size }) => total_size > 0,
    );
    const cancelled = await send(cloud, `POST ${jobs}/${id}/cancel`, { reason: 'Changed my mind' });
    expect(cancelled.body).toMatchObject({
      job_id: id,
      status: 'cancelled',
      message: expect.stringContaining('Changed my mind') as unknown,
    });
    const { items } = await until(
      () => listItems(cloud, id),
      (page) => page.items.every(({ status }) => status !== 'processing'),
    );
    expect(items.filter(({ status }) => status === 'cancelled').length).toBeGreaterThanOrEqual(5);
    expect((await getJob(cloud, id)).job.status).toBe('cancelled');
    expect((await send(cloud, `POST ${jobs}/${id}/cancel`, {})).status).toBe(200);
  });

  it('does not cancel what has ended', async () => {
    const { id } = await createJob(cloud, { item_ids: [files[0]?.id] });
    await finishedJob(cloud, id);
    expect((await send(cloud, `POST ${jobs}/${id}/cancel`, {})).status).toBe(409);
  });
});
