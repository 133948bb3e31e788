import { around, type CellRange } from './cellRange.ts';
import { findHeader } from './findHeader.ts';
import { holdsData } from './regionKind.ts';
import type { SheetGrid } from './sheetGrid.ts';

/**
 * Joins regions that look like parts of one table with a gap in it: one blank row or column lies
 * between them, both hold data (numbers, dates, truth values), and
 *
 * - the lower one has no header of its own and its columns are within those of the upper one, or the
 *   other way round; or
 * - of two that stand side by side, both begin and end in the same rows.
 *
 * So a table whose sections are set apart by blank rows stays whole, while a title above it, a note
 * below it and a second table with a header are left alone.
 */
export function joinAlike(grid: SheetGrid, regions: readonly CellRange[]): CellRange[] {
  const inOrder = regions.toSorted((a, b) => a.top - b.top || a.left - b.left);
  const { parts = [], others = [] } = Object.groupBy(inOrder, (region) =>
    holdsData(grid, region) ? 'parts' : 'others',
  );
  const joined = joinPairs(joinPairs(parts, isBeside), (upper, lower) =>
    isBelow(grid, upper, lower),
  );
  return [...joined, ...others];
}

/** Puts each region into the latest one before it that it goes with. */
function joinPairs(
  regions: readonly CellRange[],
  goWith: (earlier: CellRange, later: CellRange) => boolean,
): CellRange[] {
  const joined: CellRange[] = [];
  for (const region of regions) {
    const index = joined.findLastIndex((earlier) => goWith(earlier, region));
    const earlier = joined[index];
    if (earlier === undefined) {
      joined.push(region);
    } else {
      joined[index] = around(earlier, region);
    }
  }
  return joined;
}

function isBeside(left: CellRange, right: CellRange): boolean {
  return right.left - left.right === 2 && left.top === right.top && left.bottom === right.bottom;
}

function isBelow(grid: SheetGrid, upper: CellRange, lower: CellRange): boolean {
  return (
    lower.top - upper.bottom === 2 &&
    (within(lower, upper) || within(upper, lower)) &&
    findHeader(grid, lower) === undefined
  );
}

function within(inner: CellRange, outer: CellRange): boolean {
  return inner.left >= outer.left && inner.right <= outer.right;
}
