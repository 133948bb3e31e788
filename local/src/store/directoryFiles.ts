import { randomUUID } from 'node:crypto';
import type { DirectoryFile, FileMetadata } from '../../../src/types/directoryFiles.ts';
import type { PageStart } from '../http/page.ts';
import { fileMetadata } from '../schemas/fileMetadata.ts';
import type { Database } from './openDatabase.ts';
import type { DocumentSource } from './parsedDocuments.ts';
import { documentName } from './parsedDocuments.ts';
import type { Row } from './row.ts';
import { text, textOrNull } from './row.ts';

/** Files in directories. A `unique_id` is used once per directory, unless its file is deleted. */
export const directoryFilesSchema = `
  CREATE TABLE IF NOT EXISTS directory_files (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    directory_id TEXT NOT NULL REFERENCES directories (id),
    file_id TEXT NOT NULL REFERENCES files (id),
    unique_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    metadata TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS directory_file_unique_ids
    ON directory_files (directory_id, unique_id) WHERE deleted_at IS NULL;
  CREATE INDEX IF NOT EXISTS directory_files_in_order ON directory_files (directory_id, seq);
`;

/** The columns that a client chooses. */
export interface DirectoryFileEntry {
  readonly directory_id: string;
  readonly unique_id: string;
  readonly display_name: string;
  readonly metadata: FileMetadata;
}

/** Which files of a directory a list shows; `null` leaves a filter out. Times are UTC text. */
export interface DirectoryFileFilter {
  readonly display_name: string | null;
  readonly display_name_contains: string | null;
  readonly unique_id: string | null;
  readonly file_id: string | null;
  readonly updated_at_on_or_after: string | null;
  readonly updated_at_on_or_before: string | null;
  readonly deleted: boolean;
}

/** A file as an index takes it up. `name` says how its content is parsed. */
export interface SourceFile extends DocumentSource {
  readonly id: string;
  readonly display_name: string;
  readonly metadata: FileMetadata;
}

/** A row as it goes over the wire, without a download link. */
export function toDirectoryFile(row: Row): DirectoryFile {
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    directory_id: text(row, 'directory_id'),
    file_id: text(row, 'file_id'),
    unique_id: text(row, 'unique_id'),
    display_name: text(row, 'display_name'),
    metadata: fileMetadata.parse(JSON.parse(text(row, 'metadata'))),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
    deleted_at: textOrNull(row, 'deleted_at'),
    download_url: null,
  };
}

/** Puts a file into a directory. The caller has made sure that its `unique_id` is free. */
export function insertDirectoryFile(
  { sql, timestamp }: Database,
  file: { readonly id: string; readonly project_id: string },
  entry: DirectoryFileEntry,
): DirectoryFile {
  const now = timestamp();
  const id = `dfl-${randomUUID()}`;
  sql.run`
    INSERT INTO directory_files
      (id, project_id, directory_id, file_id, unique_id, display_name, metadata, created_at, updated_at)
    VALUES (${id}, ${file.project_id}, ${entry.directory_id}, ${file.id}, ${entry.unique_id},
            ${entry.display_name}, ${JSON.stringify(entry.metadata)}, ${now}, ${now})`;
  return {
    ...entry,
    id,
    project_id: file.project_id,
    file_id: file.id,
    created_at: now,
    updated_at: now,
    deleted_at: null,
    download_url: null,
  };
}

/** The file, unless it is deleted or not in this directory. */
export function findDirectoryFile(
  { sql }: Database,
  directoryId: string,
  id: string,
): DirectoryFile | undefined {
  const row = sql.get`
    SELECT * FROM directory_files
    WHERE id = ${id} AND directory_id = ${directoryId} AND deleted_at IS NULL`;
  return row === undefined ? undefined : toDirectoryFile(row);
}

/** The directory's file with this `unique_id` that is not deleted. */
export function findByUniqueId(
  { sql }: Database,
  directoryId: string,
  uniqueId: string,
): DirectoryFile | undefined {
  const row = sql.get`
    SELECT * FROM directory_files
    WHERE directory_id = ${directoryId} AND unique_id = ${uniqueId} AND deleted_at IS NULL`;
  return row === undefined ? undefined : toDirectoryFile(row);
}

/** One page of a directory's files, oldest first. */
export function selectDirectoryFiles(
  { sql }: Database,
  directoryId: string,
  start: PageStart,
  filter: DirectoryFileFilter,
): readonly Row[] {
  const { display_name, display_name_contains, unique_id, file_id, deleted } = filter;
  const { updated_at_on_or_after: since, updated_at_on_or_before: until } = filter;
  return sql.all`
    SELECT * FROM directory_files
    WHERE directory_id = ${directoryId} AND seq > ${start.after}
      AND (deleted_at IS NULL OR ${Number(deleted)})
      AND (${display_name} IS NULL OR display_name = ${display_name})
      AND (${display_name_contains} IS NULL
           OR instr(fold(display_name), fold(${display_name_contains})) > 0)
      AND (${unique_id} IS NULL OR unique_id = ${unique_id})
      AND (${file_id} IS NULL OR file_id = ${file_id})
      AND (${since} IS NULL OR updated_at >= ${since})
      AND (${until} IS NULL OR updated_at <= ${until})
    ORDER BY seq LIMIT ${start.limit}`;
}

/** Writes the columns that a client chooses; a new `directory_id` moves the file. */
export function updateDirectoryFile(
  { sql, timestamp }: Database,
  file: DirectoryFile,
  entry: DirectoryFileEntry,
): DirectoryFile {
  const updated_at = timestamp();
  sql.run`
    UPDATE directory_files
    SET directory_id = ${entry.directory_id}, unique_id = ${entry.unique_id},
        display_name = ${entry.display_name}, metadata = ${JSON.stringify(entry.metadata)},
        updated_at = ${updated_at}
    WHERE id = ${file.id}`;
  return { ...file, ...entry, updated_at };
}

/** Marks those of the directory's files that have one of these ids as deleted. */
export function deleteDirectoryFiles(
  database: Database,
  directoryId: string,
  ids: readonly string[],
): void {
  const now = database.timestamp();
  database.transaction(() => {
    for (const id of ids) {
      database.sql.run`
        UPDATE directory_files SET deleted_at = ${now}, updated_at = ${now}
        WHERE id = ${id} AND directory_id = ${directoryId} AND deleted_at IS NULL`;
    }
  });
}

/** Every file of the directory that is not deleted, oldest first, with its content. */
export function selectSourceFiles({ sql }: Database, directoryId: string): readonly SourceFile[] {
  return sql.all`
    SELECT entry.id, entry.display_name, entry.metadata, file.sha256, file.name
    FROM directory_files AS entry JOIN files AS file ON file.id = entry.file_id
    WHERE entry.directory_id = ${directoryId} AND entry.deleted_at IS NULL
    ORDER BY entry.seq`.map((row) => ({
    id: text(row, 'id'),
    display_name: text(row, 'display_name'),
    metadata: fileMetadata.parse(JSON.parse(text(row, 'metadata'))),
    sha256: text(row, 'sha256'),
    name: documentName(text(row, 'name'), text(row, 'display_name')),
  }));
}

/** The name of a file wherever it lies, deleted or not; `undefined` if there is none. */
export function findItemName(
  { sql }: Database,
  id: string,
  project: string | null,
): string | undefined {
  const row = sql.get`
    SELECT display_name FROM directory_files
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : text(row, 'display_name');
}
