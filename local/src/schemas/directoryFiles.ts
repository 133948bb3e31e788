import { z } from 'zod';
import { shortText } from './boundedText.ts';
import { fileMetadata } from './fileMetadata.ts';
import { pageQuery, queryBoolean, queryList, queryText, queryTime, scopeQuery } from './query.ts';

/** Body of `POST /api/v1/beta/directories/{directory_id}/files`. */
export const createDirectoryFileBody = z.object({
  file_id: shortText,
  unique_id: shortText.nullish(),
  display_name: shortText.nullish(),
  metadata: fileMetadata.nullish(),
});

/** Body of `PATCH …/files/{directory_file_id}`. */
export const updateDirectoryFileBody = z.object({
  unique_id: shortText.min(1).nullish(),
  display_name: shortText.nullish(),
  directory_id: shortText.nullish(),
  metadata: fileMetadata.nullish(),
});

/** The later name of `directory_id` in {@link updateDirectoryFileBody}; both are read. */
export const movedDirectoryFileBody = updateDirectoryFileBody.extend({
  target_directory_id: shortText.nullish(),
});

/** Body of `POST …/files/bulk-delete`. */
export const deleteDirectoryFilesBody = z.object({
  directory_file_ids: z.array(z.string()).min(1).max(100),
});

/** Query of `GET …/files/{directory_file_id}`. */
export const getDirectoryFileQuery = scopeQuery.extend({ expand: queryList.optional() });

/** Query of `GET …/files`. */
export const listDirectoryFilesQuery = pageQuery.extend({
  display_name: queryText.optional(),
  display_name_contains: queryText.optional(),
  unique_id: queryText.optional(),
  file_id: queryText.optional(),
  include_deleted: queryBoolean.optional(),
  updated_at_on_or_after: queryTime.optional(),
  updated_at_on_or_before: queryTime.optional(),
  expand: queryList.optional(),
});

/** The text fields of an upload; `metadata` is a JSON object written as text. */
export const uploadFields = z.object({
  unique_id: shortText.min(1).optional(),
  display_name: shortText.min(1).optional(),
  external_file_id: shortText.min(1).optional(),
  metadata: z.string().optional(),
});
