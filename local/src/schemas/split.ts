import { z } from 'zod';
import { pageQuery, queryList, queryText, queryTime } from './query.ts';

/** Where a split job stands. */
export const splitJobStatus = z.enum(['pending', 'processing', 'completed', 'failed', 'cancelled']);

/** What a document may be split into. */
export const splitCategories = z
  .array(
    z.object({
      name: z.string().min(1).max(200),
      description: z.string().min(1).max(2000).nullish(),
    }),
  )
  .min(1)
  .max(50);

/** What becomes of pages that fit no category. */
export const allowUncategorized = z.enum(['include', 'forbid', 'omit']);

/** The document that is split. */
export const splitDocumentInput = z.object({ type: z.literal('file_id'), value: z.string() });

/** Body of `POST /api/v1/beta/split/jobs`. */
export const createSplitJobBody = z.object({
  document_input: splitDocumentInput,
  configuration: z
    .object({
      categories: splitCategories,
      splitting_strategy: z
        .object({ allow_uncategorized: allowUncategorized.optional() })
        .optional(),
    })
    .nullish(),
  configuration_id: z.string().nullish(),
});

/**
 * The older form of {@link createSplitJobBody}, which is read too: the configuration's fields stand
 * beside the document, and pages without a category are allowed or not.
 */
export const flatSplitJobBody = createSplitJobBody.extend({
  categories: splitCategories.nullish(),
  allow_uncategorized: z.union([z.boolean(), allowUncategorized]).nullish(),
});

/** Query of `GET /api/v1/beta/split/jobs`. */
export const listSplitJobsQuery = pageQuery.extend({
  status: queryText.pipe(splitJobStatus).optional(),
  job_ids: queryList.pipe(z.array(z.string()).max(100)).optional(),
  created_at_on_or_after: queryTime.optional(),
  created_at_on_or_before: queryTime.optional(),
});

/** Segments as they are kept in the database. */
export const splitSegments = z.array(
  z.object({
    category: z.string(),
    pages: z.array(z.int()),
    confidence_category: z.enum(['high', 'medium', 'low']),
  }),
);
