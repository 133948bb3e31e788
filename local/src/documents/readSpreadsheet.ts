import type { CellValue, Workbook } from 'hucre';
import { markdownTable } from './markdownTable.ts';
import { openOfficeArchive, packOfficeArchive } from './officeArchive.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/**
 * Reads an Excel or OpenDocument workbook into one page per sheet: its name as a heading and its
 * cells as a table. Formulas count by the result that was saved with them. Hidden sheets, rows and
 * columns are read like the others.
 */
export async function readSpreadsheet(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const { sheets } = await openWorkbook(bytes, name);
  return textPages(
    sheets.map(({ name: title, rows }) => {
      const table = markdownTable(rows.map((row) => row.map(cellText)));
      return `# ${title}\n\n${table}`.trimEnd();
    }),
  );
}

async function openWorkbook(bytes: Uint8Array, name: string): Promise<Workbook> {
  const isOldExcel = bytes[0] === 0xd0 && name.toLowerCase().endsWith('.xls');
  if (isOldExcel) {
    const { readXls } = await import('hucre/xlsx');
    return readXls(bytes);
  }
  const parts = openOfficeArchive(bytes, name);
  const packed = packOfficeArchive(parts);
  if ('content.xml' in parts) {
    const { readOpenDocument } = await import('../sheets/readOpenDocument.ts');
    return readOpenDocument(packed, {});
  }
  const { readXlsx } = await import('hucre/xlsx');
  // Dates are numbers with a date format, which only the styles know.
  return readXlsx(packed, { readStyles: true });
}

function cellText(value: CellValue): string {
  if (value instanceof Date) {
    const iso = value.toISOString();
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso.slice(0, 19).replace('T', ' ');
  }
  return String(value ?? '');
}
