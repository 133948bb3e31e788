import { z } from 'zod';
import { pageQuery, queryBoolean, queryText } from './query.ts';

/** Body of `POST /api/v1/beta/directories`. */
export const createDirectoryBody = z.object({
  name: z.string().min(1),
  description: z.string().nullish(),
});

/** Body of `PATCH /api/v1/beta/directories/{directory_id}`. */
export const updateDirectoryBody = z.object({
  name: z.string().min(1).nullish(),
  description: z.string().nullish(),
});

/** Query of `GET /api/v1/beta/directories`. */
export const listDirectoriesQuery = pageQuery.extend({
  name: queryText.optional(),
  type: queryText.pipe(z.enum(['user', 'index'])).optional(),
  include_deleted: queryBoolean.optional(),
});
