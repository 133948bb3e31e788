import { describe, expect, it } from 'vitest';
import type { SheetsConfig } from '../../../src/types/sheets.ts';
import { cellFormats } from '../../src/sheets/cellFormats.ts';
import { findRegions } from '../../src/sheets/findRegions.ts';
import { type SheetGrid, sheetGrid } from '../../src/sheets/sheetGrid.ts';
import { budget, plain, take, type Taken, xlsx } from '../support/workbooks.ts';

/** Where the regions are, with the first letter of what they are: `A1:B2 t`. */
function places({ regions }: Taken): string[] {
  return regions.map(({ location, region_type }) => `${location} ${region_type.slice(0, 1)}`);
}

/** A sheet with nothing but values, as it is read. */
function gridOf(rows: (string | number | null)[][]): SheetGrid {
  const none = new Set<number>();
  return sheetGrid(
    {
      name: 'Sheet',
      isHidden: false,
      rows,
      width: rows[0]?.length ?? 0,
      merges: [],
      hiddenRows: none,
      hiddenColumns: none,
      formats: cellFormats(new Map()),
    },
    true,
  );
}

async function regionsOf(
  rows: (string | number | null)[][],
  config: SheetsConfig = {},
): Promise<string[]> {
  await using taken = await take('a.xlsx', await xlsx(plain('Sheet', rows)), config);
  return places(taken);
}

describe('regions of a sheet', () => {
  it('are what touches, when merging is weak', async () => {
    await using taken = await take('a.xlsx', await xlsx(budget), {
      table_merge_sensitivity: 'weak',
    });

    expect(places(taken)).toEqual(['A1:D1 e', 'A3:D6 t', 'A8:D10 t', 'H8:J11 t', 'A12:D14 t']);
  });

  it('keep the sections of one table together, when merging is strong', async () => {
    await using taken = await take('a.xlsx', await xlsx(budget));

    expect(places(taken)).toEqual(['A1:D1 e', 'A3:D14 t', 'H8:J11 t']);
  });

  it('leave a second table below the first alone, since it has a header', async () => {
    const table = [
      ['Name', 'Count'],
      ['a', 1],
      ['b', 2],
    ];

    expect(await regionsOf([...table, [], ...table])).toEqual(['A1:B3 t', 'A5:B7 t']);
  });

  it('join columns with a blank one between them when they span the same rows', async () => {
    const rows = [
      ['Name', 'Age', null, 'City', 'Zip'],
      ['Ann', 30, null, 'Bern', 3000],
      ['Ben', 40, null, 'Basel', 4000],
    ];

    expect(await regionsOf(rows)).toEqual(['A1:E3 t']);
    expect(await regionsOf(rows, { table_merge_sensitivity: 'weak' })).toEqual([
      'A1:B3 t',
      'D1:E3 t',
    ]);
    expect(await regionsOf([...rows, ['Eve', 50]])).toEqual(['A1:B4 t', 'D1:E3 t']);
  });

  it('leave titles and notes out of the table', async () => {
    expect(
      await regionsOf([['Report'], [], ['Name', 'Count'], ['a', 1], ['b', 2], [], ['Source: us']]),
    ).toEqual(['A1 e', 'A3:B5 t', 'A7 e']);
  });

  it('become one when their rectangles overlap', async () => {
    // An outline, and a number in the middle of it that touches nothing.
    const side = [1, null, null, null, 1];
    const rows = [[1, 1, 1, 1, 1], side, [1, null, 7, null, 1], side, [1, 1, 1, 1, 1]];

    expect(await regionsOf(rows, { table_merge_sensitivity: 'weak' })).toEqual(['A1:E5 t']);
  });

  it('are all found on a sheet of single cells', async () => {
    const rows = Array.from({ length: 60 }, (_, row) =>
      Array.from({ length: 30 }, (_, column) => (row % 3 === 0 && column % 3 === 0 ? 1 : null)),
    );

    expect(await regionsOf(rows)).toHaveLength(20 * 10);
  });

  it('have every filled cell in exactly one of them, whatever the sheet', () => {
    // Numerical Recipes' quick generator: the same sheets on every run.
    let seed = 1;
    const random = () => (seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
    for (let round = 0; round < 200; round += 1) {
      const density = random();
      const rows = Array.from({ length: 12 }, () =>
        Array.from({ length: 8 }, () => (random() < density ? (random() < 0.5 ? 1 : 'a') : null)),
      );
      const grid = gridOf(rows);
      for (const sensitivity of ['weak', 'strong'] as const) {
        const regions = findRegions(grid, sensitivity);
        for (const [row, values] of rows.entries()) {
          for (const [column, value] of values.entries()) {
            const around = regions.filter(
              ({ top, left, bottom, right }) =>
                top <= row && row <= bottom && left <= column && column <= right,
            );
            expect(around.length).toBeLessThanOrEqual(1);
            expect(around.length === 1 || value === null).toBe(true);
          }
        }
      }
    }
  });

  it('are refused, not written by the thousand, on a sheet of noise', async () => {
    const rows = Array.from({ length: 300 }, (_, row) =>
      Array.from({ length: 300 }, (_, column) => (row % 3 === 0 && column % 3 === 0 ? 1 : null)),
    );

    await expect(regionsOf(rows)).rejects.toThrow('10000 separate regions');
  });

  it('end at hidden cells only when these count', async () => {
    const sheet = {
      ...plain('Sheet', [['Name', null, 'Count'], ['a', null, 1], [], [], ['b', null, 2]]),
      columns: [{}, { hidden: true }, {}],
      rowDefs: new Map([
        [2, { hidden: true }],
        [3, { hidden: true }],
      ]),
    };
    const content = await xlsx(sheet, { ...plain('Secret', [['x', 1]]), hidden: true });

    await using all = await take('a.xlsx', content, { table_merge_sensitivity: 'weak' });
    await using visible = await take('a.xlsx', content, {
      table_merge_sensitivity: 'weak',
      include_hidden_cells: false,
    });

    expect(places(all)).toEqual(['A1:A2 e', 'C1:C2 t', 'A5 e', 'C5 e', 'A1:B1 e']);
    expect(places(visible)).toEqual(['A1:C5 t']);
    expect(await visible.rows('rgn-1', 'table')).toEqual([
      { Name: 'a', Count: 1 },
      { Name: 'b', Count: 2 },
    ]);
    const cells = await visible.rows('rgn-1', 'cell_metadata');
    expect(cells.map(({ coordinate }) => coordinate)).toEqual(['A1', 'C1', 'A2', 'C2', 'A5', 'C5']);
  });

  it('are the filled part of extraction_range when one is given', async () => {
    expect(
      await regionsOf([['x', null, 'N', 'V'], [], [null, null, 'a', 1]], {
        extraction_range: 'C:Z',
      }),
    ).toEqual(['C1:D3 t']);
  });
});
