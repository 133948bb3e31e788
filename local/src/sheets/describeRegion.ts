import type { SheetsConfig, WorksheetMetadata } from '../../../src/types/sheets.ts';
import type { CellRange } from './cellRange.ts';
import { asText, type Table, type TableColumn } from './readTable.ts';
import { valuesIn } from './regionKind.ts';
import type { SheetGrid } from './sheetGrid.ts';

/** A title and a description, made from what a region holds. */
export interface Description {
  readonly title: string | null;
  readonly description: string | null;
}

/** What is said of a sheet's regions when the sheet itself is described. */
export interface DescribedRegion extends Description {
  readonly region_type: string;
}

const longestTitle = 80;
const longestDescription = 400;

/** Columns and tables that a description names one by one. */
const mostColumns = 8;
const mostTables = 8;

/**
 * Describes a table by its size and what its columns hold. Its title is, of these, the first that
 * there is: the line above the column names, `caption` (a line of text above the table), a text that
 * is alone in the first row, the names of the columns.
 */
export function describeTable(
  grid: SheetGrid,
  region: CellRange,
  table: Table,
  caption: string | undefined,
): Description {
  const names = table.columns.map(({ name }) => name);
  const first = valuesIn(grid, region, region.top);
  const alone = table.header.length === 0 && first.length === 1 ? asText(first[0] ?? null) : null;
  const shown = table.columns.slice(0, mostColumns).map(describeColumn);
  const more = names.length - shown.length;
  return {
    title: shorten(table.title ?? caption ?? alone ?? names.join(', '), longestTitle),
    description: shorten(
      `${count(table.rowCount, 'row')} in ${count(names.length, 'column')}: ` +
        `${shown.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`,
      longestDescription,
    ),
  };
}

/** Describes a region that is no table by its text; the title is the first of it. */
export function describeExtra(grid: SheetGrid, region: CellRange): Description {
  const texts = textsIn(grid, region);
  return {
    title: shorten(texts[0] ?? '', longestTitle),
    description: shorten(texts.join(' | '), longestDescription),
  };
}

/**
 * Describes a sheet by its regions. The title is that of the topmost, else the sheet's name. Only
 * the sheet is named when `generate_additional_metadata` is off.
 */
export function describeSheet(
  name: string,
  regions: readonly DescribedRegion[],
  { generate_additional_metadata: describe = true }: SheetsConfig,
): WorksheetMetadata {
  if (!describe) {
    return { sheet_name: name, title: null, description: null };
  }
  const tables = regions.filter(({ region_type }) => region_type === 'table');
  const titles = tables.slice(0, mostTables).map(({ title }) => title);
  const others = regions.length - tables.length;
  const description =
    `${count(tables.length, 'table')} and ${count(others, 'other region')}` +
    (titles.length > 0 ? `: ${titles.join('; ')}` : '');
  return {
    sheet_name: name,
    title: regions[0]?.title ?? name,
    description:
      regions.length === 0 ? 'No cell has a value.' : shorten(description, longestDescription),
  };
}

/** The text of a region, line by line, if it is no more than a title would be. */
export function captionText(grid: SheetGrid, region: CellRange): string | undefined {
  const texts = textsIn(grid, region);
  return texts.length === 1 ? shorten(texts[0] ?? '', longestTitle) : undefined;
}

function textsIn(grid: SheetGrid, region: CellRange): string[] {
  const texts: string[] = [];
  // A title or note is short; of anything long the beginning says enough.
  for (let row = region.top; row <= region.bottom && texts.length < 20; row += 1) {
    texts.push(...valuesIn(grid, region, row).map((value) => asText(value) ?? ''));
  }
  return texts;
}

function describeColumn({ name, type, values }: TableColumn): string {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) {
    return `${name} (empty)`;
  }
  switch (type) {
    case 'BOOLEAN':
      return `${name} (true or false)`;
    case 'STRING':
      return `${name} (text)`;
    default: {
      const [least, most] = extremes(present.map(Number));
      const show = (value: number) => (type === 'TIMESTAMP' ? asText(new Date(value)) : value);
      return `${name} (${show(least) ?? ''} to ${show(most) ?? ''})`;
    }
  }
}

/** Not `Math.min(...values)`: a column may have more values than a call may have arguments. */
function extremes(values: readonly number[]): [least: number, most: number] {
  return values.reduce<[number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Infinity, -Infinity],
  );
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function shorten(text: string, longest: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).trimEnd()}…`;
}
