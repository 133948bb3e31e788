import { randomUUID } from 'node:crypto';
import type { StoredBlob } from './blobs.ts';
import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { number, text, textOrNull } from './row.ts';

/** Files: content under a name. Several files may share one content. */
export const filesSchema = `
  CREATE TABLE IF NOT EXISTS files (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL,
    name TEXT NOT NULL,
    external_file_id TEXT,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
`;

/** A stored file. */
export interface StoredFile extends StoredBlob {
  readonly id: string;
  readonly project_id: string;
  /** The name it was uploaded under. */
  readonly name: string;
  /** What the uploader calls it in a system of their own. */
  readonly external_file_id: string | null;
}

/** Stores a new file, whose content is in the blob folder already. */
export function insertFile({ sql, timestamp }: Database, file: Omit<StoredFile, 'id'>): StoredFile {
  const id = randomUUID();
  sql.run`
    INSERT INTO files (id, project_id, name, external_file_id, sha256, size, created_at)
    VALUES (${id}, ${file.project_id}, ${file.name}, ${file.external_file_id}, ${file.sha256},
            ${file.size}, ${timestamp()})`;
  return { ...file, id };
}

/** The file, unless it is not there or is in a project other than `project`. */
export function findFile(
  { sql }: Database,
  id: string,
  project: string | null = null,
): StoredFile | undefined {
  const row = sql.get`
    SELECT * FROM files
    WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toFile(row);
}

function toFile(row: Row): StoredFile {
  return {
    id: text(row, 'id'),
    project_id: text(row, 'project_id'),
    name: text(row, 'name'),
    external_file_id: textOrNull(row, 'external_file_id'),
    sha256: text(row, 'sha256'),
    size: number(row, 'size'),
  };
}
