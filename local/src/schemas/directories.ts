import { z } from 'zod';
import { longText, shortText } from './boundedText.ts';
import { pageQuery, queryBoolean, queryText } from './query.ts';

/** Body of `POST /api/v1/beta/directories`. */
export const createDirectoryBody = z.object({
  name: shortText.min(1),
  description: longText.nullish(),
});

/** Body of `PATCH /api/v1/beta/directories/{directory_id}`. */
export const updateDirectoryBody = z.object({
  name: shortText.min(1).nullish(),
  description: longText.nullish(),
});

/** Query of `GET /api/v1/beta/directories`. */
export const listDirectoriesQuery = pageQuery.extend({
  name: queryText.optional(),
  type: queryText.pipe(z.enum(['user', 'index'])).optional(),
  include_deleted: queryBoolean.optional(),
});
