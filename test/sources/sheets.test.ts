import {
  createSheetsJob,
  deleteSheetsJob,
  getSheetsJob,
  getSheetsRegionResult,
  listSheetsJobs,
  watchSheetsJob,
} from '../../src/sources/sheets.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const job = { id: 'spr-1', status: 'SUCCESS', regions: [{ region_id: 'reg-1' }] };
const link = { url: 'https://files.example.com/a?sig=1', expires_at: '2026-06-01T00:00:00Z' };
const query = { organization_id: 'org-1' };

describeOperations([
  {
    name: 'createSheetsJob',
    call: (connection) =>
      createSheetsJob(
        connection,
        { file_id: 'fil-1', config: { sheet_names: ['Q3'], flatten_hierarchical_tables: true } },
        query,
      ),
    sends: 'POST /api/v1/beta/sheets/jobs?organization_id=org-1',
    body: { file_id: 'fil-1', config: { sheet_names: ['Q3'], flatten_hierarchical_tables: true } },
    answer: job,
    emits: [job],
  },
  {
    name: 'listSheetsJobs',
    call: (connection) =>
      listSheetsJobs(connection, {
        ...query,
        include_results: true,
        status: 'SUCCESS',
        job_ids: ['spr-1', 'spr-2'],
        created_at_on_or_after: '2026-05-01T00:00:00+02:00',
      }),
    sends:
      'GET /api/v1/beta/sheets/jobs?organization_id=org-1&include_results=true&status=SUCCESS' +
      '&job_ids=spr-1&job_ids=spr-2&created_at_on_or_after=2026-05-01T00%3A00%3A00%2B02%3A00',
    answer: { items: [job] },
    emits: [job],
  },
  {
    name: 'getSheetsJob',
    call: (connection) => getSheetsJob(connection, id, { ...query, include_results: false }),
    sends: `GET /api/v1/beta/sheets/jobs/${encodedId}?organization_id=org-1&include_results=false`,
    answer: job,
    emits: [job],
  },
  {
    name: 'deleteSheetsJob',
    call: (connection) => deleteSheetsJob(connection, id, query),
    sends: `DELETE /api/v1/beta/sheets/jobs/${encodedId}?organization_id=org-1`,
    answer: null,
    emits: [null],
  },
  {
    name: 'getSheetsRegionResult',
    call: (connection) =>
      getSheetsRegionResult(connection, id, 'reg:1', 'cell_metadata', {
        ...query,
        expires_at_seconds: 60,
      }),
    sends:
      `GET /api/v1/beta/sheets/jobs/${encodedId}/regions/reg%3A1/result/cell_metadata` +
      '?organization_id=org-1&expires_at_seconds=60',
    answer: link,
    emits: [link],
  },
  {
    name: 'watchSheetsJob',
    call: (connection) => watchSheetsJob(connection, id, {}, { ...query, include_results: false }),
    sends: `GET /api/v1/beta/sheets/jobs/${encodedId}?organization_id=org-1&include_results=false`,
    answer: job,
    emits: [job],
  },
]);
