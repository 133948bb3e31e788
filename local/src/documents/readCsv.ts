import { parseCsv } from 'hucre/csv';
import { decodeText } from './decodeText.ts';
import { markdownTable } from './markdownTable.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Characters of one line that are read; tables that people make have shorter ones. */
const longestLine = 1_000_000;

/** Columns that are read: as many as a sheet of Excel has. */
const mostColumns = 16_384;

/** Reads comma, semicolon, tab or pipe separated values into one page with one table. */
export function readCsv(bytes: Uint8Array, name: string): ParsedDocument {
  const lines = decodeText(bytes).split('\n');
  const rows = parseCsv(lines.map(shorten).join('\n'));
  const isCut =
    lines.some(({ length }) => length > longestLine) ||
    rows.some(({ length }) => length > mostColumns);
  const table = markdownTable(
    rows.map((row) => row.slice(0, mostColumns).map((cell) => String(cell ?? ''))),
  );
  return {
    ...textPages([table]),
    warnings: isCut
      ? [
          `${name} has lines of more than ${longestLine} characters or ${mostColumns} columns: their ends are left out.`,
        ]
      : [],
  };
}

function shorten(line: string): string {
  if (line.length <= longestLine) {
    return line;
  }
  const kept = line.slice(0, longestLine);
  // A quote that is left open would swallow the lines that follow.
  return kept.split('"').length % 2 === 0 ? `${kept}"` : kept;
}
