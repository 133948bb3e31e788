import { join } from 'node:path';
import type { SheetsConfig, SheetsRegion } from '../../../src/types/sheets.ts';
import { type CellRange, overlap, rangeName } from './cellRange.ts';
import { captionText, describeExtra, describeTable } from './describeRegion.ts';
import { findRegions } from './findRegions.ts';
import { readTable } from './readTable.ts';
import type { WorkbookLook } from './readWorkbook.ts';
import { regionKind, type RegionKind } from './regionKind.ts';
import { resultFile } from './resultFile.ts';
import { onGrid, onSheet, type SheetGrid } from './sheetGrid.ts';
import { writeCellMetadata } from './writeCellMetadata.ts';
import { writeParquet } from './writeParquet.ts';

/** A region that was found, with everything that is said about it. */
export interface FoundRegion extends Required<SheetsRegion> {
  readonly region_type: RegionKind;
}

/** What {@link takeSheetApart} needs to know beside the sheet. */
export interface SheetPlan {
  readonly config: SheetsConfig;
  readonly look: WorkbookLook;
  /** Where the results go. */
  readonly folder: string;
  /** Regions that were found on other sheets before; the ids count on from there. */
  readonly before: number;
}

/** A title stands at most this many rows above its table. */
const captionReach = 2;

/**
 * Finds the regions of a sheet, or takes the one in `range`, and writes two Parquet files for each:
 * its rows, and the facts about its cells.
 */
export function takeSheetApart(
  grid: SheetGrid,
  range: CellRange | undefined,
  { config, look, folder, before }: SheetPlan,
): FoundRegion[] {
  const {
    table_merge_sensitivity: sensitivity = 'strong',
    flatten_hierarchical_tables: flatten = false,
    generate_additional_metadata: describe = true,
  } = config;
  const boxes = range === undefined ? findRegions(grid, sensitivity) : filledPart(grid, range);
  return boxes.map((box, index): FoundRegion => {
    const region_id = `rgn-${before + index + 1}`;
    const region_type = regionKind(grid, box);
    const table = readTable(grid, box, flatten);
    writeParquet(join(folder, resultFile(region_id, region_type)), table.columns, {
      header: JSON.stringify(table.header),
    });
    writeCellMetadata(join(folder, resultFile(region_id, 'cell_metadata')), grid, box, look);
    const place = {
      region_id,
      sheet_name: grid.name,
      location: rangeName(onSheet(grid, box)),
      region_type,
    };
    if (!describe) {
      return { ...place, title: null, description: null };
    }
    return region_type === 'table'
      ? { ...place, ...describeTable(grid, box, table, captionAbove(grid, box, boxes)) }
      : { ...place, ...describeExtra(grid, box) };
  });
}

/** The part of a range from the first to the last row and column with a value; none when blank. */
function filledPart(grid: SheetGrid, range: CellRange): CellRange[] {
  const box = onGrid(grid, range);
  if (box === undefined) {
    return [];
  }
  let part: CellRange | undefined;
  for (let row = box.top; row <= box.bottom; row += 1) {
    const values = (grid.rows[row] ?? []).slice(box.left, box.right + 1);
    const first = values.findIndex((value) => value !== null);
    const last = values.findLastIndex((value) => value !== null);
    if (first >= 0) {
      part = {
        top: part?.top ?? row,
        left: Math.min(part?.left ?? Infinity, box.left + first),
        bottom: row,
        right: Math.max(part?.right ?? 0, box.left + last),
      };
    }
  }
  return part === undefined ? [] : [part];
}

/** A single text close above the table and over some of its columns. */
function captionAbove(
  grid: SheetGrid,
  table: CellRange,
  boxes: readonly CellRange[],
): string | undefined {
  const reach = { ...table, top: table.top - captionReach, bottom: table.top - 1 };
  const above = boxes.findLast(
    (box) => box.bottom < table.top && overlap(box, reach) && captionText(grid, box) !== undefined,
  );
  return above === undefined ? undefined : captionText(grid, above);
}
