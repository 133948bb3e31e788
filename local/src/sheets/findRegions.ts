import { DocumentError } from '../documents/documentError.ts';
import { around, type CellRange, overlap } from './cellRange.ts';
import { joinAlike } from './joinAlike.ts';
import { mergedValueAt, type SheetGrid } from './sheetGrid.ts';

/** How readily regions become one; see {@link findRegions}. */
export type MergeSensitivity = 'strong' | 'weak';

/** More regions than this on one sheet are no result that anybody could use. */
const mostRegions = 5_000;

/** A run of filled cells in one row, and the group it belongs to. */
interface Run {
  readonly left: number;
  readonly right: number;
  readonly group: number;
}

/**
 * The parts of a sheet that belong together, from top to bottom, then from left to right.
 *
 * `weak`: cells that touch, also at a corner, are one region, and so are regions whose rectangles
 * overlap. `strong`: of these, neighbours with one blank row or column between them are joined as
 * well where they look like parts of one table; see `joinAlike`.
 *
 * @throws DocumentError for a sheet with more than 5,000 regions that do not touch.
 */
export function findRegions(grid: SheetGrid, sensitivity: MergeSensitivity): CellRange[] {
  const boxes = mergeOverlapping(connectedBoxes(grid));
  if (boxes.length > mostRegions) {
    throw new DocumentError(
      `it has ${boxes.length} separate regions, more than ${mostRegions}: set an extraction_range.`,
    );
  }
  const regions = sensitivity === 'weak' ? boxes : mergeOverlapping(joinAlike(grid, boxes));
  return regions.sort((a, b) => a.top - b.top || a.left - b.left);
}

/**
 * Connected components of the filled cells with eight neighbours each, by a union of the runs of
 * neighbouring rows: two passes over the sheet, and memory for its runs rather than its cells.
 */
function connectedBoxes(grid: SheetGrid): CellRange[] {
  const parents: number[] = [];
  const boxes: CellRange[] = [];

  const rootOf = (group: number): number => {
    let root = group;
    for (let parent = parents[root]; parent !== undefined && parent !== root;) {
      // Halving the path keeps later look-ups short.
      parents[root] = parents[parent] ?? parent;
      root = parent;
      parent = parents[root];
    }
    return root;
  };
  const unite = (a: number, b: number): void => {
    const [first, second] = [rootOf(a), rootOf(b)];
    const [box, other] = [boxes[first], boxes[second]];
    if (first !== second && box !== undefined && other !== undefined) {
      parents[second] = first;
      boxes[first] = around(box, other);
    }
  };

  const ends = spanEnds(grid);
  let above: readonly Run[] = [];
  for (let row = 0; row < grid.rows.length; row += 1) {
    const runs: Run[] = [];
    let start = 0;
    for (const [left, right] of filledRuns(grid, row, ends.get(row) ?? -1)) {
      const group = parents.length;
      parents.push(group);
      boxes.push({ top: row, left, bottom: row, right });
      runs.push({ left, right, group });
      // Both lists are in order: what ends before this run touches no later one either.
      while ((above[start]?.right ?? Infinity) < left - 1) {
        start += 1;
      }
      for (let index = start; (above[index]?.left ?? Infinity) <= right + 1; index += 1) {
        unite(above[index]?.group ?? group, group);
      }
    }
    above = runs;
  }
  return boxes.filter((_, group) => parents[group] === group);
}

/** The last column of a merged range in each row that has one. */
function spanEnds({ spans }: SheetGrid): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { top, bottom, right } of new Set(spans.values())) {
    for (let row = top; row <= bottom; row += 1) {
      ends.set(row, Math.max(right, ends.get(row) ?? -1));
    }
  }
  return ends;
}

/**
 * First and last column of each run of filled cells in a row; a merged range with a value is
 * filled, up to `spanEnd`.
 */
function filledRuns(
  grid: SheetGrid,
  row: number,
  spanEnd: number,
): [left: number, right: number][] {
  const runs: [number, number][] = [];
  const values = grid.rows[row] ?? [];
  let run: [number, number] | undefined;
  const count = Math.max(values.length, spanEnd + 1);
  for (let column = 0; column < count; column += 1) {
    const value = spanEnd < 0 ? (values[column] ?? null) : mergedValueAt(grid, row, column);
    if (value === null) {
      run = undefined;
    } else if (run === undefined) {
      run = [column, column];
      runs.push(run);
    } else {
      run[1] = column;
    }
  }
  return runs;
}

/**
 * Merges rectangles that overlap until none do. A sweep from the top compares each with those that
 * still reach its row.
 */
function mergeOverlapping(boxes: readonly CellRange[]): CellRange[] {
  const merged: CellRange[] = [];
  let reaching: CellRange[] = [];
  for (const box of boxes.toSorted((a, b) => a.top - b.top || a.left - b.left)) {
    let grown = box;
    const apart: CellRange[] = [];
    for (const other of reaching) {
      if (other.bottom < box.top) {
        merged.push(other);
      } else if (overlap(other, grown)) {
        grown = around(other, grown);
      } else {
        apart.push(other);
      }
    }
    reaching = [...apart, grown];
  }
  merged.push(...reaching);
  // A rectangle that grew may have reached one that was compared before.
  return merged.length === boxes.length ? merged : mergeOverlapping(merged);
}
