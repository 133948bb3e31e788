import type { CellValue } from 'hucre';
import type { CellRange } from './cellRange.ts';
import { type SheetGrid, valueAt } from './sheetGrid.ts';

/** What a region is: rows of a table, or anything else, such as a title or a note. */
export type RegionKind = 'table' | 'extra';

/** What Excel and OpenDocument show for a formula that has no value. */
const errorValue = /^#(?:N\/A|DIV\/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)$/;

/** Whether a cell says that its formula failed. */
export function isErrorValue(value: CellValue): boolean {
  return typeof value === 'string' && errorValue.test(value);
}

/**
 * A region is a table when two or more of its rows have two or more values each, or when it is one
 * column of numbers, dates or truth values under a text.
 */
export function regionKind(grid: SheetGrid, region: CellRange): RegionKind {
  const isColumn = region.left === region.right && region.bottom > region.top;
  if (isColumn) {
    const first = valueAt(grid, region.top, region.left);
    const below = { ...region, top: region.top + 1 };
    return typeof first === 'string' && everyValue(grid, below, isData) ? 'table' : 'extra';
  }
  let rows = 0;
  for (let row = region.top; row <= region.bottom && rows < 2; row += 1) {
    rows += Number(valuesIn(grid, region, row).length >= 2);
  }
  return rows >= 2 ? 'table' : 'extra';
}

/** Whether any cell of the region has a number, a date or a truth value. */
export function holdsData(grid: SheetGrid, region: CellRange): boolean {
  return !everyValue(grid, region, (value) => !isData(value));
}

/** Whether a value is data by its type: neither text nor a failed formula. */
function isData(value: CellValue): boolean {
  return value !== null && typeof value !== 'string';
}

/** The values of a row of the region that are not blank. */
export function valuesIn(grid: SheetGrid, { left, right }: CellRange, row: number): CellValue[] {
  return (grid.rows[row] ?? []).slice(left, right + 1).filter((value) => value !== null);
}

function everyValue(
  grid: SheetGrid,
  region: CellRange,
  test: (value: CellValue) => boolean,
): boolean {
  for (let row = region.top; row <= region.bottom; row += 1) {
    if (!valuesIn(grid, region, row).every(test)) {
      return false;
    }
  }
  return true;
}
