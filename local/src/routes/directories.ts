import { Hono } from 'hono';
import type { CloudContext } from '../cloudContext.ts';
import type { Directory } from '../../../src/types/directories.ts';
import { ApiProblem, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { readBody, readQuery } from '../http/validate.ts';
import {
  createDirectoryBody,
  listDirectoriesQuery,
  updateDirectoryBody,
} from '../schemas/directories.ts';
import { scopeQuery } from '../schemas/query.ts';
import {
  deleteDirectory,
  findDirectory,
  findDirectoryByName,
  insertDirectory,
  selectDirectories,
  toDirectory,
  updateDirectory,
} from '../store/directories.ts';
import { number } from '../store/row.ts';

const collection = '/api/v1/beta/directories';
const member = `${collection}/:directory_id` as const;

/** Routes of the directories: create, list, get, update, delete. */
export function directories({ database, defaultProject }: CloudContext): Hono<CloudEnv> {
  const find = (id: string, project: string | undefined): Directory => {
    const directory = findDirectory(database, id, project ?? null);
    if (directory === undefined) {
      throw notFound('Directory', id);
    }
    return directory;
  };

  const requireFreeName = (project: string, name: string, own?: string): void => {
    const taken = findDirectoryByName(database, project, name);
    if (taken !== undefined && taken.id !== own) {
      throw new ApiProblem(
        409,
        `Directory ${taken.id} of this project is named "${name}" already; choose another name`,
      );
    }
  };

  const app = new Hono<CloudEnv>();

  app.post(collection, async (c) => {
    const { project_id: project = defaultProject } = readQuery(c, scopeQuery);
    const { name, description = null } = await readBody(c, createDirectoryBody);
    requireFreeName(project, name);
    return c.json(insertDirectory(database, { project_id: project, name, description }), 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listDirectoriesQuery);
    const start = pageAt('directories', query);
    // Directories of type `index` hold exports of an index, which are not made here.
    const rows =
      query.type === 'index'
        ? []
        : selectDirectories(database, start, {
            project: query.project_id ?? defaultProject,
            name: query.name ?? null,
            deleted: query.include_deleted ?? false,
          });
    return c.json(toPage('directories', start, rows, (row) => number(row, 'seq'), toDirectory));
  });

  app.get(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    return c.json(find(c.req.param('directory_id'), project_id));
  });

  app.patch(member, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, updateDirectoryBody);
    const directory = find(c.req.param('directory_id'), project_id);
    const name = body.name ?? directory.name;
    requireFreeName(directory.project_id, name, directory.id);
    const description =
      body.description === undefined ? (directory.description ?? null) : body.description;
    return c.json(updateDirectory(database, directory, { name, description }));
  });

  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    deleteDirectory(database, find(c.req.param('directory_id'), project_id).id);
    return c.body(null, 204);
  });

  return app;
}
