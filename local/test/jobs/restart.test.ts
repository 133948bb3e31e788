import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  builtIndex,
  createDirectory,
  createIndex,
  createJob,
  finishedJob,
  getIndex,
  getJob,
  getResults,
  listItems,
  send,
  until,
  upload,
} from '../support/cloud.ts';
import { startCloudProcess } from '../support/cloudProcess.ts';

const files = 80;

describe('a cloud that is killed', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'restart-test-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  const fill = async (cloud: Awaited<ReturnType<typeof startCloudProcess>>, rest = '') => {
    const directory = await createDirectory(cloud, 'Many');
    await Promise.all(
      Array.from({ length: files }, (_, index) =>
        upload(
          cloud,
          directory,
          `${index}.md`,
          `# File ${index}\n\nAbout subject${index}.\n\n${rest}`,
        ),
      ),
    );
    return directory;
  };

  it('goes on with a batch where it was: no file is lost and none is done twice', async () => {
    await using killed = await startCloudProcess(dataDir);
    const directory = await fill(killed);
    const { id } = await createJob(killed, { directory_id: directory.id });
    await until(
      () => getJob(killed, id),
      ({ job }) => (job.processed_items ?? 0) >= 5,
    );
    expect(await killed.end('SIGKILL')).toBeNull();

    await using cloud = await startCloudProcess(dataDir);
    const { job } = await getJob(cloud, id);
    expect(job.processed_items).toBeGreaterThanOrEqual(5);
    expect(job.processed_items).toBeLessThan(files);
    const done = await finishedJob(cloud, id);
    expect(done.job).toMatchObject({
      status: 'completed',
      processed_items: files,
      total_items: files,
    });
    const { items } = await listItems(cloud, id);
    expect(new Set(items.map(({ item_id }) => item_id)).size).toBe(files);
    expect(items.every(({ status }) => status === 'completed')).toBe(true);
    const counts = await Promise.all(
      items.map(
        async ({ item_id }) => (await getResults(cloud, item_id)).processing_results?.length,
      ),
    );
    expect(new Set(counts)).toEqual(new Set([1]));
    await cloud.end('SIGTERM');
  });

  it('goes on with the build of an index', async () => {
    await using killed = await startCloudProcess(dataDir);
    // Long enough that the kill comes in the middle of the build, however quick the machine is.
    const paragraph = 'Storks nest on roofs, and herons stand in rivers. '.repeat(20);
    const directory = await fill(killed, `${paragraph}\n\n`.repeat(100));
    const { id } = await createIndex(killed, directory);
    await until(
      () => getIndex(killed, id),
      ({ metadata }) => Number(metadata?.updated_files) >= 5,
    );
    await killed.end('SIGKILL');

    await using cloud = await startCloudProcess(dataDir);
    const index = await builtIndex(cloud, id);
    expect(index.metadata).toMatchObject({
      status: 'ready',
      indexed_files: files,
      failed_files: 0,
    });
    // What was in the index already has not been put in again.
    expect(index.metadata?.updated_files).toBeLessThan(files);
    const found = await send(cloud, 'POST /api/v1/retrieval/retrieve', {
      index_id: id,
      query: 'subject77',
    });
    expect(found.body).toMatchObject({
      results: [{ content: expect.stringContaining('subject77') as unknown }],
    });
    await cloud.end('SIGTERM');
  });
});
