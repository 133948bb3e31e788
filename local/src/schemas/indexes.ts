import { z } from 'zod';
import { pageQuery, queryText } from './query.ts';

/** The products that prepare an index's files. */
export const indexProducts = z.array(
  z.object({ product_type: z.enum(['parse', 'extract']), product_config_id: z.string() }),
);

/** Body of `POST /api/v1/indexes`. */
export const createIndexBody = z.object({
  source_directory_id: z.string(),
  description: z.string().nullish(),
  products: indexProducts.nullish(),
});

/** {@link createIndexBody} with the name that can be given since; else it is the directory's. */
export const namedIndexBody = createIndexBody.extend({ name: z.string().min(1).nullish() });

/** Query of `GET /api/v1/indexes`. */
export const listIndexesQuery = pageQuery.extend({ source_directory_id: queryText.optional() });
