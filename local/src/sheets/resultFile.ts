import type { SheetsResultType } from '../../../src/types/sheets.ts';

/** The name of a region's result in the folder of its job. */
export function resultFile(regionId: string, type: SheetsResultType): string {
  return `${regionId}.${type}.parquet`;
}
