import type { CellStyle, CellValue, MergeRange } from 'hucre';
import type { SheetContent } from './readWorkbook.ts';
import type { CellFormats } from './cellFormats.ts';
import type { CellRange } from './cellRange.ts';

/**
 * The cells of a sheet that count, with the hidden ones taken out.
 *
 * Positions in it count from 0 over these cells only, so that a hidden row does not tear the table
 * around it apart; {@link onSheet} leads back to the sheet.
 */
export interface SheetGrid {
  readonly name: string;
  /** Rows of values; a row ends at its last value. Blank text is `null`. */
  readonly rows: readonly (readonly CellValue[])[];
  /** Columns of the sheet.width row. */
  readonly width: number;
  /** Merged cells, found by {@link spanAt}. */
  readonly spans: ReadonlyMap<number, CellRange>;
  readonly formats: CellFormats;
  /** Where each row and column is on the sheet; `undefined` when none is taken out. */
  readonly rowNumbers: readonly number[] | undefined;
  readonly columnNumbers: readonly number[] | undefined;
}

/** More columns than a sheet can have. */
const rowStride = 1 << 15;

/** The sheet's cells, without its hidden rows and columns unless `hidden` is set. */
export function sheetGrid(sheet: SheetContent, hidden: boolean): SheetGrid {
  const rowNumbers = without(hidden ? none : sheet.hiddenRows, sheet.rows.length);
  const columnNumbers = without(hidden ? none : sheet.hiddenColumns, sheet.width);
  const chosen = rowNumbers?.map((row) => sheet.rows[row] ?? []) ?? sheet.rows;
  const rows =
    columnNumbers === undefined
      ? chosen
      : chosen.map((row) => columnNumbers.map((column) => row[column] ?? null));
  const width = columnNumbers?.length ?? sheet.width;
  return {
    name: sheet.name,
    rows,
    width,
    spans: spansOf(sheet.merges, rowNumbers, columnNumbers, rows.length, width),
    formats: sheet.formats,
    rowNumbers,
    columnNumbers,
  };
}

/** The value of a cell; of a merged one only the first cell has it. `null` when blank. */
export function valueAt(grid: SheetGrid, row: number, column: number): CellValue {
  return grid.rows[row]?.[column] ?? null;
}

/** The merged range that a cell is part of. */
export function spanAt({ spans }: SheetGrid, row: number, column: number): CellRange | undefined {
  return spans.get(row * rowStride + column);
}

/** The value of a cell, which for any part of a merged range is that of its first cell. */
export function mergedValueAt(grid: SheetGrid, row: number, column: number): CellValue {
  const span = spanAt(grid, row, column);
  return span === undefined ? valueAt(grid, row, column) : valueAt(grid, span.top, span.left);
}

/** A cell's own format. */
export function styleAt(grid: SheetGrid, row: number, column: number): CellStyle | undefined {
  const { formats, rowNumbers, columnNumbers } = grid;
  return formats.style(rowNumbers?.[row] ?? row, columnNumbers?.[column] ?? column);
}

/** Where a range of the grid is on its sheet. */
export function onSheet({ rowNumbers, columnNumbers }: SheetGrid, range: CellRange): CellRange {
  return {
    top: rowNumbers?.[range.top] ?? range.top,
    left: columnNumbers?.[range.left] ?? range.left,
    bottom: rowNumbers?.[range.bottom] ?? range.bottom,
    right: columnNumbers?.[range.right] ?? range.right,
  };
}

/** The part of a sheet's range that the grid has; `undefined` when it has none of it. */
export function onGrid(grid: SheetGrid, range: CellRange): CellRange | undefined {
  const rows = between(grid.rowNumbers, range.top, range.bottom, grid.rows.length);
  const columns = between(grid.columnNumbers, range.left, range.right, grid.width);
  return rows === undefined || columns === undefined
    ? undefined
    : { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
}

const none: ReadonlySet<number> = new Set();

function without(hidden: ReadonlySet<number>, count: number): number[] | undefined {
  return hidden.size === 0
    ? undefined
    : Array.from({ length: count }, (_, index) => index).filter((index) => !hidden.has(index));
}

/** The first and last position whose number lies between `first` and `last`. */
function between(
  numbers: readonly number[] | undefined,
  first: number,
  last: number,
  count: number,
): readonly [number, number] | undefined {
  const from = numbers?.findIndex((number) => number >= first) ?? first;
  const to = numbers?.findLastIndex((number) => number <= last) ?? Math.min(last, count - 1);
  return from < 0 || from > to ? undefined : [from, to];
}

function spansOf(
  merges: readonly MergeRange[],
  rowNumbers: readonly number[] | undefined,
  columnNumbers: readonly number[] | undefined,
  height: number,
  width: number,
): Map<number, CellRange> {
  const spans = new Map<number, CellRange>();
  for (const { startRow, endRow, startCol, endCol } of merges) {
    const rows = between(rowNumbers, startRow, endRow, height);
    const columns = between(columnNumbers, startCol, endCol, width);
    if (rows === undefined || columns === undefined) {
      continue;
    }
    const span = { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
    for (let row = span.top; row <= span.bottom; row += 1) {
      for (let column = span.left; column <= span.right; column += 1) {
        spans.set(row * rowStride + column, span);
      }
    }
  }
  return spans;
}
