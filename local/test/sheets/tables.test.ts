import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { writeOds } from 'hucre';
import { describe, expect, it } from 'vitest';
import { budget, plain, take, xlsx } from '../support/workbooks.ts';

const day = (text: string) => new Date(`${text}T00:00:00Z`);

describe('tables', () => {
  it('keep the types of their columns', async () => {
    const sheet = {
      ...plain('Orders', [
        ['Id', 'Price', 'Paid', 'When', 'Note', 'Mixed', 'Failed'],
        [1, 9.5, true, day('2026-01-31'), 'first', 1, 10],
        [2, 10, false, day('2026-02-01'), null, 'two', '#DIV/0!'],
        [null, null, null, null, 'last', day('2026-03-01'), '#N/A'],
      ]),
      columns: [{}, {}, {}, { numFmt: 'yyyy-mm-dd' }],
    };
    await using taken = await take('orders.xlsx', await xlsx(sheet));

    expect(await taken.types('rgn-1')).toEqual({
      Id: 'INT64',
      Price: 'DOUBLE',
      Paid: 'BOOLEAN',
      When: 'TIMESTAMP_MILLIS',
      Note: 'UTF8',
      Mixed: 'UTF8',
      Failed: 'INT64',
    });
    expect(await taken.rows('rgn-1', 'table')).toEqual([
      {
        Id: 1,
        Price: 9.5,
        Paid: true,
        When: day('2026-01-31'),
        Note: 'first',
        Mixed: '1',
        Failed: 10,
      },
      {
        Id: 2,
        Price: 10,
        Paid: false,
        When: day('2026-02-01'),
        Note: null,
        Mixed: 'two',
        Failed: null,
      },
      {
        Id: null,
        Price: null,
        Paid: null,
        When: null,
        Note: 'last',
        Mixed: '2026-03-01',
        Failed: null,
      },
    ]);
  });

  it('name columns after the line that names most of them, and the rest after letters', async () => {
    const rows = [
      ['Results', null, null],
      [null, 'Count', 'Count'],
      ['a', 1, 2],
      ['b', 3, 4],
    ];
    await using taken = await take('a.xlsx', await xlsx(plain('Sheet', rows)));

    expect(await taken.rows('rgn-1', 'table')).toEqual([
      { A: 'a', Count: 1, Count_2: 2 },
      { A: 'b', Count: 3, Count_2: 4 },
    ]);
    expect(taken.regions[0]).toMatchObject({ title: 'Results' });
  });

  it('have no header when they start with data', async () => {
    await using taken = await take('a.csv', 'a,1\nb,2\n');

    expect(await taken.rows('rgn-1', 'table')).toEqual([
      { A: 'a', B: 1 },
      { A: 'b', B: 2 },
    ]);
  });

  it('take years for names', async () => {
    await using taken = await take('a.csv', 'Country,2024,2025\nChile,1,2\nPeru,3,4\n');

    expect(await taken.rows('rgn-1', 'table')).toEqual([
      { Country: 'Chile', 2024: 1, 2025: 2 },
      { Country: 'Peru', 2024: 3, 2025: 4 },
    ]);
  });

  const nested = {
    ...plain('Sheet', [
      ['Region', '2025', null, '2026', null],
      [null, 'Q1', 'Q2', 'Q1', 'Q2'],
      ['North', 1, 2, 3, 4],
      [null, 5, 6, 7, 8],
      ['South', 9, 10, 11, 12],
    ]),
    merges: [
      { startRow: 0, startCol: 0, endRow: 1, endCol: 0 },
      { startRow: 0, startCol: 1, endRow: 0, endCol: 2 },
      { startRow: 0, startCol: 3, endRow: 0, endCol: 4 },
      { startRow: 2, startCol: 0, endRow: 3, endCol: 0 },
    ],
  };

  it('keep every level of their header beside the last one', async () => {
    await using taken = await take('a.xlsx', await xlsx(nested));

    expect((await taken.rows('rgn-1', 'table'))[1]).toEqual({
      Region: null,
      Q1: 5,
      Q2: 6,
      Q1_2: 7,
      Q2_2: 8,
    });
    expect(await taken.header('rgn-1')).toEqual([
      ['Region', '2025', '2025', '2026', '2026'],
      ['Region', 'Q1', 'Q2', 'Q1', 'Q2'],
    ]);
  });

  it('have their levels and merged cells written out when they are flattened', async () => {
    await using taken = await take('a.xlsx', await xlsx(nested), {
      flatten_hierarchical_tables: true,
    });

    expect((await taken.rows('rgn-1', 'table'))[1]).toEqual({
      Region: 'North',
      '2025 / Q1': 5,
      '2025 / Q2': 6,
      '2026 / Q1': 7,
      '2026 / Q2': 8,
    });
  });

  it('have the lines that name a section moved into its rows when they are flattened', async () => {
    await using taken = await take('a.xlsx', await xlsx(budget), {
      flatten_hierarchical_tables: true,
    });

    const rows = await taken.rows('rgn-2', 'table');
    expect(rows.map(({ Category, Item }) => [Category, Item])).toEqual([
      ['Personnel', 'Salaries'],
      ['Personnel', 'Training'],
      ['Infrastructure', 'Rent'],
      ['Infrastructure', 'Equipment'],
      ['Operations', 'Travel'],
      ['Operations', 'Supplies'],
    ]);
  });

  it('come out of OpenDocument and CSV as they do out of Excel', async () => {
    const rows = [
      ['Name', 'Count', 'Paid'],
      ['a', 1, true],
      ['b', 2, false],
    ];
    const ods = await writeOds({ sheets: [{ name: 'Sheet', rows }] });
    const csv = '\uFEFFName;Count;Paid\r\n"a";1;true\r\nb;2;false\r\n';
    const expected = [
      { Name: 'a', Count: 1, Paid: true },
      { Name: 'b', Count: 2, Paid: false },
    ];

    for (const [name, content] of [
      ['a.xlsx', await xlsx({ name: 'Sheet', rows })],
      ['a.ods', ods],
      ['Sheet.csv', csv],
    ] as const) {
      await using taken = await take(name, content);
      expect(taken.regions).toMatchObject([{ sheet_name: 'Sheet', location: 'A1:C3' }]);
      expect(await taken.rows('rgn-1', 'table'), name).toEqual(expected);
    }
  });
});

describe('tables of OpenDocument files', () => {
  /** A file whose rows are set in an outline and a print header, with a hidden row and column. */
  async function outlined(): Promise<Uint8Array> {
    const rows = [
      ['Name', 'Secret', 'Count'],
      ['a', 'x', 1],
      ['b', 'y', 2],
      ['c', 'z', 3],
    ];
    const parts = unzipSync(await writeOds({ sheets: [{ name: 'R&D > "all"', rows }] }));
    const row = /<table:table-row>.*?<\/table:table-row>/gs;
    const wrapped = [
      (text: string) => `<table:table-header-rows>${text}</table:table-header-rows>`,
      (text: string) => `<table:table-row-group table:display="false">${text}`,
      (text: string) =>
        `${text.replace('-row>', '-row table:visibility="collapse">')}</table:table-row-group>`,
    ];
    const xml = strFromU8(parts['content.xml'] ?? new Uint8Array())
      .replace(row, (text) => wrapped.shift()?.(text) ?? text)
      .replace(
        /<table:table-column [^>]*>/,
        '<table:table-column/><table:table-column table:visibility="collapse"/><table:table-column/>',
      );
    return zipSync({ ...parts, 'content.xml': strToU8(xml) });
  }

  it('have the rows of outlines and print headers', async () => {
    await using taken = await take('a.ods', await outlined());

    expect(taken.regions).toMatchObject([{ sheet_name: 'R&D > "all"', location: 'A1:C4' }]);
    expect((await taken.rows('rgn-1', 'table')).map(({ Count }) => Count)).toEqual([1, 2, 3]);
  });

  it('go without what is hidden when that is not to count', async () => {
    await using taken = await take('a.ods', await outlined(), { include_hidden_cells: false });

    expect(taken.notes).toEqual([]);
    expect(await taken.rows('rgn-1', 'table')).toEqual([
      { Name: 'a', Count: 1 },
      { Name: 'c', Count: 3 },
    ]);
  });
});

describe('titles and descriptions', () => {
  it('say what is in a region and on a sheet', async () => {
    await using taken = await take('a.xlsx', await xlsx(budget));

    expect(taken.regions.map(({ title }) => title)).toEqual([
      '2026 Budget',
      '2026 Budget',
      'Q1 Results',
    ]);
    expect(taken.regions[2]?.description).toBe(
      '2 rows in 3 columns: Line (text); January (29835 to 100059.5); February (19150 to 84851).',
    );
    expect(taken.worksheets).toEqual([
      {
        sheet_name: 'Budget',
        title: '2026 Budget',
        description: '2 tables and 1 other region: 2026 Budget; Q1 Results',
      },
    ]);
  });

  it('are left out when they are not asked for', async () => {
    await using taken = await take('a.csv', 'Name,Count\na,1\nb,2\n', {
      generate_additional_metadata: false,
    });

    expect(taken.regions).toMatchObject([{ title: null, description: null }]);
    expect(taken.worksheets).toEqual([{ sheet_name: 'a', title: null, description: null }]);
  });
});
