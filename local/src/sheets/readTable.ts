import type { CellValue } from 'hucre';
import { type CellRange, columnLetters } from './cellRange.ts';
import { findHeader, headerText, type TableHeader } from './findHeader.ts';
import { isErrorValue, valuesIn } from './regionKind.ts';
import { mergedValueAt, onSheet, type SheetGrid, spanAt, valueAt } from './sheetGrid.ts';
import { sectionLabels } from './sectionLabels.ts';

/** What the values of a column are. Whole numbers are `INT64`, times are in UTC. */
export type ColumnType = 'BOOLEAN' | 'INT64' | 'DOUBLE' | 'TIMESTAMP' | 'STRING';

/** A column of a table. */
export interface TableColumn {
  /** Its name, unlike that of every other column. */
  readonly name: string;
  readonly type: ColumnType;
  /** One value for each row of the table; `null` for a blank cell and for a failed formula. */
  readonly values: readonly CellValue[];
}

/** A region read as a table. */
export interface Table {
  readonly columns: readonly TableColumn[];
  /** Names as the header has them, from the widest group to the column; empty without a header. */
  readonly header: readonly (readonly string[])[];
  readonly title: string | undefined;
  readonly rowCount: number;
}

/**
 * Reads a region as a table of typed columns.
 *
 * The last row of the header names the columns; where it is blank, or where there is no header, the
 * letters above the column do. Rows without a value are left out. A column whose values are of
 * several types becomes text.
 *
 * `flatten` writes out what a hierarchy only implies: a column's name gets those of its groups in
 * front (`2026 / Q1`), merged cells below the header repeat their value in each row, and a line with
 * nothing but a label becomes the first column of the rows it stands above; see `sectionLabels`.
 */
export function readTable(grid: SheetGrid, region: CellRange, flatten: boolean): Table {
  const header = findHeader(grid, region);
  const top = (header?.levels.at(-1) ?? region.top - 1) + 1;
  const all = Array.from({ length: region.bottom - top + 1 }, (_, index) => top + index).filter(
    (row) => valuesIn(grid, region, row).length > 0,
  );
  const labels = flatten ? sectionLabels(grid, region, all) : undefined;
  const rows = labels === undefined ? all : all.filter((row) => !labels.lines.has(row));
  const read = flatten ? tallValueAt : valueAt;

  const names = columnNames(grid, region, header, flatten);
  const columns = names.map((name, index): TableColumn => {
    const column = region.left + index;
    const values = rows.map((row) => {
      const value =
        read(grid, row, column) ?? (index === 0 ? labels?.above.get(row) : null) ?? null;
      return isErrorValue(value) ? null : value;
    });
    const type = columnType(values);
    return { name, type, values: type === 'STRING' ? values.map(asText) : values };
  });
  return {
    columns,
    header: (header?.levels ?? []).map((row) =>
      names.map((_, index) => headerText(grid, row, region.left + index)),
    ),
    title: header?.title,
    rowCount: rows.length,
  };
}

/** A value as text: times in ISO 8601, the date alone at midnight. */
export function asText(value: CellValue): string | null {
  if (value instanceof Date) {
    const iso = Number.isNaN(value.getTime()) ? '' : value.toISOString();
    return iso.endsWith('T00:00:00.000Z') ? iso.slice(0, 10) : iso;
  }
  return value === null ? null : String(value);
}

/** As `valueAt`, but a range merged downwards has its value in each of its rows. */
function tallValueAt(grid: SheetGrid, row: number, column: number): CellValue {
  return spanAt(grid, row, column)?.left === column
    ? mergedValueAt(grid, row, column)
    : valueAt(grid, row, column);
}

function columnNames(
  grid: SheetGrid,
  region: CellRange,
  header: TableHeader | undefined,
  flatten: boolean,
): string[] {
  const levels = flatten ? header?.levels : header?.levels.slice(-1);
  const used = new Set<string>();
  return Array.from({ length: region.right - region.left + 1 }, (_, index) => {
    const column = region.left + index;
    const parts = (levels ?? [])
      .map((row) => headerText(grid, row, column))
      .filter((part, at, list) => part !== '' && part !== list[at - 1]);
    const letters = columnLetters(onSheet(grid, { ...region, left: column }).left);
    const name = unused(used, parts.length === 0 ? letters : parts.join(' / '));
    used.add(name);
    return name;
  });
}

/** The name, with a number after it where it is in use. */
function unused(used: ReadonlySet<string>, name: string): string {
  let candidate = name;
  for (let number = 2; used.has(candidate); number += 1) {
    candidate = `${name}_${number}`;
  }
  return candidate;
}

function columnType(values: readonly CellValue[]): ColumnType {
  const types = new Set<ColumnType>();
  for (const value of values) {
    if (value !== null) {
      types.add(valueType(value));
    }
  }
  if (types.size === 2 && types.has('INT64') && types.has('DOUBLE')) {
    return 'DOUBLE';
  }
  const [only = 'STRING'] = types;
  return types.size === 1 ? only : 'STRING';
}

function valueType(value: Exclude<CellValue, null>): ColumnType {
  switch (typeof value) {
    case 'boolean':
      return 'BOOLEAN';
    case 'number':
      return Number.isSafeInteger(value) ? 'INT64' : 'DOUBLE';
    case 'string':
      return 'STRING';
    default:
      return Number.isNaN(value.getTime()) ? 'STRING' : 'TIMESTAMP';
  }
}
