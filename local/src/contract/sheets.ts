import { z } from 'zod';
import {
  createSheetsJobBody,
  getSheetsJobQuery,
  getSheetsRegionResultQuery,
  listSheetsJobsQuery,
  sheetsConfig,
  sheetsJobStatus,
  sheetsResultPath,
} from '../schemas/sheets.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';
import { presignedUrl } from './presignedUrl.ts';

const foreignInfo = z.record(
  z.string(),
  z.union([
    z.record(z.string(), z.unknown()),
    z.array(z.unknown()),
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
  ]),
);

const storedFile = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string().min(1).max(3000),
  external_file_id: z.string().nullish(),
  file_size: z.int().min(0).nullish(),
  file_type: z.string().min(1).nullish(),
  purpose: z.string().nullish(),
  data_source_id: z.string().nullish(),
  resource_info: foreignInfo.nullish(),
  permission_info: foreignInfo.nullish(),
  last_modified_at: z.string().nullish(),
  created_at: z.string().nullish(),
  updated_at: z.string().nullish(),
  expires_at: z.string().nullish(),
});

const worksheet = z.object({
  sheet_name: z.string(),
  title: z.string().nullish(),
  description: z.string().nullish(),
});

/** A sheets job as it goes over the wire. */
export const sheetsJob = z
  .object({
    id: z.string(),
    project_id: z.string(),
    user_id: z.string(),
    file_id: z.string().nullable(),
    file: storedFile.nullish(),
    config: sheetsConfig.partial(),
    status: sheetsJobStatus,
    success: z.boolean().nullish(),
    regions: z
      .array(
        worksheet.extend({
          region_id: z.string().optional(),
          location: z.string(),
          region_type: z.string(),
        }),
      )
      .optional(),
    worksheet_metadata: z.array(worksheet).optional(),
    errors: z.array(z.string()).optional(),
    created_at: z.string(),
    updated_at: z.string(),
  })
  .meta({ id: 'SheetsJob' });

const collection = '/api/v1/beta/sheets/jobs';
const member = `${collection}/{spreadsheet_job_id}` as const;

/** Operations on jobs that take spreadsheets apart. */
export const sheets = {
  createSheetsJob: {
    route: `POST ${collection}`,
    summary: 'Have a spreadsheet taken apart',
    body: createSheetsJobBody,
    status: 200,
    answer: sheetsJob,
  },
  listSheetsJobs: {
    route: `GET ${collection}`,
    summary: 'List sheets jobs',
    query: listSheetsJobsQuery,
    status: 200,
    answer: page(sheetsJob),
  },
  getSheetsJob: {
    route: `GET ${member}`,
    summary: 'Get a sheets job',
    query: getSheetsJobQuery,
    status: 200,
    answer: sheetsJob,
  },
  getSheetsRegionResult: {
    route: `GET ${member}/regions/{region_id}/result/{region_type}`,
    summary: 'Get a link to a region as Parquet',
    path: sheetsResultPath,
    query: getSheetsRegionResultQuery,
    status: 200,
    answer: presignedUrl,
  },
  deleteSheetsJob: {
    route: `DELETE ${member}`,
    summary: 'Cancel or delete a sheets job',
    status: 200,
    answer: sheetsJob,
  },
} satisfies Operations;
