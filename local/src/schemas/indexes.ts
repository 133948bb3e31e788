import { z } from 'zod';
import { pageQuery, queryText } from './query.ts';

/** Body of `POST /api/v1/indexes`. */
export const createIndexBody = z.object({
  source_directory_id: z.string(),
  description: z.string().nullish(),
  products: z
    .array(z.object({ product_type: z.enum(['parse', 'extract']), product_config_id: z.string() }))
    .nullish(),
});

/** Query of `GET /api/v1/indexes`. */
export const listIndexesQuery = pageQuery.extend({ source_directory_id: queryText.optional() });
