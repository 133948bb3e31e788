import { randomUUID } from 'node:crypto';
import type { CreateIndexBody, Index } from '../../../src/types/indexes.ts';
import type { PageStart } from '../http/page.ts';
import type { BuildProgress } from '../jobs/buildProgress.ts';
import { indexProducts } from '../schemas/indexes.ts';
import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { number, text, textOrNull } from './row.ts';

/**
 * Indexes. `requested` counts the builds that were asked for and `built` those that are done:
 * while they differ there is work to do, also after a process was killed. `is_changed` says that
 * files have been put in or taken out since the vectors were trained.
 */
export const indexesSchema = `
  CREATE TABLE IF NOT EXISTS indexes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    sync_config_id TEXT NOT NULL,
    export_config_id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    source_directory_id TEXT NOT NULL REFERENCES directories (id),
    name TEXT NOT NULL,
    description TEXT,
    products TEXT NOT NULL,
    metadata TEXT NOT NULL,
    requested INTEGER NOT NULL,
    built INTEGER NOT NULL,
    is_changed INTEGER NOT NULL DEFAULT 0,
    last_synced_at TEXT,
    last_exported_at TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    deleted_at TEXT
  ) STRICT;
`;

/** An index to store. */
export interface NewIndex {
  readonly project_id: string;
  readonly source_directory_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly products: CreateIndexBody['products'];
}

/** An index that is due to be built, and the number of the build that makes it up to date. */
export interface DueIndex {
  readonly id: string;
  readonly directoryId: string;
  readonly build: number;
  /** Whether an earlier build, which was cut off, has changed files already. */
  readonly isChanged: boolean;
  /** What of the request that created the index has no effect. */
  readonly warnings: readonly string[];
}

/** A row as it goes over the wire. */
export function toIndex(row: Row): Index {
  return {
    id: text(row, 'id'),
    sync_config_id: text(row, 'sync_config_id'),
    export_config_id: text(row, 'export_config_id'),
    project_id: text(row, 'project_id'),
    source_directory_id: text(row, 'source_directory_id'),
    name: text(row, 'name'),
    description: textOrNull(row, 'description'),
    // Written by this file.
    metadata: JSON.parse(text(row, 'metadata')) as BuildProgress,
    last_synced_at: textOrNull(row, 'last_synced_at'),
    last_exported_at: textOrNull(row, 'last_exported_at'),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
  };
}

/** Stores a new index, due for its first build. */
export function insertIndex(database: Database, index: NewIndex): Index {
  const now = database.timestamp();
  const id = `idx-${randomUUID()}`;
  const pending: BuildProgress = { status: 'pending' };
  database.sql.run`
    INSERT INTO indexes (id, sync_config_id, export_config_id, project_id, source_directory_id,
      name, description, products, metadata, requested, built, created_at, updated_at)
    VALUES (${id}, ${`cfg-${randomUUID()}`}, ${`cfg-${randomUUID()}`}, ${index.project_id},
      ${index.source_directory_id}, ${index.name}, ${index.description},
      ${JSON.stringify(index.products ?? [])}, ${JSON.stringify(pending)}, 1, 0, ${now}, ${now})`;
  const created = findIndex(database, id);
  if (created === undefined) {
    throw new Error(`Index ${id} was stored and is not there`);
  }
  return created;
}

/**
 * The index with this `id` or `export_config_id`, unless it is not there, is deleted, or is in
 * a project other than `project`.
 */
export function findIndex(
  { sql }: Database,
  id: string,
  project: string | null = null,
): Index | undefined {
  const row = sql.get`
    SELECT * FROM indexes
    WHERE (id = ${id} OR export_config_id = ${id}) AND deleted_at IS NULL
      AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toIndex(row);
}

/** One page of a project's indexes, oldest first. */
export function selectIndexes(
  { sql }: Database,
  start: PageStart,
  filter: { readonly project: string; readonly directory: string | null },
): readonly Row[] {
  return sql.all`
    SELECT * FROM indexes
    WHERE seq > ${start.after} AND project_id = ${filter.project} AND deleted_at IS NULL
      AND (${filter.directory} IS NULL OR source_directory_id = ${filter.directory})
    ORDER BY seq LIMIT ${start.limit}`;
}

/** Asks for another build, whether or not one is under way. */
export function requestBuild({ sql, timestamp }: Database, id: string): void {
  const pending: BuildProgress = { status: 'pending' };
  const now = timestamp();
  sql.run`
    UPDATE indexes
    SET requested = requested + 1, updated_at = ${now},
        metadata = iif(requested = built, ${JSON.stringify(pending)}, metadata)
    WHERE id = ${id}`;
}

/** The index that has waited longest for a build. */
export function nextDueIndex({ sql }: Database): DueIndex | undefined {
  const row = sql.get`
    SELECT id, source_directory_id, requested, is_changed, products FROM indexes
    WHERE requested > built AND deleted_at IS NULL ORDER BY updated_at, seq LIMIT 1`;
  return row === undefined
    ? undefined
    : {
        id: text(row, 'id'),
        directoryId: text(row, 'source_directory_id'),
        build: number(row, 'requested'),
        isChanged: number(row, 'is_changed') === 1,
        warnings: indexProducts
          .parse(JSON.parse(text(row, 'products')))
          .map(
            ({ product_type, product_config_id }) =>
              `The ${product_type} settings ${product_config_id} are not known here; files are parsed with defaults.`,
          ),
      };
}

/** Notes that the vectors are behind the files from now on, until a build is finished. */
export function markIndexChanged({ sql }: Database, id: string): void {
  sql.run`UPDATE indexes SET is_changed = 1 WHERE id = ${id}`;
}

/** Writes how far a build has come. */
export function noteProgress(
  { sql, timestamp }: Database,
  id: string,
  progress: BuildProgress,
): void {
  sql.run`
    UPDATE indexes SET metadata = ${JSON.stringify(progress)}, updated_at = ${timestamp()}
    WHERE id = ${id}`;
}

/** Writes that a build has ended. Times are kept from an earlier build where this one failed. */
export function finishBuild(
  { sql, timestamp }: Database,
  due: DueIndex,
  progress: BuildProgress,
): void {
  const now = timestamp();
  const synced = progress.status === 'ready' ? now : null;
  sql.run`
    UPDATE indexes
    SET built = ${due.build}, is_changed = ${Number(synced === null)}, metadata = ${JSON.stringify(progress)}, updated_at = ${now},
        last_synced_at = coalesce(${synced}, last_synced_at),
        last_exported_at = coalesce(${synced}, last_exported_at)
    WHERE id = ${due.id}`;
}

/** Hides the index at once; its search data is removed later, see {@link forgetIndex}. */
export function markIndexDeleted({ sql, timestamp }: Database, id: string): void {
  sql.run`UPDATE indexes SET deleted_at = ${timestamp()} WHERE id = ${id}`;
}

/** Indexes that are deleted and whose search data may still be there. */
export function deletedIndexes({ sql }: Database): readonly string[] {
  return sql.all`SELECT id FROM indexes WHERE deleted_at IS NOT NULL`.map((row) => text(row, 'id'));
}

/** Removes the last trace of a deleted index. */
export function forgetIndex({ sql }: Database, id: string): void {
  sql.run`DELETE FROM indexes WHERE id = ${id} AND deleted_at IS NOT NULL`;
}
