import type { StoredBlob } from './blobs.ts';
import { insertFile } from './files.ts';
import type { Database } from './openDatabase.ts';
import type { DocumentSource } from './parsedDocuments.ts';
import { documentName } from './parsedDocuments.ts';
import { number, text } from './row.ts';

/** Pictures of the pages of contents, each a file of its own. */
export const pageScreenshotsSchema = `
  CREATE TABLE IF NOT EXISTS page_screenshots (
    sha256 TEXT NOT NULL,
    page INTEGER NOT NULL,
    file_id TEXT NOT NULL REFERENCES files (id),
    PRIMARY KEY (sha256, page)
  ) STRICT, WITHOUT ROWID;
`;

/** A document whose pages may be shown. */
export interface ScreenshotSource extends DocumentSource {
  readonly project: string;
}

/** The picture of a page. */
export interface Screenshot {
  /** 1-based. */
  readonly page: number;
  readonly fileId: string;
  /** In bytes. */
  readonly size: number;
  /** When it was made, ISO 8601. */
  readonly createdAt: string;
}

/**
 * The document with the id of a file, or of a directory's file that is not deleted, unless it is in
 * a project other than `project`.
 */
export function findScreenshotSource(
  { sql }: Database,
  id: string,
  project: string | null = null,
): ScreenshotSource | undefined {
  const row = sql.get`
    SELECT file.sha256, file.project_id, file.name, coalesce(entry.display_name, '') AS display_name
    FROM files AS file
    LEFT JOIN directory_files AS entry
      ON entry.id = ${id} AND entry.file_id = file.id AND entry.deleted_at IS NULL
    WHERE (${project} IS NULL OR file.project_id = ${project})
      AND file.id = coalesce(
        (SELECT file_id FROM directory_files WHERE id = ${id} AND deleted_at IS NULL), ${id})`;
  return row === undefined
    ? undefined
    : {
        sha256: text(row, 'sha256'),
        name: documentName(text(row, 'name'), text(row, 'display_name')),
        project: text(row, 'project_id'),
      };
}

/** Those of the pictures of these pages that there are, in order of the pages. */
export function selectScreenshots(
  { sql }: Database,
  { sha256 }: DocumentSource,
  pages: readonly number[],
): readonly Screenshot[] {
  return sql.all`
    SELECT page, file_id, size, created_at
    FROM page_screenshots JOIN files ON files.id = file_id
    WHERE page_screenshots.sha256 = ${sha256}
      AND page IN (SELECT value FROM json_each(${JSON.stringify(pages)}))
    ORDER BY page`.map((row) => ({
    page: number(row, 'page'),
    fileId: text(row, 'file_id'),
    size: number(row, 'size'),
    createdAt: text(row, 'created_at'),
  }));
}

/** Stores the picture of a page, unless there is one by now. */
export function insertScreenshot(
  database: Database,
  source: ScreenshotSource,
  page: number,
  blob: StoredBlob,
): void {
  database.transaction(() => {
    if (selectScreenshots(database, source, [page]).length > 0) {
      return;
    }
    const { id } = insertFile(database, {
      ...blob,
      project_id: source.project,
      name: `page_${page}.png`,
      external_file_id: null,
    });
    database.sql.run`
      INSERT INTO page_screenshots (sha256, page, file_id) VALUES (${source.sha256}, ${page}, ${id})`;
  });
}
