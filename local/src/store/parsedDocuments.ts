import { extname } from 'node:path';
import type { ParsedDocument } from '../documents/parsedDocument.ts';
import { type Reading, usualReading } from '../documents/reading.ts';
import type { Database } from './openDatabase.ts';
import { text } from './row.ts';

/** What parsers made of contents. Batch jobs and indexes share it. */
export const parsedDocumentsSchema = `
  CREATE TABLE IF NOT EXISTS parsed_documents (
    sha256 TEXT NOT NULL,
    extension TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (sha256, extension)
  ) STRICT, WITHOUT ROWID;
`;

/** Content to be parsed. The name's extension and `reading` decide how, so that all make up the key. */
export interface DocumentSource {
  readonly sha256: string;
  readonly name: string;
  /** @defaultValue `usualReading` */
  readonly reading?: Reading | undefined;
}

/** Counts up with what the parsers can read, so that what older ones made is made again. */
const generation = 2;

/** The name that says what kind of document a file is: its own, or the one it was given later. */
export function documentName(fileName: string, displayName: string): string {
  return extname(fileName) === '' ? displayName : fileName;
}

/** Whether the document has been parsed and kept. */
export function isParsed({ sql }: Database, source: DocumentSource): boolean {
  return (
    sql.get`
      SELECT 1 AS found FROM parsed_documents
      WHERE sha256 = ${source.sha256} AND extension = ${variant(source)}` !== undefined
  );
}

/** The document as it was kept. */
export function loadParsedDocument(
  { sql }: Pick<Database, 'sql'>,
  source: DocumentSource,
): ParsedDocument {
  const row = sql.get`
    SELECT document FROM parsed_documents
    WHERE sha256 = ${source.sha256} AND extension = ${variant(source)}`;
  if (row === undefined) {
    throw new Error(`${source.name} (${source.sha256}) has not been parsed`);
  }
  // Written by keepParsedDocument.
  return JSON.parse(text(row, 'document')) as ParsedDocument;
}

/** Keeps a parsed document, in the place of an earlier one of the same content. */
export function keepParsedDocument(
  { sql }: Database,
  source: DocumentSource,
  document: ParsedDocument,
): void {
  sql.run`
    INSERT OR REPLACE INTO parsed_documents (sha256, extension, document)
    VALUES (${source.sha256}, ${variant(source)}, ${JSON.stringify(document)})`;
}

/** What the column `extension` holds: all that makes documents of one content differ. */
function variant({ name, reading = usualReading }: DocumentSource): string {
  const ocr = reading.ocr ? reading.languages.join('+') : 'off';
  return `${extname(name).toLowerCase()} ${generation} ${ocr}`;
}
