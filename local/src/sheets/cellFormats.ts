import type { Cell, CellStyle } from 'hucre';

/** The formats and formulas of a sheet's cells, kept small: a million cells often share ten formats. */
export interface CellFormats {
  /** The format of a cell by its place on the sheet; `undefined` when it has none of its own. */
  style(row: number, column: number): CellStyle | undefined;
  /** The formula of a cell, without `=`; `undefined` when it has none. */
  formula(row: number, column: number): string | undefined;
  /** Whether any cell has a format. */
  readonly hasStyles: boolean;
}

/** More columns than a sheet can have. */
const stride = 1 << 14;

/** Takes formats and formulas over from a reader's cells, which are keyed `row,column`. */
export function cellFormats(cells: ReadonlyMap<string, Cell>): CellFormats {
  const styles: CellStyle[] = [];
  const known = new Map<string, number>();
  const numberOf = numbers();
  const formulas = new Map<number, string>();
  // By row, then by column: a sheet may be a million rows high and have little in them.
  const styleNumbers: (number[] | undefined)[] = [];
  for (const [place, { style, formula }] of cells) {
    const comma = place.indexOf(',');
    const row = Number(place.slice(0, comma));
    const column = Number(place.slice(comma + 1));
    // Cells that share a formula with another have an empty one.
    if (formula !== undefined && formula !== '') {
      formulas.set(row * stride + column, formula);
    }
    if (style === undefined) {
      continue;
    }
    const { font, fill, alignment, numFmt } = style;
    const key = `${numberOf(font)} ${numberOf(fill)} ${numberOf(alignment)} ${numFmt ?? ''}`;
    let number = known.get(key);
    if (number === undefined) {
      number = styles.push(style) - 1;
      known.set(key, number);
    }
    (styleNumbers[row] ??= [])[column] = number;
  }
  return {
    style: (row, column) => styles[styleNumbers[row]?.[column] ?? -1],
    formula: (row, column) => formulas.get(row * stride + column),
    hasStyles: styles.length > 0,
  };
}

/** Numbers objects by identity: a reader hands out one object for all cells that share a font. */
function numbers(): (part: object | undefined) => number {
  const given = new Map<object | undefined, number>();
  return (part) => {
    const number = given.get(part) ?? given.size;
    given.set(part, number);
    return number;
  };
}
