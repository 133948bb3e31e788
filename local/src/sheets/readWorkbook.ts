import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { unzipSync } from 'fflate';
import type { Cell, CellValue, FontStyle, MergeRange, ReadOptions, Sheet, Workbook } from 'hucre';
import { decodeText } from '../documents/decodeText.ts';
import { DocumentError } from '../documents/documentError.ts';
import { documentKind } from '../documents/documentKind.ts';
import { csvValue } from './csvValue.ts';
import { type CellFormats, cellFormats } from './cellFormats.ts';

/** What cells look like unless they say otherwise. */
export interface WorkbookLook {
  readonly font: FontStyle | undefined;
  /** Colors by theme number, as hexadecimal RGB. */
  readonly themeColors: readonly string[];
}

/** A sheet as it was read. Rows and columns count from 0. */
export interface SheetContent {
  readonly name: string;
  readonly isHidden: boolean;
  /** Rows of values; a row ends at its last value. Blank text is `null`. */
  readonly rows: readonly (readonly CellValue[])[];
  /** Columns of the widest row. */
  readonly width: number;
  readonly merges: readonly MergeRange[];
  readonly hiddenRows: ReadonlySet<number>;
  readonly hiddenColumns: ReadonlySet<number>;
  readonly formats: CellFormats;
}

/** A workbook, with what of it could not be read. */
export interface ReadableWorkbook {
  readonly sheets: readonly SheetContent[];
  readonly look: WorkbookLook;
  /** One sentence for each sheet that is missing or damaged. */
  readonly failures: readonly string[];
  /** Whether the reader knows which rows, columns and sheets are hidden. */
  readonly knowsHidden: boolean;
}

/** More XML than this, in bytes, does not fit a string, which the readers need. */
const inflatedLimit = 512 * 1024 * 1024;

/**
 * Reads the sheets of an Excel, OpenDocument or CSV file; `wanted` names those that are read, all
 * when it is empty. A CSV file is one sheet under the file's name without its extension; see
 * `csvValue` for what its texts stand for.
 *
 * Rejects with `DocumentError` when the file as a whole cannot be read. A sheet that cannot be read,
 * or is not there, is a failure beside the others.
 */
export async function readWorkbook(
  path: string,
  name: string,
  wanted: readonly string[],
): Promise<ReadableWorkbook> {
  const bytes = await readFile(path);
  switch (documentKind(name, bytes)) {
    case 'csv': {
      const { parseCsv } = await import('hucre/csv');
      const rows = parseCsv(decodeText(bytes)).map((row) =>
        row.map((value) => (typeof value === 'string' ? csvValue(value) : value)),
      );
      const sheet = { name: basename(name, extname(name)), rows };
      return select({ sheets: [sheet] }, wanted, [], [sheet.name], true);
    }
    case 'spreadsheet':
      return readSheets(bytes, name, wanted);
    default:
      throw new DocumentError(
        `${name} is not a spreadsheet: save it as XLSX, ODS or CSV, with the extension to match.`,
      );
  }
}

async function readSheets(
  bytes: Uint8Array,
  name: string,
  wanted: readonly string[],
): Promise<ReadableWorkbook> {
  const { read, knowsHidden } = await readerFor(bytes, name);
  const names: string[] = [];
  const isWanted = (sheet: string) => wanted.length === 0 || wanted.includes(sheet);
  try {
    const workbook = await read(bytes, {
      // Only the styles tell percentages and currencies from other numbers.
      readStyles: true,
      sheets: (info) => {
        names.push(info.name);
        return isWanted(info.name);
      },
    });
    const known = names.length === 0 ? workbook.sheets.map((sheet) => sheet.name) : names;
    return select(workbook, wanted, [], known, knowsHidden);
  } catch (cause) {
    const failed = names.filter(isWanted);
    if (failed.length <= 1) {
      throw damaged(name, cause);
    }
    // One damaged sheet must not take the others along.
    const failures: string[] = [];
    const books: Workbook[] = [];
    for (const sheet of failed) {
      try {
        books.push(await read(bytes, { readStyles: true, sheets: [sheet] }));
      } catch (reason) {
        failures.push(`Sheet "${sheet}" of ${name} is damaged: ${messageOf(reason)}`);
      }
    }
    const [first] = books;
    if (first === undefined) {
      throw damaged(name, cause);
    }
    const workbook = { ...first, sheets: books.flatMap((book) => book.sheets) };
    return select(workbook, wanted, failures, names, knowsHidden);
  }
}

interface Reader {
  readonly read: (bytes: Uint8Array, options: ReadOptions) => Promise<Workbook>;
  readonly knowsHidden: boolean;
}

async function readerFor(bytes: Uint8Array, name: string): Promise<Reader> {
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) {
    if (extname(name).toLowerCase() !== '.xls') {
      throw new DocumentError(`${name} is encrypted: save it without a password.`);
    }
    const { readXls } = await import('hucre/xlsx');
    return { read: readXls, knowsHidden: false };
  }
  if (entriesOf(bytes, name).has('content.xml')) {
    const { readOpenDocument } = await import('./readOpenDocument.ts');
    return { read: readOpenDocument, knowsHidden: true };
  }
  const { readXlsx } = await import('hucre/xlsx');
  return { read: readXlsx, knowsHidden: true };
}

/** The names in the archive, none of it inflated; refuses what would inflate too far. */
function entriesOf(bytes: Uint8Array, name: string): Set<string> {
  const entries = new Set<string>();
  let inflated = 0;
  try {
    unzipSync(bytes, {
      filter: (entry) => {
        entries.add(entry.name);
        inflated += entry.originalSize;
        return false;
      },
    });
  } catch (cause) {
    throw damaged(name, cause);
  }
  if (inflated > inflatedLimit) {
    throw new DocumentError(
      `${name} inflates to more than ${inflatedLimit / 1024 / 1024} MiB: split it up.`,
    );
  }
  return entries;
}

function select(
  workbook: Workbook,
  wanted: readonly string[],
  failures: readonly string[],
  names: readonly string[],
  knowsHidden: boolean,
): ReadableWorkbook {
  const missing = wanted.filter((sheet) => !names.includes(sheet));
  const known = names.map((sheet) => `"${sheet}"`).join(', ');
  return {
    sheets: workbook.sheets
      .filter(({ name }) => wanted.length === 0 || wanted.includes(name))
      .map(contentOf),
    look: { font: workbook.defaultFont, themeColors: workbook.themeColors ?? [] },
    failures: [
      ...failures,
      ...missing.map((sheet) => `There is no sheet "${sheet}"; the file has ${known}.`),
    ],
    knowsHidden,
  };
}

function contentOf(sheet: Sheet): SheetContent {
  const hiddenRows = new Set<number>();
  const hiddenColumns = new Set<number>();
  sheet.rowDefs?.forEach((row, index) => row.hidden === true && hiddenRows.add(index));
  sheet.columns?.forEach((column, index) => column.hidden === true && hiddenColumns.add(index));
  const width = sheet.rows.reduce((most, row) => Math.max(most, row.length), 0);
  return {
    name: sheet.name,
    isHidden: sheet.hidden === true || sheet.veryHidden === true,
    rows: sheet.rows.map((row) => row.map(blankAsNull)),
    width,
    merges: sheet.merges ?? [],
    hiddenRows,
    hiddenColumns,
    formats: cellFormats(sheet.cells ?? new Map<string, Cell>()),
  };
}

function blankAsNull(value: CellValue): CellValue {
  return typeof value === 'string' && value.trim() === '' ? null : value;
}

function damaged(name: string, cause: unknown): DocumentError {
  return new DocumentError(`${name} cannot be read; it may be damaged: ${messageOf(cause)}`, {
    cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
