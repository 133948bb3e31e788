import { z } from 'zod';
import { readRange } from '../sheets/cellRange.ts';
import {
  pageQuery,
  queryBoolean,
  queryInteger,
  queryList,
  queryText,
  queryTime,
  scopeQuery,
} from './query.ts';

/** The longest that a link to a result may work, in seconds: seven days, as with other stores. */
const longestLink = 604_800;

/** Where a sheets job stands. */
export const sheetsJobStatus = z.enum([
  'PENDING',
  'SUCCESS',
  'ERROR',
  'PARTIAL_SUCCESS',
  'CANCELLED',
]);

/** How a spreadsheet is taken apart; what is left out is filled in. */
export const sheetsConfig = z.object({
  sheet_names: z.array(z.string()).nullable().default(null),
  extraction_range: z
    .string()
    .refine((text) => readRange(text) !== undefined, {
      message: 'Input should be a range in A1 notation, such as B2:F40',
    })
    .nullable()
    .default(null),
  include_hidden_cells: z.boolean().default(true),
  generate_additional_metadata: z.boolean().default(true),
  use_experimental_processing: z.boolean().default(false),
  flatten_hierarchical_tables: z.boolean().default(false),
  table_merge_sensitivity: z.enum(['strong', 'weak']).default('strong'),
  specialization: z.string().nullable().default(null),
});

/** Body of `POST /api/v1/beta/sheets/jobs`. */
export const createSheetsJobBody = z.object({
  file_id: z.string(),
  config: sheetsConfig.optional(),
});

/** Query of `GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}`. */
export const getSheetsJobQuery = scopeQuery.extend({ include_results: queryBoolean.optional() });

/** Query of `GET /api/v1/beta/sheets/jobs`. */
export const listSheetsJobsQuery = pageQuery.extend({
  include_results: queryBoolean.optional(),
  status: queryText.pipe(sheetsJobStatus).optional(),
  job_ids: queryList.optional(),
  created_at_on_or_after: queryTime.optional(),
  created_at_on_or_before: queryTime.optional(),
});

/** Query of `GET …/regions/{region_id}/result/{region_type}`. */
export const getSheetsRegionResultQuery = scopeQuery.extend({
  expires_at_seconds: queryInteger.pipe(z.int().min(1).max(longestLink)).optional(),
});

/** What may be asked of a region; stands in the path. */
export const sheetsResultPath = z.object({
  region_type: z.enum(['table', 'extra', 'cell_metadata']),
});

/** Regions as they are kept in the database. */
export const sheetsRegions = z.array(
  z.object({
    region_id: z.string(),
    sheet_name: z.string(),
    location: z.string(),
    region_type: z.enum(['table', 'extra']),
    title: z.string().nullable(),
    description: z.string().nullable(),
  }),
);

/** Sheets as they are kept in the database. */
export const worksheetMetadata = z.array(
  z.object({
    sheet_name: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
  }),
);
