import { randomUUID } from 'node:crypto';
import type { ProcessingResult } from '../../../src/types/batchItems.ts';
import type { BatchJobConfig } from '../../../src/types/batchJobs.ts';
import { jobConfigOf, jobTypeOf } from './batchJobs.ts';
import { blobLocation } from './blobs.ts';
import type { Database } from './openDatabase.ts';
import type { Row } from './row.ts';
import { text } from './row.ts';

/** What batch jobs have made of files. The output itself is a file as well. */
export const processingResultsSchema = `
  CREATE TABLE IF NOT EXISTS processing_results (
    id TEXT PRIMARY KEY,
    item_id TEXT NOT NULL,
    job_config TEXT NOT NULL,
    parameters_hash TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    output_file_id TEXT NOT NULL REFERENCES files (id),
    output_metadata TEXT NOT NULL,
    processed_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS processing_results_by_item ON processing_results (item_id);
`;

/** Content of an item, and the settings that it is worked on with. */
export interface Processing {
  readonly itemId: string;
  readonly sha256: string;
  readonly config: BatchJobConfig;
  readonly parametersHash: string;
}

/** Whether this very content was worked on with these very settings for this item before. */
export function wasProcessed({ sql }: Database, item: Processing): boolean {
  return (
    sql.get`
      SELECT 1 AS found FROM processing_results
      WHERE item_id = ${item.itemId} AND parameters_hash = ${item.parametersHash}
        AND source_sha256 = ${item.sha256}` !== undefined
  );
}

/** What was made of an item, oldest first, each with the file that holds the output. */
export function selectResults(
  { sql }: Database,
  itemId: string,
): readonly { readonly result: ProcessingResult; readonly outputFileId: string }[] {
  return sql.all`
    SELECT result.*, file.sha256 AS output_sha256
    FROM processing_results AS result JOIN files AS file ON file.id = result.output_file_id
    WHERE item_id = ${itemId} ORDER BY processed_at, result.rowid`.map((row) => ({
    outputFileId: text(row, 'output_file_id'),
    result: {
      result_id: text(row, 'id'),
      item_id: text(row, 'item_id'),
      job_type: jobTypeOf(jobConfigOf(row)),
      job_config: jobConfigOf(row),
      parameters_hash: text(row, 'parameters_hash'),
      output_s3_path: `files/${blobLocation(text(row, 'output_sha256'))}`,
      output_metadata: metadataOf(row),
      processed_at: text(row, 'processed_at'),
    },
  }));
}

function metadataOf(row: Row): Readonly<Record<string, unknown>> {
  // Written by insertResult.
  return JSON.parse(text(row, 'output_metadata')) as Readonly<Record<string, unknown>>;
}

/** Stores what was made of an item. Within the transaction that finishes the item. */
export function insertResult(
  { sql, timestamp }: Database,
  item: Processing,
  outputFileId: string,
  outputMetadata: Readonly<Record<string, unknown>>,
): void {
  sql.run`
    INSERT INTO processing_results (id, item_id, job_config, parameters_hash, source_sha256,
      output_file_id, output_metadata, processed_at)
    VALUES (${randomUUID()}, ${item.itemId}, ${JSON.stringify(item.config)}, ${item.parametersHash},
      ${item.sha256}, ${outputFileId}, ${JSON.stringify(outputMetadata)},
      ${timestamp()})`;
}
