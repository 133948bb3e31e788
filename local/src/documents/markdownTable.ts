import { oneLine } from './oneLine.ts';

/**
 * Writes rows as a markdown table whose first row is the header. Rows and columns that are empty
 * throughout are left out; without any text the result is empty.
 */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const filled = rows
    .map((row) => row.map(cellText))
    .filter((row) => row.some((cell) => cell !== ''));
  const width = Math.max(0, ...new Set(filled.map((row) => row.length)));
  const columns = Array.from({ length: width }, (_, column) => column).filter((column) =>
    filled.some((row) => (row[column] ?? '') !== ''),
  );
  const lines = filled.map(
    (row) => `| ${columns.map((column) => row[column] ?? '').join(' | ')} |`,
  );
  const [header, ...body] = lines;
  return header === undefined
    ? ''
    : [header, `|${' --- |'.repeat(columns.length)}`, ...body].join('\n');
}

function cellText(cell: string): string {
  return oneLine(cell).replaceAll('|', String.raw`\|`);
}
