/** Spreadsheets, and what comes out of them, for tests. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CellValue, writeXlsx, type WriteSheet } from 'hucre';
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { SheetsConfig, SheetsResultType } from '../../../src/types/sheets.ts';
import { resultFile } from '../../src/sheets/resultFile.ts';
import { type SheetsOutcome, takeApart } from '../../src/sheets/takeApart.ts';

/** A workbook in XLSX. */
export async function xlsx(...sheets: WriteSheet[]): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await writeXlsx({ sheets }));
}

/**
 * A budget as people lay it out: a merged title, a table in three sections with blank rows between
 * them, and a smaller table at its side.
 */
export const budget: WriteSheet = {
  name: 'Budget',
  rows: [
    ['2026 Budget'],
    [],
    ['Category', 'Item', 'Sales', 'Research'],
    ['Personnel'],
    [null, 'Salaries', 39_703, 42_697],
    [null, 'Training', 33_271, 31_043],
    [],
    ['Infrastructure', ...blanks(6), 'Q1 Results'],
    [null, 'Rent', 43_922, 23_334, null, null, null, 'Line', 'January', 'February'],
    [null, 'Equipment', 39_925, 29_677, null, null, null, 'Revenue', 100_059.5, 84_851],
    [...blanks(7), 'Net Income', 29_835, 19_150],
    ['Operations'],
    [null, 'Travel', 40_932, 20_656],
    [null, 'Supplies', 40_050, 21_466],
  ],
  merges: [
    { startRow: 0, startCol: 0, endRow: 0, endCol: 3 },
    { startRow: 7, startCol: 7, endRow: 7, endCol: 9 },
  ],
};

function blanks(count: number): null[] {
  return Array<null>(count).fill(null);
}

/** What came out of a spreadsheet, and a way to read its results. */
export interface Taken extends SheetsOutcome {
  /** The rows of a result. */
  readonly rows: (regionId: string, type: SheetsResultType) => Promise<Record<string, unknown>[]>;
  /** The types of a table's columns. */
  readonly types: (regionId: string) => Promise<Record<string, string>>;
  /** The header of a table, as the file's metadata has it. */
  readonly header: (regionId: string) => Promise<unknown>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Takes a spreadsheet apart in this process; its results are removed on disposal. */
export async function take(
  name: string,
  content: string | Uint8Array,
  config: SheetsConfig = {},
): Promise<Taken> {
  const folder = await mkdtemp(join(tmpdir(), 'sheets-'));
  const remove = () => rm(folder, { recursive: true });
  try {
    const path = join(folder, 'content');
    await writeFile(path, content);
    const outcome = await takeApart({ path, name, config, folder });
    const file = async (id: string, type: SheetsResultType) =>
      arrayBuffer(await readFile(join(folder, resultFile(id, type))));
    return {
      ...outcome,
      rows: async (id, type) => readParquet(await file(id, type)),
      types: async (id) => {
        const { children } = parquetSchema(parquetMetadata(await file(id, 'table')));
        return Object.fromEntries(
          children.map(({ element: { name, type, converted_type } }) => [
            name,
            converted_type ?? type ?? '',
          ]),
        );
      },
      header: async (id) => {
        const { key_value_metadata } = parquetMetadata(await file(id, 'table'));
        return JSON.parse(key_value_metadata?.[0]?.value ?? 'null') as unknown;
      },
      [Symbol.asyncDispose]: remove,
    };
  } catch (cause) {
    await remove();
    throw cause;
  }
}

/** The rows of a Parquet file; its 64-bit integers as numbers. */
export async function readParquet(file: ArrayBuffer): Promise<Record<string, unknown>[]> {
  const rows = await parquetReadObjects({ file });
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === 'bigint' ? Number(value) : value,
      ]),
    ),
  );
}

/** A sheet with nothing but values. */
export function plain(name: string, rows: CellValue[][]): WriteSheet {
  return { name, rows };
}

function arrayBuffer(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
