import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  type Connection,
  createBatchJob,
  createDirectoryFile,
  deleteDirectory,
  type DirectoryFile,
  listDirectories,
  type ParserLanguage,
  parserLanguages,
  retrieve,
  uploadDirectoryFile,
  type UploadEvent,
} from '../../src/index.ts';

declare const connection: Connection;

it('accepts undefined for whatever may be left out', () => {
  listDirectories(connection, { name: undefined, page_size: undefined, project_id: null });
  createDirectoryFile(connection, 'dir-1', { file_id: 'fil-1', metadata: undefined });
});

it('refuses null where the API does', () => {
  // @ts-expect-error include_deleted is true, false or left out.
  listDirectories(connection, { include_deleted: null });
});

it('refuses metadata that is not flat', () => {
  // @ts-expect-error Metadata has no objects in it.
  createDirectoryFile(connection, 'dir-1', { file_id: 'fil-1', metadata: { a: { b: 1 } } });
});

it('takes a condition or bounds for a metadata key', () => {
  const question = { index_id: 'idx-1', query: 'What grew?' };
  retrieve(connection, {
    ...question,
    custom_filters: { year: [{ operator: 'gte', value: 2024 }], draft: null },
  });
  retrieve(connection, {
    ...question,
    // @ts-expect-error Bounds are numbers.
    custom_filters: { year: [{ operator: 'gte', value: '2024' }] },
  });
});

it('knows the languages as values and as a type', () => {
  expectTypeOf(parserLanguages[0]).toEqualTypeOf<'af'>();
  expectTypeOf<(typeof parserLanguages)[number]>().toEqualTypeOf<ParserLanguage>();
  createBatchJob(connection, {
    // @ts-expect-error There is no such language.
    job_config: { parameters: { languages: ['xx'] } },
  });
});

it('says what deletions and uploads emit', () => {
  expectTypeOf(deleteDirectory(connection, 'dir-1')).toEqualTypeOf<Observable<undefined>>();
  expectTypeOf(uploadDirectoryFile(connection, 'dir-1', { upload_file: 'q3.pdf' })).toEqualTypeOf<
    Observable<UploadEvent<DirectoryFile>>
  >();
});
