import { z } from 'zod';
import {
  createDirectoryBody,
  listDirectoriesQuery,
  updateDirectoryBody,
} from '../schemas/directories.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** A directory as it goes over the wire. */
export const directory = z
  .object({
    id: z.string(),
    project_id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
    deleted_at: z.string().nullish(),
  })
  .meta({ id: 'Directory' });

const collection = '/api/v1/beta/directories';
const member = `${collection}/{directory_id}` as const;

/** Operations on directories. */
export const directories = {
  createDirectory: {
    route: `POST ${collection}`,
    summary: 'Create a directory',
    body: createDirectoryBody,
    status: 201,
    answer: directory,
  },
  listDirectories: {
    route: `GET ${collection}`,
    summary: 'List directories',
    query: listDirectoriesQuery,
    status: 200,
    answer: page(directory),
  },
  getDirectory: {
    route: `GET ${member}`,
    summary: 'Get a directory',
    status: 200,
    answer: directory,
  },
  updateDirectory: {
    route: `PATCH ${member}`,
    summary: 'Change the name or description of a directory',
    body: updateDirectoryBody,
    status: 200,
    answer: directory,
  },
  deleteDirectory: { route: `DELETE ${member}`, summary: 'Delete a directory', status: 204 },
} satisfies Operations;
