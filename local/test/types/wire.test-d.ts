/**
 * Proves, when the project is type-checked, that what the server accepts is what `src/types`
 * declares: same fields, same types, same optionality, in both directions. Nothing here runs.
 */

import { expectTypeOf } from 'vitest';
import type { z } from 'zod';
import type {
  GetBatchItemResultsQuery,
  ListBatchJobItemsQuery,
} from '../../../src/types/batchItems.ts';
import type {
  CancelBatchJobBody,
  CreateBatchJobBody,
  ListBatchJobsQuery,
} from '../../../src/types/batchJobs.ts';
import type {
  CreateDirectoryBody,
  ListDirectoriesQuery,
  UpdateDirectoryBody,
} from '../../../src/types/directories.ts';
import type {
  CreateDirectoryFileBody,
  DeleteDirectoryFilesBody,
  GetDirectoryFileQuery,
  ListDirectoryFilesQuery,
  UpdateDirectoryFileBody,
} from '../../../src/types/directoryFiles.ts';
import type { CreateIndexBody, ListIndexesQuery } from '../../../src/types/indexes.ts';
import type {
  GrepFileBody,
  ReadFileBody,
  RetrieveBody,
  SearchFilesBody,
} from '../../../src/types/retrieval.ts';
import type {
  cancelBatchJobBody,
  createBatchJobBody,
  getBatchItemResultsQuery,
  listBatchJobItemsQuery,
  listBatchJobsQuery,
} from '../../src/schemas/batchJobs.ts';
import type {
  createDirectoryBody,
  listDirectoriesQuery,
  updateDirectoryBody,
} from '../../src/schemas/directories.ts';
import type {
  createDirectoryFileBody,
  deleteDirectoryFilesBody,
  getDirectoryFileQuery,
  listDirectoryFilesQuery,
  updateDirectoryFileBody,
} from '../../src/schemas/directoryFiles.ts';
import type { createIndexBody, listIndexesQuery } from '../../src/schemas/indexes.ts';
import type {
  grepFileBody,
  readFileBody,
  retrieveBody,
  searchFilesBody,
} from '../../src/schemas/retrieval.ts';

/** `T` without `readonly` and without the `undefined` that optional fields may spell out. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<Exclude<T[Key], undefined>> }
    : T;

/** What a client may send as a body. */
type Body<Schema extends z.ZodType> = Plain<z.input<Schema>>;

/** What a query is read as. */
type Query<Schema extends z.ZodType> = Plain<z.output<Schema>>;

/** A declared query as it can be sent: there is no `null` in a query string. */
type Sent<Type> = Plain<{ [Key in keyof Type]: Exclude<Type[Key], null> }>;

expectTypeOf<Body<typeof createDirectoryBody>>().toEqualTypeOf<Plain<CreateDirectoryBody>>();
expectTypeOf<Body<typeof updateDirectoryBody>>().toEqualTypeOf<Plain<UpdateDirectoryBody>>();
expectTypeOf<Query<typeof listDirectoriesQuery>>().toEqualTypeOf<Sent<ListDirectoriesQuery>>();

expectTypeOf<Body<typeof createDirectoryFileBody>>().toEqualTypeOf<
  Plain<CreateDirectoryFileBody>
>();
expectTypeOf<Body<typeof updateDirectoryFileBody>>().toEqualTypeOf<
  Plain<UpdateDirectoryFileBody>
>();
expectTypeOf<Body<typeof deleteDirectoryFilesBody>>().toEqualTypeOf<
  Plain<DeleteDirectoryFilesBody>
>();
expectTypeOf<Query<typeof getDirectoryFileQuery>>().toEqualTypeOf<Sent<GetDirectoryFileQuery>>();
expectTypeOf<Query<typeof listDirectoryFilesQuery>>().toEqualTypeOf<
  Sent<ListDirectoryFilesQuery>
>();

expectTypeOf<Body<typeof createBatchJobBody>>().toEqualTypeOf<Plain<CreateBatchJobBody>>();
expectTypeOf<Body<typeof cancelBatchJobBody>>().toEqualTypeOf<Plain<CancelBatchJobBody>>();
expectTypeOf<Query<typeof listBatchJobsQuery>>().toEqualTypeOf<Sent<ListBatchJobsQuery>>();
expectTypeOf<Query<typeof listBatchJobItemsQuery>>().toEqualTypeOf<Sent<ListBatchJobItemsQuery>>();
expectTypeOf<Query<typeof getBatchItemResultsQuery>>().toEqualTypeOf<
  Sent<GetBatchItemResultsQuery>
>();

expectTypeOf<Body<typeof createIndexBody>>().toEqualTypeOf<Plain<CreateIndexBody>>();
expectTypeOf<Query<typeof listIndexesQuery>>().toEqualTypeOf<Sent<ListIndexesQuery>>();

expectTypeOf<Body<typeof retrieveBody>>().toEqualTypeOf<Plain<RetrieveBody>>();
expectTypeOf<Body<typeof searchFilesBody>>().toEqualTypeOf<Plain<SearchFilesBody>>();
expectTypeOf<Body<typeof grepFileBody>>().toEqualTypeOf<Plain<GrepFileBody>>();
expectTypeOf<Body<typeof readFileBody>>().toEqualTypeOf<Plain<ReadFileBody>>();
