import { Hono } from 'hono';
import type { Index } from '../../../src/types/indexes.ts';
import type { CloudContext } from '../cloudContext.ts';
import { notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageAt, toPage } from '../http/page.ts';
import { readBody, readQuery } from '../http/validate.ts';
import { listIndexesQuery, namedIndexBody } from '../schemas/indexes.ts';
import { scopeQuery } from '../schemas/query.ts';
import { findDirectory } from '../store/directories.ts';
import {
  findIndex,
  insertIndex,
  markIndexDeleted,
  requestBuild,
  selectIndexes,
  toIndex,
} from '../store/indexes.ts';
import { number } from '../store/row.ts';

const collection = '/api/v1/indexes';
const member = `${collection}/:index_id` as const;

/** Routes of the indexes: create, list, get, sync, delete. */
export function indexes({ database, indexBuilder, defaultProject }: CloudContext): Hono<CloudEnv> {
  const app = new Hono<CloudEnv>();

  const find = (id: string, project: string | undefined): Index => {
    const index = findIndex(database, id, project ?? null);
    if (index === undefined) {
      throw notFound('Index', id);
    }
    return index;
  };

  const requireDirectory = (id: string, project: string) => {
    const directory = findDirectory(database, id, project);
    if (directory === undefined) {
      throw notFound('Directory', id);
    }
    return directory;
  };

  app.post(collection, async (c) => {
    const { project_id: project = defaultProject } = readQuery(c, scopeQuery);
    const body = await readBody(c, namedIndexBody);
    const directory = requireDirectory(body.source_directory_id, project);
    const index = insertIndex(database, {
      project_id: directory.project_id,
      source_directory_id: directory.id,
      name: body.name ?? directory.name,
      description: body.description ?? null,
      products: body.products ?? null,
    });
    indexBuilder.wake();
    return c.json(index, 201);
  });

  app.get(collection, (c) => {
    const query = readQuery(c, listIndexesQuery);
    const start = pageAt('indexes', query);
    const rows = selectIndexes(database, start, {
      project: query.project_id ?? defaultProject,
      directory: query.source_directory_id ?? null,
    });
    return c.json(toPage('indexes', start, rows, (row) => number(row, 'seq'), toIndex));
  });

  app.get(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    return c.json(find(c.req.param('index_id'), project_id));
  });

  app.post(`${member}/sync`, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const index = find(c.req.param('index_id'), project_id);
    requireDirectory(index.source_directory_id, index.project_id);
    requestBuild(database, index.id);
    indexBuilder.wake();
    return c.json({}, 202);
  });

  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { id } = find(c.req.param('index_id'), project_id);
    markIndexDeleted(database, id);
    indexBuilder.stop(id);
    indexBuilder.wake();
    return c.body(null, 204);
  });

  return app;
}
