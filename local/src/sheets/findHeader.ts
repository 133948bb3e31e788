import type { CellValue } from 'hucre';
import type { CellRange } from './cellRange.ts';
import { holdsData } from './regionKind.ts';
import { mergedValueAt, type SheetGrid, spanAt, styleAt, valueAt } from './sheetGrid.ts';

/** Rows at the top of a table that name its columns. */
export interface TableHeader {
  /** A line above the names that is about the table as a whole; `undefined` when there is none. */
  readonly title: string | undefined;
  /** The rows that name columns, from the widest group to the single column. Never empty. */
  readonly levels: readonly number[];
}

/** More header rows than this are taken for a table of text. */
const mostRows = 6;

/**
 * Finds the header of a table.
 *
 * Rows from the top that hold text only, or years, may be header rows. The one that names most
 * columns is the last; it has to name at least half of them, and two unless there is only one.
 * Rows above it with one entry are titles, rows with more are groups of columns. A table of nothing
 * but text has a header where its first row is formatted unlike the second, and where there are no
 * formats, as in CSV.
 *
 * `undefined` when the table starts with its data.
 */
export function findHeader(grid: SheetGrid, region: CellRange): TableHeader | undefined {
  const rows = leadingTextRows(grid, region);
  const entries = rows.map((row) => entriesIn(grid, region, row));
  const most = Math.max(...entries.map(({ length }) => length));
  const index = entries.findIndex(({ length }) => length === most);
  const last = rows[index];
  const width = region.right - region.left + 1;
  // The corner above the row labels is often left blank.
  const covers = most >= Math.min(width, Math.max(2, Math.ceil((width - 1) / 2)));
  if (last === undefined || last >= region.bottom || !covers) {
    return undefined;
  }
  const below = { ...region, top: last + 1 };
  if (!holdsData(grid, below) && !looksUnlike(grid, region, last)) {
    return undefined;
  }
  const above = entries.slice(0, index);
  return {
    title: above.flatMap((values) => (values.length === 1 ? [String(values[0])] : [])).at(0),
    levels: rows
      .slice(0, index + 1)
      .filter((_, at) => (entries[at]?.length ?? 0) > 1 || at === index),
  };
}

/** The name that a header row gives to a column; a merged cell names every column below it. */
export function headerText(grid: SheetGrid, row: number, column: number): string {
  const value = mergedValueAt(grid, row, column);
  return value === null ? '' : String(value).replaceAll(/\s+/g, ' ').trim();
}

function leadingTextRows(grid: SheetGrid, region: CellRange): number[] {
  const rows: number[] = [];
  for (let row = region.top; row <= region.bottom && rows.length < mostRows; row += 1) {
    const entries = entriesIn(grid, region, row);
    if (entries.length === 0 || !entries.every(mayBeName) || entries.every(isYear)) {
      break;
    }
    rows.push(row);
  }
  return rows;
}

/** The values of a row, that of a merged range once. */
function entriesIn(grid: SheetGrid, region: CellRange, row: number): CellValue[] {
  const entries: CellValue[] = [];
  for (let column = region.left; column <= region.right; column += 1) {
    const span = spanAt(grid, row, column);
    const value = mergedValueAt(grid, row, column);
    if (value !== null && (span === undefined || column === Math.max(span.left, region.left))) {
      entries.push(value);
    }
  }
  return entries;
}

function mayBeName(value: CellValue): boolean {
  return typeof value === 'string' || isYear(value);
}

function isYear(value: CellValue): boolean {
  return Number.isInteger(value) && Number(value) >= 1900 && Number(value) <= 2100;
}

/** Whether a row's letters or background differ from those of the row below it. */
function looksUnlike(grid: SheetGrid, region: CellRange, row: number): boolean {
  if (!grid.formats.hasStyles) {
    return true;
  }
  for (let column = region.left; column <= region.right; column += 1) {
    const isFilled = valueAt(grid, row, column) !== null && valueAt(grid, row + 1, column) !== null;
    if (isFilled && look(grid, row, column) !== look(grid, row + 1, column)) {
      return true;
    }
  }
  return false;
}

function look(grid: SheetGrid, row: number, column: number): string {
  const style = styleAt(grid, row, column);
  return JSON.stringify([style?.font?.bold ?? false, style?.fill ?? null]);
}
