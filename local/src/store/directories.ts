import { randomUUID } from 'node:crypto';
import type { Directory } from '../../../src/types/directories.ts';
import type { PageStart } from '../http/page.ts';
import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { text, textOrNull } from './row.ts';

/** Directories. A name is used once per project, as long as its directory is not deleted. */
export const directoriesSchema = `
  CREATE TABLE IF NOT EXISTS directories (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS directory_names
    ON directories (project_id, name) WHERE deleted_at IS NULL;
`;

/** A row as it goes over the wire. */
export function toDirectory(row: Row): Directory {
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    name: text(row, 'name'),
    description: textOrNull(row, 'description'),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
    deleted_at: textOrNull(row, 'deleted_at'),
  };
}

/** Stores a new directory. The caller has made sure that its name is free. */
export function insertDirectory(
  { sql, timestamp }: Database,
  directory: {
    readonly project_id: string;
    readonly name: string;
    readonly description: string | null;
  },
): Directory {
  const created = {
    ...directory,
    id: `dir-${randomUUID()}`,
    created_at: timestamp(),
    updated_at: timestamp(),
    deleted_at: null,
  };
  sql.run`
    INSERT INTO directories (id, project_id, name, description, created_at, updated_at)
    VALUES (${created.id}, ${created.project_id}, ${created.name}, ${created.description},
            ${created.created_at}, ${created.updated_at})`;
  return created;
}

/** The directory, unless it is not there, is deleted, or is in a project other than `project`. */
export function findDirectory(
  { sql }: Database,
  id: string,
  project: string | null = null,
): Directory | undefined {
  const row = sql.get`
    SELECT * FROM directories
    WHERE id = ${id} AND deleted_at IS NULL AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toDirectory(row);
}

/** The project's directory with this name that is not deleted. */
export function findDirectoryByName(
  { sql }: Database,
  project: string,
  name: string,
): Directory | undefined {
  const row = sql.get`
    SELECT * FROM directories
    WHERE project_id = ${project} AND name = ${name} AND deleted_at IS NULL`;
  return row === undefined ? undefined : toDirectory(row);
}

/** One page of a project's directories, oldest first. */
export function selectDirectories(
  { sql }: Database,
  start: PageStart,
  filter: { readonly project: string; readonly name: string | null; readonly deleted: boolean },
): readonly Row[] {
  return sql.all`
    SELECT * FROM directories
    WHERE seq > ${start.after} AND project_id = ${filter.project}
      AND (${filter.name} IS NULL OR name = ${filter.name})
      AND (deleted_at IS NULL OR ${Number(filter.deleted)})
    ORDER BY seq LIMIT ${start.limit}`;
}

/** Writes the directory's name and description. */
export function updateDirectory(
  { sql, timestamp }: Database,
  directory: Directory,
  change: { readonly name: string; readonly description: string | null },
): Directory {
  const updated_at = timestamp();
  sql.run`
    UPDATE directories
    SET name = ${change.name}, description = ${change.description}, updated_at = ${updated_at}
    WHERE id = ${directory.id}`;
  return { ...directory, ...change, updated_at };
}

/** Marks the directory and every file in it as deleted. */
export function deleteDirectory(database: Database, id: string): void {
  const { sql } = database;
  const now = database.timestamp();
  database.transaction(() => {
    sql.run`
      UPDATE directory_files SET deleted_at = ${now}, updated_at = ${now}
      WHERE directory_id = ${id} AND deleted_at IS NULL`;
    sql.run`UPDATE directories SET deleted_at = ${now}, updated_at = ${now} WHERE id = ${id}`;
  });
}
