import { z } from 'zod';
import { fileMetadata } from '../schemas/fileMetadata.ts';
import {
  findFilesBody,
  pagedGrepFileBody,
  readFileBody,
  retrieveBody,
  searchFilesBody,
} from '../schemas/retrieval.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

const chunkFields = z.object({
  parsed_directory_file_id: z.string().nullish(),
  page_range_start: z.int().nullish(),
  page_range_end: z.int().nullish(),
  chunk_start_char: z.int().nullish(),
  chunk_end_char: z.int().nullish(),
  chunk_index: z.int().nullish(),
  chunk_token_count: z.int().nullish(),
  attachments: z
    .array(z.object({ type: z.string(), attachment_name: z.string(), source_id: z.string() }))
    .optional(),
});

/** What retrieval found, as it goes over the wire. */
export const retrieveAnswer = z.object({
  results: z.array(
    z.object({
      content: z.string(),
      score: z.number().nullish(),
      rerank_score: z.number().nullish(),
      metadata: fileMetadata.nullish(),
      static_fields: chunkFields.optional(),
    }),
  ),
});

const indexFile = z.object({ file_id: z.string(), file_name: z.string() });

/** Files that were looked for, as they go over the wire. */
export const searchFilesAnswer = z.object({ files: z.array(indexFile) });

const grepMatch = z.object({ start_char: z.int(), end_char: z.int(), content: z.string() });

/** Places that match a pattern, as they go over the wire. */
export const grepFileAnswer = z.object({ matches: z.array(grepMatch) });

/** A part of a file's text, as it goes over the wire. */
export const readFileAnswer = z.object({ content: z.string() });

const base = '/api/v1/retrieval';

/** Operations that look things up in an index. */
export const retrieval = {
  retrieve: {
    route: `POST ${base}/retrieve`,
    summary: 'Find the passages of an index that answer a question',
    body: retrieveBody,
    status: 200,
    answer: retrieveAnswer,
  },
  searchFiles: {
    route: `POST ${base}/files/search`,
    summary: 'Find files of an index by name',
    body: searchFilesBody,
    status: 200,
    answer: searchFilesAnswer,
  },
  findFiles: {
    route: `POST ${base}/files/find`,
    summary: 'Find files of an index by name, page by page (the later form of the search)',
    body: findFilesBody,
    status: 200,
    answer: page(indexFile),
  },
  grepFile: {
    route: `POST ${base}/files/grep`,
    summary: 'Find the places of a file that match a pattern',
    body: pagedGrepFileBody,
    status: 200,
    answer: grepFileAnswer.extend(page(grepMatch).shape),
  },
  readFile: {
    route: `POST ${base}/files/read`,
    summary: 'Read the text of a file of an index',
    body: readFileBody,
    status: 200,
    answer: readFileAnswer,
  },
} satisfies Operations;
