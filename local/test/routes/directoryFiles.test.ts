import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { DirectoryFile } from '../../../src/types/directoryFiles.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, getDirectoryFile, listFiles, send, upload } from '../support/cloud.ts';

describe('directory files', () => {
  let cloud: LocalCloud;
  let directory: Directory;
  let path: string;
  beforeAll(async () => {
    cloud = await startLocalCloud();
    directory = await createDirectory(cloud, 'Files');
    path = `/api/v1/beta/directories/${directory.id}/files`;
  });
  afterAll(() => cloud.close());

  it('adds content that is stored already, under names of its own or of the content', async () => {
    const file = await upload(cloud, directory, 'stored.txt', 'stored', {
      external_file_id: 'ext-1',
    });
    expect(file).toMatchObject({ unique_id: 'ext-1', display_name: 'stored.txt' });
    const other = await createDirectory(cloud, 'Other place');
    const collection = `POST /api/v1/beta/directories/${other.id}/files`;
    const added = await send(cloud, collection, { file_id: file.file_id });
    expect(added).toMatchObject({
      status: 201,
      body: { directory_id: other.id, file_id: file.file_id, unique_id: 'ext-1', metadata: {} },
    });
    const named = await send(cloud, collection, {
      file_id: file.file_id,
      unique_id: 'second',
      display_name: 'Second',
      metadata: { year: 2026, tags: ['a', 'b'], open: true, note: null },
    });
    expect(named.body).toMatchObject({
      display_name: 'Second',
      metadata: { year: 2026, tags: ['a', 'b'], open: true, note: null },
    });
    expect((await send(cloud, collection, { file_id: file.file_id })).status).toBe(409);
    expect((await send(cloud, collection, { file_id: 'nothing' })).status).toBe(404);
  });

  it('filters by every parameter', async () => {
    const place = await createDirectory(cloud, 'Filtered');
    const files: DirectoryFile[] = [];
    for (const name of ['Árbol.txt', 'bush.md', 'tree.txt']) {
      files.push(await upload(cloud, place, name, name, { unique_id: `id-${name}` }));
    }
    const names = async (query: string) =>
      (await listFiles(cloud, place, query)).items.map(({ display_name }) => display_name);

    expect(await names('?display_name=bush.md')).toEqual(['bush.md']);
    expect(await names('?display_name=BUSH.md')).toEqual([]);
    expect(await names('?display_name_contains=.TXT')).toEqual(['Árbol.txt', 'tree.txt']);
    expect(await names(`?display_name_contains=${encodeURIComponent('áRB')}`)).toEqual([
      'Árbol.txt',
    ]);
    expect(await names('?unique_id=id-tree.txt')).toEqual(['tree.txt']);
    expect(await names(`?file_id=${files[1]?.file_id ?? ''}`)).toEqual(['bush.md']);
    expect(await names('?page_size=2')).toEqual(['Árbol.txt', 'bush.md']);

    const middle = encodeURIComponent(files[1]?.updated_at ?? '');
    expect(await names(`?updated_at_on_or_after=${middle}`)).toContain('bush.md');
    expect(await names(`?updated_at_on_or_after=${middle}`)).toContain('tree.txt');
    expect(await names(`?updated_at_on_or_before=${middle}`)).toContain('Árbol.txt');
    expect(await names('?updated_at_on_or_after=2999-01-01')).toEqual([]);
    expect(await names('?updated_at_on_or_before=2999-01-01T00:00:00')).toHaveLength(3);
    expect(await names('?updated_at_on_or_before=2000-01-01T00:00:00%2B02:00')).toEqual([]);
    await expect(names('?updated_at_on_or_after=yesterday')).rejects.toThrow('422');
  });

  it('hands out links that work without a key, for a while, and for this file only', async () => {
    const file = await upload(cloud, directory, 'secret plan.txt', 'the plan');
    const other = await upload(cloud, directory, 'other.txt', 'other');
    expect((await getDirectoryFile(cloud, file)).download_url).toBeNull();
    const { download_url } = await getDirectoryFile(cloud, file, '?expand=download_url');
    const url = download_url?.url ?? '';
    expect(new Date(download_url?.expires_at ?? 0).getTime()).toBeGreaterThan(Date.now());

    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-length')).toBe('8');
    expect(answer.headers.get('content-disposition')).toContain('secret%20plan.txt');
    expect(await answer.text()).toBe('the plan');

    const forged = [
      url.replace(file.file_id ?? '', other.file_id ?? ''),
      url.replace(/expires=\d+/, 'expires=99999999999999'),
      url.replace(/signature=.*/, 'signature='),
      url.replace(/\?.*/, ''),
    ];
    for (const link of forged) {
      expect((await fetch(link)).status).toBe(403);
    }

    const listed = await listFiles(cloud, directory, '?expand=download_url');
    expect(listed.items.every((item) => typeof item.download_url?.url === 'string')).toBe(true);
  });

  it('changes what is given, replaces metadata whole, and moves', async () => {
    const file = await upload(cloud, directory, 'moving.txt', 'x', { metadata: '{"a":1,"b":2}' });
    const target = await createDirectory(cloud, 'Target');
    const patch = (place: string, body: object) =>
      send(cloud, `PATCH /api/v1/beta/directories/${place}/files/${file.id}`, body);

    expect((await patch(directory.id, { metadata: { c: 3 } })).body).toMatchObject({
      display_name: 'moving.txt',
      metadata: { c: 3 },
    });
    expect(
      (await patch(directory.id, { display_name: 'Moved', unique_id: 'm' })).body,
    ).toMatchObject({ display_name: 'Moved', unique_id: 'm', metadata: { c: 3 } });
    expect((await patch(directory.id, { directory_id: target.id })).body).toMatchObject({
      directory_id: target.id,
    });
    expect((await patch(directory.id, {})).status).toBe(404);
    expect((await patch(target.id, { target_directory_id: directory.id })).status).toBe(200);
    expect((await patch(directory.id, { directory_id: 'dir-none' })).status).toBe(404);
    await upload(cloud, target, 'm', 'in the way');
    expect((await patch(directory.id, { directory_id: target.id })).status).toBe(409);
  });

  it('deletes one file or many, and can list what is gone', async () => {
    const place = await createDirectory(cloud, 'Emptied');
    const files: DirectoryFile[] = [];
    for (const name of ['1', '2', '3', '4']) {
      files.push(await upload(cloud, place, name, name));
    }
    const ids = files.map(({ id }) => id);
    const base = `/api/v1/beta/directories/${place.id}/files`;
    expect((await send(cloud, `DELETE ${base}/${ids[0] ?? ''}`)).status).toBe(204);
    expect((await send(cloud, `DELETE ${base}/${ids[0] ?? ''}`)).status).toBe(404);
    const many = await send(cloud, `POST ${base}/bulk-delete`, {
      directory_file_ids: [ids[0], ids[1], ids[2], 'dfl-none'],
    });
    expect(many.status).toBe(204);
    expect((await listFiles(cloud, place)).items.map(({ id }) => id)).toEqual([ids[3]]);
    const all = (await listFiles(cloud, place, '?include_deleted=true')).items;
    expect(all.map(({ deleted_at }) => deleted_at !== null)).toEqual([true, true, true, false]);
    expect((await upload(cloud, place, '1', 'again')).id).not.toBe(ids[0]);
    expect((await send(cloud, `POST ${base}/bulk-delete`, { directory_file_ids: [] })).status).toBe(
      422,
    );
  });

  it('answers 404 for a file that is in another directory', async () => {
    const file = await upload(cloud, directory, 'here.txt', 'x');
    const other = await createDirectory(cloud, 'Not here');
    const wrong = await send(cloud, `GET /api/v1/beta/directories/${other.id}/files/${file.id}`);
    expect(wrong).toMatchObject({
      status: 404,
      body: { detail: `Directory file ${file.id} not found` },
    });
    expect((await send(cloud, `GET ${path}/dfl-none`)).status).toBe(404);
  });
});
