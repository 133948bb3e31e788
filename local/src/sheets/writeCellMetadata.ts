import type { CellStyle, CellValue, Color } from 'hucre';
import { resolveThemeColor } from 'hucre/xlsx';
import { type CellRange, columnLetters } from './cellRange.ts';
import { isErrorValue } from './regionKind.ts';
import { asText } from './readTable.ts';
import { onSheet, type SheetGrid, spanAt, styleAt, valueAt } from './sheetGrid.ts';
import type { WorkbookLook } from './readWorkbook.ts';
import { openParquet, type ParquetColumn } from './writeParquet.ts';

/** What is known about each cell; row and column numbers count from 1, as in a sheet. */
const columns = [
  { name: 'row_number', type: 'INT32' },
  { name: 'column_number', type: 'INT32' },
  { name: 'coordinate', type: 'STRING' },
  { name: 'data_type', type: 'STRING' },
  { name: 'cell_value', type: 'STRING' },
  { name: 'raw_cell_value', type: 'STRING' },
  { name: 'is_date_like', type: 'BOOLEAN' },
  { name: 'is_in_first_row', type: 'BOOLEAN' },
  { name: 'is_merged_cell', type: 'BOOLEAN' },
  { name: 'is_percentage', type: 'BOOLEAN' },
  { name: 'is_currency', type: 'BOOLEAN' },
  { name: 'font_bold', type: 'BOOLEAN' },
  { name: 'font_italic', type: 'BOOLEAN' },
  { name: 'font_size', type: 'DOUBLE' },
  { name: 'background_color_rgb', type: 'STRING' },
  { name: 'horizontal_alignment', type: 'STRING' },
] as const satisfies readonly ParquetColumn[];

/** Cells that are put together before they are written. */
const batchSize = 10_000;

/** A date or time that was typed as text. */
const dateLike = /^(?:\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})$/;

/**
 * Writes a Parquet file with one row for each cell of the region, blank ones included, row by row.
 *
 * `cell_value` is the value as text, as a table has it: ISO 8601 for times, `null` for a failed
 * formula. `raw_cell_value` is what the cell was given: its formula after `=`, else the value.
 */
export function writeCellMetadata(
  path: string,
  grid: SheetGrid,
  region: CellRange,
  look: WorkbookLook,
): void {
  const file = openParquet(path, columns);
  const letters = Array.from({ length: region.right - region.left + 1 }, (_, index) =>
    columnLetters(onSheet(grid, { ...region, left: region.left + index }).left),
  );
  const formatFacts = rememberedFacts(look);
  let batch: CellValue[][] = columns.map(() => []);
  for (let row = region.top; row <= region.bottom; row += 1) {
    const sheetRow = grid.rowNumbers?.[row] ?? row;
    for (let column = region.left; column <= region.right; column += 1) {
      const sheetColumn = grid.columnNumbers?.[column] ?? column;
      const value = valueAt(grid, row, column);
      const formula = grid.formats.formula(sheetRow, sheetColumn);
      const isError = isErrorValue(value);
      const text = asText(value);
      // The order is that of the columns.
      const facts = [
        sheetRow + 1,
        sheetColumn + 1,
        `${letters[column - region.left] ?? ''}${sheetRow + 1}`,
        isError ? 'error' : dataType(value),
        isError ? null : text,
        formula === undefined ? text : `=${formula}`,
        value instanceof Date || (typeof value === 'string' && dateLike.test(value)),
        row === region.top,
        spanAt(grid, row, column) !== undefined,
        ...formatFacts(styleAt(grid, row, column)),
      ];
      for (let index = 0; index < facts.length; index += 1) {
        batch[index]?.push(facts[index] ?? null);
      }
    }
    if ((batch[0]?.length ?? 0) >= batchSize) {
      file.append(batch);
      batch = columns.map(() => []);
    }
  }
  file.append(batch);
  file.finish();
}

/** What a format says about its cells, worked out once per format: a sheet has few. */
function rememberedFacts(
  look: WorkbookLook,
): (style: CellStyle | undefined) => readonly CellValue[] {
  const known = new Map<CellStyle | undefined, readonly CellValue[]>();
  return (style) => {
    let facts = known.get(style);
    if (facts === undefined) {
      const { font, fill, alignment, numFmt = '' } = style ?? {};
      facts = [
        numFmt.includes('%'),
        isCurrency(numFmt),
        font?.bold ?? look.font?.bold ?? false,
        font?.italic ?? look.font?.italic ?? false,
        font?.size ?? look.font?.size ?? null,
        backgroundOf(fill, look.themeColors),
        alignment?.horizontal ?? null,
      ];
      known.set(style, facts);
    }
    return facts;
  };
}

function dataType(value: CellValue): string {
  if (value === null) {
    return 'empty';
  }
  return value instanceof Date ? 'date' : typeof value;
}

/** Whether a number format shows a currency: by its sign, or by the code of a locale's currency. */
function isCurrency(format: string): boolean {
  return /[$€£¥₹₩₽₺₪₫฿]|\[\$[A-Z]{3}/.test(format.replaceAll(/\[\$-[^[\]]*\]/g, ''));
}

function backgroundOf(fill: CellStyle['fill'], themeColors: readonly string[]): string | null {
  if (fill?.type !== 'pattern' || fill.pattern === 'none') {
    return null;
  }
  return rgbOf(
    fill.pattern === 'solid' ? fill.fgColor : (fill.fgColor ?? fill.bgColor),
    themeColors,
  );
}

function rgbOf(color: Color | undefined, themeColors: readonly string[]): string | null {
  if (color?.rgb !== undefined) {
    return color.rgb.slice(-6).toUpperCase();
  }
  return color?.theme === undefined || themeColors.length === 0
    ? null
    : resolveThemeColor([...themeColors], color.theme, color.tint);
}
