import { z } from 'zod';
import { listIndexesQuery, namedIndexBody } from '../schemas/indexes.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** An index as it goes over the wire. */
export const index = z
  .object({
    id: z.string(),
    project_id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    source_directory_id: z.string(),
    sync_config_id: z.string(),
    export_config_id: z.string(),
    last_synced_at: z.string().nullish(),
    last_exported_at: z.string().nullish(),
    metadata: z.looseObject({ status: z.string().optional() }).optional(),
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  })
  .meta({ id: 'Index' });

const collection = '/api/v1/indexes';
const member = `${collection}/{index_id}` as const;

/** Operations on indexes. */
export const indexes = {
  createIndex: {
    route: `POST ${collection}`,
    summary: 'Create an index of a directory',
    body: namedIndexBody,
    status: 201,
    answer: index,
  },
  listIndexes: {
    route: `GET ${collection}`,
    summary: 'List indexes',
    query: listIndexesQuery,
    status: 200,
    answer: page(index),
  },
  getIndex: { route: `GET ${member}`, summary: 'Get an index', status: 200, answer: index },
  syncIndex: {
    route: `POST ${member}/sync`,
    summary: 'Bring an index up to date with its directory',
    status: 202,
    answer: z.object({}),
  },
  deleteIndex: { route: `DELETE ${member}`, summary: 'Delete an index', status: 204 },
} satisfies Operations;
