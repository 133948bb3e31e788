import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Index } from '../../../src/types/indexes.ts';
import type { TokenPage } from '../../src/http/page.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import {
  builtIndex,
  createDirectory,
  createIndex,
  getIndex,
  send,
  syncIndex,
  upload,
} from '../support/cloud.ts';

const indexes = '/api/v1/indexes';

describe('indexes', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud();
  });
  afterAll(() => cloud.close());

  const fileNames = async (id: string): Promise<unknown> =>
    (await send(cloud, 'POST /api/v1/retrieval/files/search', { index_id: id })).body;

  it('is built in the background and can then be found under both of its ids', async () => {
    const directory = await createDirectory(cloud, 'Built');
    await upload(cloud, directory, 'a.txt', 'Bees make honey.');
    const created = await send(cloud, `POST ${indexes}`, {
      source_directory_id: directory.id,
      description: 'Of bees',
      products: [{ product_type: 'parse', product_config_id: 'cfg-PARSE_AGENTIC' }],
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        name: 'Built',
        description: 'Of bees',
        source_directory_id: directory.id,
        metadata: { status: 'pending' },
        last_synced_at: null,
      },
    });
    const { id, export_config_id } = created.body as Index;
    expect(id).toMatch(/^idx-/);
    expect(export_config_id).toMatch(/^cfg-/);
    const built = await builtIndex(cloud, id);
    expect(built.metadata).toMatchObject({
      status: 'ready',
      total_files: 1,
      indexed_files: 1,
      failed_files: 0,
      warnings: [expect.stringContaining('cfg-PARSE_AGENTIC')],
    });
    expect(built.last_synced_at).toBeTruthy();
    expect(await getIndex(cloud, export_config_id)).toEqual(built);
  });

  it('follows its directory: only what has changed is put in again', async () => {
    const directory = await createDirectory(cloud, 'Followed');
    const path = `/api/v1/beta/directories/${directory.id}/files`;
    const kept = await upload(cloud, directory, 'kept.txt', 'Kept as it is.');
    const gone = await upload(cloud, directory, 'gone.txt', 'Gone tomorrow.');
    const { id } = await createIndex(cloud, directory);
    await builtIndex(cloud, id);

    await send(cloud, `DELETE ${path}/${gone.id}`);
    const added = await upload(cloud, directory, 'added.txt', 'Added today.');
    const second = await syncIndex(cloud, id);
    expect(second.metadata).toMatchObject({ updated_files: 1, removed_files: 1, indexed_files: 2 });
    expect(await fileNames(id)).toEqual({
      files: [
        { file_id: added.id, file_name: 'added.txt' },
        { file_id: kept.id, file_name: 'kept.txt' },
      ],
    });

    await send(cloud, `PATCH ${path}/${kept.id}`, { display_name: 'renamed.txt' });
    const third = await syncIndex(cloud, id);
    expect(third.metadata).toMatchObject({ updated_files: 1, removed_files: 0 });
    expect(await fileNames(id)).toMatchObject({ files: [{}, { file_name: 'renamed.txt' }] });

    const fourth = await syncIndex(cloud, id);
    expect(fourth.metadata).toMatchObject({ updated_files: 0, removed_files: 0, indexed_files: 2 });
  });

  it('reports files that cannot be parsed, and fails when that is all of them', async () => {
    const directory = await createDirectory(cloud, 'Damaged');
    const bad = await upload(cloud, directory, 'bad.pdf', '%PDF-1.7 and then nothing');
    const { id } = await createIndex(cloud, directory);
    const failed = await builtIndex(cloud, id);
    expect(failed.metadata).toMatchObject({ status: 'failed', failed_files: 1, total_files: 1 });
    const refused = await send(cloud, 'POST /api/v1/retrieval/retrieve', {
      index_id: id,
      query: 'x',
    });
    expect(refused.status).toBe(409);

    await upload(cloud, directory, 'good.txt', 'Readable.');
    const ready = await syncIndex(cloud, id);
    expect(ready.metadata).toMatchObject({
      status: 'ready',
      indexed_files: 1,
      failed_files: 1,
      errors: [{ file_id: bad.id, file_name: 'bad.pdf' }],
    });
  });

  it('is ready without any file', async () => {
    const directory = await createDirectory(cloud, 'No files');
    const { id } = await createIndex(cloud, directory);
    expect((await builtIndex(cloud, id)).metadata).toMatchObject({
      status: 'ready',
      total_files: 0,
    });
    const found = await send(cloud, 'POST /api/v1/retrieval/retrieve', {
      index_id: id,
      query: 'anything',
    });
    expect(found).toMatchObject({ status: 200, body: { results: [] } });
  });

  it('lists by directory and by page', async () => {
    const directory = await createDirectory(cloud, 'Listed');
    const ids: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push((await createIndex(cloud, directory)).id);
    }
    const list = async (query: string) =>
      (await send(cloud, `GET ${indexes}?source_directory_id=${directory.id}${query}`))
        .body as TokenPage<Index>;
    const first = await list('&page_size=2');
    const rest = await list(`&page_size=2&page_token=${first.next_page_token ?? ''}`);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.next_page_token).toBeNull();
  });

  it('is gone with a delete, also in the middle of its build', async () => {
    const directory = await createDirectory(cloud, 'Deleted');
    for (let index = 0; index < 20; index += 1) {
      await upload(cloud, directory, `${index}.txt`, `Text ${index}`);
    }
    const { id, export_config_id } = await createIndex(cloud, directory);
    expect((await send(cloud, `DELETE ${indexes}/${export_config_id}`)).status).toBe(204);
    for (const route of [`GET ${indexes}/${id}`, `POST ${indexes}/${id}/sync`]) {
      expect(await send(cloud, route)).toMatchObject({
        status: 404,
        body: { detail: `Index ${id} not found` },
      });
    }
    const next = await createIndex(cloud, directory);
    expect((await builtIndex(cloud, next.id)).metadata).toMatchObject({ indexed_files: 20 });
  });

  it('needs a directory that is there', async () => {
    expect((await send(cloud, `POST ${indexes}`, { source_directory_id: 'dir-1' })).status).toBe(
      404,
    );
    const directory = await createDirectory(cloud, 'Lost');
    const { id } = await createIndex(cloud, directory);
    await builtIndex(cloud, id);
    await send(cloud, `DELETE /api/v1/beta/directories/${directory.id}`);
    expect((await send(cloud, `POST ${indexes}/${id}/sync`)).status).toBe(404);
    expect((await getIndex(cloud, id)).metadata?.status).toBe('ready');
  });

  it('keeps the server answering while it is built', async () => {
    const words = Array.from({ length: 5_000 }, (_, index) => `word${index}`);
    let seed = 1;
    const word = () => words[(seed = (seed * 48_271) % 2_147_483_647) % words.length] ?? '';
    const paragraph = () => Array.from({ length: 120 }, word).join(' ');
    const directory = await createDirectory(cloud, 'Large');
    for (let file = 0; file < 4; file += 1) {
      const text = Array.from({ length: 150 }, paragraph).join('.\n\n');
      await upload(cloud, directory, `${file}.txt`, text);
    }
    const { id } = await createIndex(cloud, directory);
    const waits: number[] = [];
    for (;;) {
      const start = performance.now();
      const { metadata } = await getIndex(cloud, id);
      waits.push(performance.now() - start);
      if (metadata?.status === 'ready') {
        break;
      }
    }
    // In the server's thread, training alone would be one long wait of nearly all this time.
    const all = waits.reduce((sum, wait) => sum + wait);
    expect(waits.length).toBeGreaterThan(50);
    expect(Math.max(...waits)).toBeLessThan(all / 4);
  });
});
