import { expect, it } from 'vitest';
import { budget, take, xlsx } from '../support/workbooks.ts';

it('tells of each cell where it is, what it holds and how it looks', async () => {
  const content = await xlsx({
    name: 'Sheet',
    rows: [
      [null, null, null],
      [null, 'Share', 'Price'],
      [null, 0.25, 12.5],
      [null, null, 25],
    ],
    cells: new Map([
      [
        '1,1',
        {
          style: {
            font: { bold: true, italic: true, size: 14 },
            fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'FFCC00' } },
            alignment: { horizontal: 'center' },
          },
        },
      ],
      ['2,1', { style: { numFmt: '0.00%' } }],
      ['2,2', { style: { numFmt: '[$-409]#,##0.00' } }],
      ['3,2', { value: 25, formula: 'C3*2', formulaResult: 25, style: { numFmt: '#,##0.00 €' } }],
    ]),
  });
  await using taken = await take('a.xlsx', content);

  const cells = await taken.rows('rgn-1', 'cell_metadata');
  expect(cells.map(({ coordinate }) => coordinate)).toEqual(['B2', 'C2', 'B3', 'C3', 'B4', 'C4']);
  expect(cells[0]).toEqual({
    row_number: 2,
    column_number: 2,
    coordinate: 'B2',
    data_type: 'string',
    cell_value: 'Share',
    raw_cell_value: 'Share',
    is_date_like: false,
    is_in_first_row: true,
    is_merged_cell: false,
    is_percentage: false,
    is_currency: false,
    font_bold: true,
    font_italic: true,
    font_size: 14,
    background_color_rgb: 'FFCC00',
    horizontal_alignment: 'center',
  });
  expect(cells[2]).toMatchObject({ data_type: 'number', is_percentage: true, is_currency: false });
  expect(cells[3]).toMatchObject({ cell_value: '12.5', is_percentage: false, is_currency: false });
  expect(cells[4]).toMatchObject({ data_type: 'empty', cell_value: null, font_bold: false });
  expect(cells[5]).toMatchObject({
    cell_value: '25',
    raw_cell_value: '=C3*2',
    is_currency: true,
    is_in_first_row: false,
  });
});

it('tells dates, failed formulas and merged cells', async () => {
  const content = await xlsx({
    ...budget,
    rows: [['Total'], [new Date('2026-01-31T00:00:00Z'), '#REF!', '31.12.2025', true]],
    merges: [{ startRow: 0, startCol: 0, endRow: 0, endCol: 1 }],
  });
  await using taken = await take('a.xlsx', content);

  const cells = await taken.rows('rgn-1', 'cell_metadata');
  const merged = cells.filter(({ is_merged_cell }) => is_merged_cell);
  expect(merged.map(({ coordinate }) => coordinate)).toEqual(['A1', 'B1']);
  expect(cells.slice(4)).toMatchObject([
    { data_type: 'date', cell_value: '2026-01-31', is_date_like: true },
    { data_type: 'error', cell_value: null, raw_cell_value: '#REF!', is_date_like: false },
    { data_type: 'string', cell_value: '31.12.2025', is_date_like: true },
    { data_type: 'boolean', cell_value: 'true', is_date_like: false },
  ]);
});
