import type { SheetsConfig, WorksheetMetadata } from '../../../src/types/sheets.ts';
import { DocumentError } from '../documents/documentError.ts';
import { readRange } from './cellRange.ts';
import { describeSheet } from './describeRegion.ts';
import { readWorkbook } from './readWorkbook.ts';
import { sheetGrid } from './sheetGrid.ts';
import { type FoundRegion, takeSheetApart } from './takeSheetApart.ts';

/** A spreadsheet to take apart, and where to put what comes out of it. */
export interface SheetsTask {
  /** Where the file lies. */
  readonly path: string;
  /** What it is called; the extension tells its kind. */
  readonly name: string;
  readonly config: SheetsConfig;
  /** An existing folder for the results; see `resultFile`. */
  readonly folder: string;
}

/** What came out of a spreadsheet. */
export interface SheetsOutcome {
  readonly regions: readonly FoundRegion[];
  readonly worksheets: readonly WorksheetMetadata[];
  /** One sentence for each sheet that failed. */
  readonly failures: readonly string[];
  /** One sentence for each wish that was not met although the work was done. */
  readonly notes: readonly string[];
}

/**
 * Takes a spreadsheet apart: finds the regions of its sheets and writes the results of each.
 *
 * Sheets fail one by one. Rejects with `DocumentError` when the file cannot be read, when every
 * sheet failed, and when no sheet has a value in the `extraction_range`.
 */
export async function takeApart({
  path,
  name,
  config,
  folder,
}: SheetsTask): Promise<SheetsOutcome> {
  const { include_hidden_cells: hidden = true, extraction_range } = config;
  const only = extraction_range == null ? undefined : readRange(extraction_range);
  const wanted = only?.sheet === undefined ? (config.sheet_names ?? []) : [only.sheet];
  const { sheets, look, failures, knowsHidden } = await readWorkbook(path, name, wanted);

  // The reader's own objects, hundreds of bytes a cell, are garbage by now. Collected here, they do
  // not add to the memory that writing takes.
  globalThis.gc?.();

  const regions: FoundRegion[] = [];
  const worksheets: WorksheetMetadata[] = [];
  const failed = [...failures];
  for (const sheet of sheets) {
    // A hidden sheet has only hidden cells; naming it asks for it all the same.
    if (sheet.isHidden && !hidden && !wanted.includes(sheet.name)) {
      continue;
    }
    try {
      const found = takeSheetApart(sheetGrid(sheet, hidden), only?.range, {
        config,
        look,
        folder,
        before: regions.length,
      });
      regions.push(...found);
      worksheets.push(describeSheet(sheet.name, found, config));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      failed.push(`Sheet "${sheet.name}" of ${name} could not be taken apart: ${reason}`);
    }
  }
  if (worksheets.length === 0 && failed.length > 0) {
    throw new DocumentError(failed.join('\n'));
  }
  if (only !== undefined && regions.length === 0) {
    throw new DocumentError(
      `No sheet of ${name} has a value in ${extraction_range ?? ''}: choose another range.`,
    );
  }
  const notes =
    hidden || knowsHidden
      ? []
      : [`Hidden cells of ${name} were included: only in XLSX and ODS files are they told apart.`];
  return { regions, worksheets, failures: failed, notes };
}
