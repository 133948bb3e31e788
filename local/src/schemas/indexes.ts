import { z } from 'zod';
import { longText, shortText } from './boundedText.ts';
import { pageQuery, queryText } from './query.ts';

/** The products that prepare an index's files. */
export const indexProducts = z.array(
  z.object({ product_type: z.enum(['parse', 'extract']), product_config_id: shortText }),
);

/** Body of `POST /api/v1/indexes`. */
export const createIndexBody = z.object({
  source_directory_id: shortText,
  description: longText.nullish(),
  products: indexProducts.nullish(),
});

/** {@link createIndexBody} with the name that can be given since; else it is the directory's. */
export const namedIndexBody = createIndexBody.extend({ name: shortText.min(1).nullish() });

/** Query of `GET /api/v1/indexes`. */
export const listIndexesQuery = pageQuery.extend({ source_directory_id: queryText.optional() });
