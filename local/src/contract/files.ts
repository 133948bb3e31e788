import { z } from 'zod';
import { sheetsResultPath } from '../schemas/sheets.ts';
import type { Operations } from './operation.ts';

const query = z.object({
  expires: z.string(),
  signature: z.string(),
});

/** What presigned URLs point to. */
export const files = {
  downloadFile: {
    route: 'GET /files/{file_id}',
    summary: 'Fetch the content of a stored file',
    query,
    status: 200,
    answer: z.file(),
    answerType: 'application/octet-stream',
    signed: true,
  },
  downloadSheetsRegion: {
    route: 'GET /files/sheets/{job_id}/{region_id}/{region_type}',
    summary: 'Fetch a region of a spreadsheet as Parquet',
    path: sheetsResultPath,
    query,
    status: 200,
    answer: z.file(),
    answerType: 'application/vnd.apache.parquet',
    signed: true,
  },
} satisfies Operations;
