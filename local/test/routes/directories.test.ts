import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/types/directories.ts';
import type { TokenPage } from '../../src/http/page.ts';
import type { LocalCloud } from '../../src/startLocalCloud.ts';
import { startLocalCloud } from '../../src/startLocalCloud.ts';
import { createDirectory, listFiles, send, upload } from '../support/cloud.ts';

const directories = '/api/v1/beta/directories';

describe('directories', () => {
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud();
  });
  afterAll(() => cloud.close());

  const list = async (query: string) =>
    (await send(cloud, `GET ${directories}?${query}`)).body as TokenPage<Directory>;

  it('creates a directory and finds it again', async () => {
    const created = await send(cloud, `POST ${directories}`, {
      name: 'Papers',
      description: 'All',
    });
    expect(created.status).toBe(201);
    const directory = created.body as Directory;
    expect(directory).toMatchObject({ name: 'Papers', description: 'All', deleted_at: null });
    expect(directory.id).toMatch(/^dir-/);
    const found = await send(cloud, `GET ${directories}/${directory.id}`);
    expect(found).toMatchObject({ status: 200, body: directory });
  });

  it('keeps names unique within a project, and apart between projects', async () => {
    const one = await createDirectory(cloud, 'Twice');
    const again = await send(cloud, `POST ${directories}`, { name: 'Twice' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ detail: expect.stringContaining(one.id) as unknown });
    const elsewhere = await send(cloud, `POST ${directories}?project_id=prj-other`, {
      name: 'Twice',
    });
    expect(elsewhere).toMatchObject({ status: 201, body: { project_id: 'prj-other' } });
    expect((await list('name=Twice')).items.map(({ id }) => id)).toEqual([one.id]);
    const hidden = await send(cloud, `GET ${directories}/${one.id}?project_id=prj-other`);
    expect(hidden.status).toBe(404);
  });

  it('changes what is given and leaves the rest', async () => {
    const { id } = await createDirectory(cloud, 'Before');
    const path = `${directories}/${id}`;
    await send(cloud, `PATCH ${path}`, { description: 'Added' });
    const renamed = await send(cloud, `PATCH ${path}`, { name: 'After' });
    expect(renamed.body).toMatchObject({ name: 'After', description: 'Added' });
    const cleared = await send(cloud, `PATCH ${path}`, { name: null, description: null });
    expect(cleared.body).toMatchObject({ name: 'After', description: null });
    await createDirectory(cloud, 'Taken');
    expect((await send(cloud, `PATCH ${path}`, { name: 'Taken' })).status).toBe(409);
  });

  it('hides a deleted directory with its files, and frees its name', async () => {
    const directory = await createDirectory(cloud, 'Short-lived');
    await upload(cloud, directory, 'a.txt', 'a');
    expect((await send(cloud, `DELETE ${directories}/${directory.id}`)).status).toBe(204);
    for (const route of ['GET', 'DELETE', 'PATCH']) {
      const body = route === 'PATCH' ? {} : undefined;
      expect(await send(cloud, `${route} ${directories}/${directory.id}`, body)).toMatchObject({
        status: 404,
        body: { detail: `Directory ${directory.id} not found` },
      });
    }
    await expect(listFiles(cloud, directory)).rejects.toThrow('404');
    expect((await list('name=Short-lived')).items).toEqual([]);
    const [deleted] = (await list('name=Short-lived&include_deleted=true')).items;
    expect(deleted?.deleted_at).toMatch(/^\d{4}-.*Z$/);
    expect((await createDirectory(cloud, 'Short-lived')).id).not.toBe(directory.id);
  });

  it('has directories of type user only', async () => {
    expect((await list('type=index')).items).toEqual([]);
    expect((await list('type=user')).items.length).toBeGreaterThan(0);
  });

  it('pages in order of creation, undisturbed by what comes and goes meanwhile', async () => {
    const project = 'project_id=prj-paging';
    const create = (name: string) => send(cloud, `POST ${directories}?${project}`, { name });
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await create(name);
    }
    const first = await list(`${project}&page_size=2`);
    expect(first.items.map(({ name }) => name)).toEqual(['a', 'b']);
    await send(cloud, `DELETE ${directories}/${first.items[0]?.id ?? ''}`);
    await create('f');
    const names: string[] = [];
    let token = first.next_page_token;
    while (token) {
      const page = await list(`${project}&page_size=2&page_token=${token}`);
      names.push(...page.items.map(({ name }) => name));
      token = page.next_page_token;
    }
    expect(names).toEqual(['c', 'd', 'e', 'f']);
  });

  it('does not promise a further page after one that is just full', async () => {
    const project = 'project_id=prj-full';
    for (const name of ['a', 'b']) {
      await send(cloud, `POST ${directories}?${project}`, { name });
    }
    expect(await list(`${project}&page_size=2`)).toMatchObject({ next_page_token: null });
  });

  it('refuses a page token that it has not given out for this list', async () => {
    const other = Buffer.from('files:dir-1:7').toString('base64url');
    for (const token of ['7', 'nonsense', other]) {
      const answer = await send(cloud, `GET ${directories}?page_token=${token}`);
      expect(answer).toMatchObject({
        status: 422,
        body: { detail: [{ loc: ['query', 'page_token'], input: token }] },
      });
    }
  });
});
