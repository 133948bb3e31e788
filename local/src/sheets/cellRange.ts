/** A rectangle of cells. Rows and columns count from 0, and both ends belong to it. */
export interface CellRange {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A range as a client writes it: perhaps on one sheet only. */
export interface NamedRange {
  /** The sheet it is on; `undefined` where the range says nothing about it. */
  readonly sheet: string | undefined;
  readonly range: CellRange;
}

/** The size of the largest sheet that Excel knows, which bounds a range without an end. */
const lastRow = 1_048_575;
const lastColumn = 16_383;

const notation =
  /^(?:(?:'((?:[^']|'')+)'|([^'!]+))!)?\$?([a-z]{1,3})?\$?(\d{1,7})?(:\$?([a-z]{1,3})?\$?(\d{1,7})?)?$/i;

/** The letters above a column: 0 is `A`, 26 is `AA`. */
export function columnLetters(column: number): string {
  const before = Math.floor(column / 26);
  const letter = String.fromCharCode(65 + (column % 26));
  return before === 0 ? letter : columnLetters(before - 1) + letter;
}

/** A cell's name in A1 notation. */
export function cellName(row: number, column: number): string {
  return `${columnLetters(column)}${row + 1}`;
}

/** A range in A1 notation: `B2:F40`, or `B2` for a single cell. */
export function rangeName({ top, left, bottom, right }: CellRange): string {
  const first = cellName(top, left);
  const last = cellName(bottom, right);
  return first === last ? first : `${first}:${last}`;
}

/**
 * Reads A1 notation: `B2:F40`, `B2`, `$B$2:$F$40`, whole columns (`B:F`), whole rows (`2:40`), open
 * ends (`B2:F`), and any of these on a sheet (`Budget!B2:F40`, `'Q1 2026'!B2`).
 *
 * `undefined` for anything else, and for cells outside the largest sheet that Excel knows.
 */
export function readRange(text: string): NamedRange | undefined {
  const match = notation.exec(text.trim());
  if (match === null) {
    return undefined;
  }
  const [, quoted, bare, column, row, end, endColumn, endRow] = match;
  const isOpen = column === undefined || row === undefined;
  if (end === undefined ? isOpen : !pairs(column, row, endColumn, endRow)) {
    return undefined;
  }
  const corners = [
    { row: row === undefined ? 0 : Number(row) - 1, column: columnNumber(column) ?? 0 },
    {
      row: rowNumber(end === undefined ? row : endRow) ?? lastRow,
      column: columnNumber(end === undefined ? column : endColumn) ?? lastColumn,
    },
  ] as const;
  const rows = corners.map((corner) => corner.row);
  const columns = corners.map((corner) => corner.column);
  const range = {
    top: Math.min(...rows),
    left: Math.min(...columns),
    bottom: Math.max(...rows),
    right: Math.max(...columns),
  };
  return range.top < 0 || range.bottom > lastRow || range.right > lastColumn
    ? undefined
    : { sheet: quoted?.replaceAll("''", "'") ?? bare, range };
}

/** Whether both corners name something, and something of the same kind. */
function pairs(
  column: string | undefined,
  row: string | undefined,
  endColumn: string | undefined,
  endRow: string | undefined,
): boolean {
  const byColumn = column !== undefined && endColumn !== undefined;
  const byRow = row !== undefined && endRow !== undefined;
  return byColumn || byRow;
}

function rowNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits) - 1;
}

function columnNumber(letters: string | undefined): number | undefined {
  return letters === undefined
    ? undefined
    : Array.from(letters.toUpperCase()).reduce(
        (number, letter) => number * 26 + letter.charCodeAt(0) - 64,
        0,
      ) - 1;
}

/** Whether two ranges have a cell in common. */
export function overlap(a: CellRange, b: CellRange): boolean {
  return a.top <= b.bottom && b.top <= a.bottom && a.left <= b.right && b.left <= a.right;
}

/** The smallest range around both. */
export function around(a: CellRange, b: CellRange): CellRange {
  return {
    top: Math.min(a.top, b.top),
    left: Math.min(a.left, b.left),
    bottom: Math.max(a.bottom, b.bottom),
    right: Math.max(a.right, b.right),
  };
}
