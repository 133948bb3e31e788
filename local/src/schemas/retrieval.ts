import { z } from 'zod';
import { longText, shortText } from './boundedText.ts';

const operator = z.enum(['eq', 'ne', 'gt', 'lt', 'gte', 'lte', 'in', 'nin']);

/** A condition on a field: `operator` and the value, or list of values, to compare with. */
const filter = <V extends z.ZodType>(value: V) =>
  z.object({ operator, value: z.union([value, z.array(value)]) });

/** Body of `POST /api/v1/retrieval/retrieve`. */
export const retrieveBody = z.object({
  index_id: shortText,
  query: longText,
  top_k: z.int().min(1).nullish(),
  num_candidates: z.int().min(1).nullish(),
  vector_pipeline_weight: z.number().min(0).max(1).nullish(),
  full_text_pipeline_weight: z.number().min(0).max(1).nullish(),
  score_threshold: z.number().nullish(),
  static_filters: z.object({ parsed_directory_file_id: filter(shortText).nullish() }).nullish(),
  custom_filters: z
    .record(
      z.string(),
      z
        .union([filter(z.union([shortText, z.number(), z.boolean()])), z.array(filter(z.number()))])
        .nullable(),
    )
    .nullish(),
  rerank: z.object({ enabled: z.boolean().optional(), top_n: z.int().min(1).nullish() }).optional(),
});

/** Body of `POST /api/v1/retrieval/files/search`. */
export const searchFilesBody = z.object({
  index_id: shortText,
  file_name: shortText.nullish(),
  file_name_contains: shortText.nullish(),
  limit: z.int().min(1).nullish(),
});

/** Body of `POST /api/v1/retrieval/files/find`, the later form of the search for files. */
export const findFilesBody = searchFilesBody.omit({ limit: true }).extend({
  page_size: z.int().min(1).nullish(),
  page_token: shortText.nullish(),
});

/** Body of `POST /api/v1/retrieval/files/grep`. */
export const grepFileBody = z.object({
  index_id: shortText,
  file_id: shortText,
  pattern: shortText,
  context_chars: z.int().min(0).nullish(),
  limit: z.int().min(1).nullish(),
});

/** {@link grepFileBody} with the pages that it has had since; both are read. */
export const pagedGrepFileBody = grepFileBody.extend({
  page_size: z.int().min(1).nullish(),
  page_token: shortText.nullish(),
});

/** Body of `POST /api/v1/retrieval/files/read`. */
export const readFileBody = z.object({
  index_id: shortText,
  file_id: shortText,
  offset: z.int().min(0).optional(),
  max_length: z.int().min(0).nullish(),
});
