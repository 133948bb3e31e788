import type { CellRange } from './cellRange.ts';
import { type SheetGrid, valueAt } from './sheetGrid.ts';
import { valuesIn } from './regionKind.ts';

/** Lines of a table that only name the rows below them. */
export interface SectionLabels {
  /** The rows that are nothing but a label. */
  readonly lines: ReadonlySet<number>;
  /** The label that each row without one of its own stands under. */
  readonly above: ReadonlyMap<number, string>;
}

/**
 * Finds labels that stand on a line of their own in the first column, above rows that leave this
 * column blank:
 *
 * ```text
 * Personnel |          |
 *           | Salaries | 39703
 *           | Benefits | 35332
 * ```
 */
export function sectionLabels(
  grid: SheetGrid,
  region: CellRange,
  rows: readonly number[],
): SectionLabels {
  const lines = new Set<number>();
  const above = new Map<number, string>();
  let current: { readonly row: number; readonly label: string } | undefined;
  for (const row of rows) {
    const first = valueAt(grid, row, region.left);
    if (first === null) {
      if (current !== undefined) {
        lines.add(current.row);
        above.set(row, current.label);
      }
    } else {
      const isLine = typeof first === 'string' && valuesIn(grid, region, row).length === 1;
      current = isLine ? { row, label: first } : undefined;
    }
  }
  return { lines, above };
}
