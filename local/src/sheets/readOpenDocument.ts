import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { ReadOptions, RowDef, Sheet, Workbook } from 'hucre';
import { readOds } from 'hucre/ods';

/** What is hidden on a sheet; lists of the first and the number of rows or columns in a row. */
interface Hidden {
  readonly isHidden: boolean;
  readonly rows: [first: number, count: number][];
  readonly columns: [first: number, count: number][];
}

/** Elements around rows, for outlines and for lines that repeat in print. The reader skips them. */
const rowWrapper = /<\/?table:table-(?:header-rows|row-group|rows)(?:\s[^<>]*)?>/g;

/** A tag whose attributes tell what is hidden. Within quotes, `>` may stand as it is. */
const layoutTag = /<table:(table|table-row|table-column)((?:\s+[\w:.-]+="[^"]*")*)\s*\/?>/g;

const hiddenStyle =
  /<style:style((?:\s+[\w:.-]+="[^"]*")*)\s*>\s*<style:table-properties[^>]*table:display="false"/g;

/**
 * Reads an OpenDocument spreadsheet, with what the reader itself leaves out: rows inside outlines
 * and print headers, and which rows, columns and sheets are hidden.
 */
export async function readOpenDocument(bytes: Uint8Array, options: ReadOptions): Promise<Workbook> {
  const parts = unzipSync(bytes);
  const xml = strFromU8(parts['content.xml'] ?? new Uint8Array()).replaceAll(rowWrapper, '');
  const hidden = hiddenParts(xml);
  // Uncompressed, since the reader is going to inflate it at once.
  const packed = zipSync({ ...parts, 'content.xml': strToU8(xml) }, { level: 0 });
  const workbook = await readOds(packed, options);
  return {
    ...workbook,
    sheets: workbook.sheets.map((sheet) => withHidden(sheet, hidden.get(sheet.name))),
  };
}

function hiddenParts(xml: string): Map<string, Hidden> {
  const hiddenStyles = new Set(
    Array.from(xml.matchAll(hiddenStyle), ([, attributes = '']) =>
      attribute(attributes, 'style:name'),
    ),
  );
  const sheets = new Map<string, Hidden>();
  let sheet: Hidden | undefined;
  let next = { row: 0, column: 0 };
  for (const [, tag, attributes = ''] of xml.matchAll(layoutTag)) {
    const isHidden = ['collapse', 'filter'].includes(attribute(attributes, 'table:visibility'));
    if (tag === 'table') {
      const style = attribute(attributes, 'table:style-name');
      sheet = { isHidden: hiddenStyles.has(style), rows: [], columns: [] };
      sheets.set(attribute(attributes, 'table:name'), sheet);
      next = { row: 0, column: 0 };
    } else if (tag === 'table-row') {
      const count = Number(attribute(attributes, 'table:number-rows-repeated') || 1);
      if (isHidden) {
        sheet?.rows.push([next.row, count]);
      }
      next.row += count;
    } else {
      const count = Number(attribute(attributes, 'table:number-columns-repeated') || 1);
      if (isHidden) {
        sheet?.columns.push([next.column, count]);
      }
      next.column += count;
    }
  }
  return sheets;
}

function withHidden(sheet: Sheet, hidden: Hidden | undefined): Sheet {
  if (hidden === undefined) {
    return sheet;
  }
  const width = sheet.rows.reduce((most, row) => Math.max(most, row.length), 0);
  const hiddenColumns = new Set(expand(hidden.columns, width));
  return {
    ...sheet,
    hidden: hidden.isHidden,
    rowDefs: new Map<number, RowDef>(
      expand(hidden.rows, sheet.rows.length).map((row) => [row, { hidden: true }]),
    ),
    columns: Array.from({ length: width }, (_, column) => ({ hidden: hiddenColumns.has(column) })),
  };
}

/** Each number of the runs, below `limit`: the last run may go on to the end of the largest sheet. */
function expand(
  runs: readonly (readonly [first: number, count: number])[],
  limit: number,
): number[] {
  return runs.flatMap(([first, count]) =>
    Array.from(
      { length: Math.max(0, Math.min(count, limit - first)) },
      (_, index) => first + index,
    ),
  );
}

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
};

/** An attribute's text; empty where there is none. */
function attribute(attributes: string, name: string): string {
  const text = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
  return text.replaceAll(/&(?:lt|gt|quot|apos|amp);/g, (entity) => entities[entity] ?? entity);
}
