import { createReadStream } from 'node:fs';
import { toFile } from '@llamaindex/llama-cloud';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { vendorClient, watchCalls } from '../support/vendorClient.ts';

describe("directories and their files, by the vendor's client", () => {
  let cloud: LocalCloud;
  let directories: ReturnType<typeof vendorClient>['beta']['directories'];
  let files: typeof directories.files;
  let uncalled: readonly Set<string>[];

  beforeAll(async () => {
    cloud = await startLocalCloud();
    const watched = watchCalls(vendorClient(cloud).beta.directories);
    const watchedFiles = watchCalls(watched.resource.files);
    directories = watched.resource;
    files = watchedFiles.resource;
    uncalled = [watched.uncalled, watchedFiles.uncalled];
  });
  afterAll(() => cloud.close());

  it('creates, gets, renames and deletes a directory', async () => {
    const created = await directories.create({ name: 'Minutes', description: 'of the council' });
    expect(await directories.get(created.id)).toEqual(created);
    const renamed = await directories.update(created.id, { name: 'Minutes 2026' });
    expect(renamed).toMatchObject({ name: 'Minutes 2026', description: 'of the council' });
    await directories.delete(created.id);
    await expect(directories.get(created.id)).rejects.toThrow('404');
    const { items } = await directories.list({ name: 'Minutes 2026', include_deleted: true });
    expect(items).toMatchObject([{ id: created.id, deleted_at: expect.any(String) as string }]);
  });

  it('lists directories over several pages', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'].map((name) => `paged ${name}`);
    for (const name of names) {
      await directories.create({ name });
    }
    const found: string[] = [];
    for await (const { name } of directories.list({ type: 'user', page_size: 2 })) {
      found.push(name);
    }
    expect(found.filter((name) => name.startsWith('paged'))).toEqual(names);
  });

  it('takes uploads of every kind that the client can send', async () => {
    const { id } = await directories.create({ name: 'Uploads' });
    const bytes = new TextEncoder().encode('bytes');
    const uploads = [
      new File(['a file'], 'file.txt'),
      await toFile(bytes, 'bytes.txt'),
      await toFile(Promise.resolve(new Response('an answer')), 'answer.txt'),
      createReadStream(new URL(import.meta.url)),
    ];
    for (const upload_file of uploads) {
      await files.upload(id, { upload_file });
    }
    const contents: string[] = [];
    for await (const file of files.list(id, { expand: ['download_url'], page_size: 3 })) {
      const content = await (await fetch(String(file.download_url?.url))).text();
      contents.push(`${file.display_name}: ${content.slice(0, 9)}`);
    }
    expect(contents).toEqual([
      'file.txt: a file',
      'bytes.txt: bytes',
      'answer.txt: an answer',
      'directories.test.ts: import { ',
    ]);
  });

  it('keeps what goes along with an upload, and changes it', async () => {
    const { id: directory_id } = await directories.create({ name: 'Drawings' });
    const { id: other } = await directories.create({ name: 'Archive' });
    const uploaded = await files.upload(directory_id, {
      upload_file: new File(['plan'], 'plan.txt'),
      display_name: 'The plan',
      unique_id: 'plan-1',
      metadata: JSON.stringify({ year: 2026, tags: ['a', 'b'], draft: false, by: null }),
    });
    expect(uploaded).toMatchObject({
      display_name: 'The plan',
      unique_id: 'plan-1',
      metadata: { year: 2026, tags: ['a', 'b'], draft: false, by: null },
    });
    expect(await files.get(uploaded.id, { directory_id })).toEqual(uploaded);

    const changed = await files.update(uploaded.id, { directory_id, metadata: { year: 2027 } });
    expect(changed).toMatchObject({ display_name: 'The plan', metadata: { year: 2027 } });
    await files.update(uploaded.id, { directory_id, target_directory_id: other });
    expect((await files.list(directory_id)).items).toEqual([]);
    const [moved] = (await files.list(other, { display_name_contains: 'plan' })).items;
    expect(moved).toMatchObject({ id: uploaded.id, directory_id: other });
  });

  it('adds a stored file to another directory, and removes it there alone', async () => {
    const { id: one } = await directories.create({ name: 'One' });
    const { id: two } = await directories.create({ name: 'Two' });
    const first = await files.upload(one, { upload_file: new File(['x'], 'x.txt') });
    const second = await files.add(two, { file_id: String(first.file_id), unique_id: 'again' });
    expect(second).toMatchObject({ directory_id: two, file_id: first.file_id });
    await files.delete(second.id, { directory_id: two });
    await expect(files.get(second.id, { directory_id: two })).rejects.toThrow('404');
    expect(await files.get(first.id, { directory_id: one })).toEqual(first);
  });

  it('was asked for by every method that there is', () => {
    expect(uncalled.map((names) => [...names])).toEqual([[], []]);
  });
});
