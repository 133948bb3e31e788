import { parseCsv } from 'hucre/csv';
import { decodeText } from './decodeText.ts';
import { markdownTable } from './markdownTable.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Reads comma, semicolon, tab or pipe separated values into one page with one table. */
export function readCsv(bytes: Uint8Array): ParsedDocument {
  const rows = parseCsv(decodeText(bytes));
  return textPages([markdownTable(rows.map((row) => row.map((cell) => String(cell ?? ''))))]);
}
