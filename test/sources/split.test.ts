import {
  createSplitJob,
  getSplitJob,
  listSplitJobs,
  watchSplitJob,
} from '../../src/sources/split.ts';
import type { CreateSplitJobBody } from '../../src/types/split.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const segment = { category: 'invoice', pages: [1, 2], confidence_category: 'high' };
const job = { id: 'spl-1', status: 'completed', result: { segments: [segment] } };
const query = { organization_id: 'org-1' };
const body: CreateSplitJobBody = {
  document_input: { type: 'file_id', value: 'fil-1' },
  configuration: {
    categories: [{ name: 'invoice', description: 'Asks for money.' }],
    splitting_strategy: { allow_uncategorized: 'forbid' },
  },
};

describeOperations([
  {
    name: 'createSplitJob',
    call: (connection) => createSplitJob(connection, body, query),
    sends: 'POST /api/v1/beta/split/jobs?organization_id=org-1',
    body,
    status: 201,
    answer: job,
    emits: [job],
  },
  {
    name: 'listSplitJobs',
    call: (connection) =>
      listSplitJobs(connection, {
        ...query,
        status: 'completed',
        job_ids: ['spl-1', 'spl-2'],
        created_at_on_or_before: '2026-06-01',
        page_size: 5,
      }),
    sends:
      'GET /api/v1/beta/split/jobs?organization_id=org-1&status=completed&job_ids=spl-1' +
      '&job_ids=spl-2&created_at_on_or_before=2026-06-01&page_size=5',
    answer: { items: [job] },
    emits: [job],
  },
  {
    name: 'getSplitJob',
    call: (connection) => getSplitJob(connection, id, query),
    sends: `GET /api/v1/beta/split/jobs/${encodedId}?organization_id=org-1`,
    answer: job,
    emits: [job],
  },
  {
    name: 'watchSplitJob',
    call: (connection) => watchSplitJob(connection, id, {}, query),
    sends: `GET /api/v1/beta/split/jobs/${encodedId}?organization_id=org-1`,
    answer: job,
    emits: [job],
  },
]);
