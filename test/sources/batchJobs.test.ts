import {
  cancelBatchJob,
  createBatchJob,
  getBatchJob,
  listBatchJobs,
  watchBatchJob,
} from '../../src/sources/batchJobs.ts';
import type { CreateBatchJobBody } from '../../src/types/batchJobs.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const job = { id: 'bjb-1', status: 'completed', total_items: 2 };
const progress = { job, progress_percentage: 100 };
const query = { organization_id: 'org-1' };
const body: CreateBatchJobBody = {
  directory_id: 'dir-1',
  page_size: 50,
  job_config: {
    job_name: 'parse_raw_file_job',
    partitions: { file_id_partition: 'fil-1' },
    parameters: { languages: ['en', 'ch_sim'], parse_mode: 'parse_page_with_llm' },
  },
};

describeOperations([
  {
    name: 'createBatchJob',
    call: (connection) => createBatchJob(connection, body, query, { 'temporal-namespace': 'eu' }),
    sends: 'POST /api/v1/beta/batch-processing?organization_id=org-1',
    body,
    headers: { 'temporal-namespace': 'eu' },
    status: 201,
    answer: job,
    emits: [job],
  },
  {
    name: 'listBatchJobs',
    call: (connection) =>
      listBatchJobs(connection, {
        ...query,
        directory_id: 'dir-1',
        job_type: 'parse',
        status: 'running',
        limit: 10,
        offset: 20,
      }),
    sends:
      'GET /api/v1/beta/batch-processing?organization_id=org-1&directory_id=dir-1&job_type=parse' +
      '&status=running&limit=10&offset=20',
    answer: { items: [job], total_size: 21 },
    emits: [job],
  },
  {
    name: 'getBatchJob',
    call: (connection) => getBatchJob(connection, id, query),
    sends: `GET /api/v1/beta/batch-processing/${encodedId}?organization_id=org-1`,
    answer: progress,
    emits: [progress],
  },
  {
    name: 'cancelBatchJob',
    call: (connection) =>
      cancelBatchJob(connection, id, { reason: 'Too many' }, query, { 'temporal-namespace': 'eu' }),
    sends: `POST /api/v1/beta/batch-processing/${encodedId}/cancel?organization_id=org-1`,
    body: { reason: 'Too many' },
    headers: { 'temporal-namespace': 'eu' },
    answer: { job_id: 'bjb-1', status: 'cancelled', processed_items: 1, message: 'ok' },
    emits: [{ job_id: 'bjb-1', status: 'cancelled', processed_items: 1, message: 'ok' }],
  },
  {
    name: 'cancelBatchJob without a reason or namespace',
    call: (connection) => cancelBatchJob(connection, id),
    sends: `POST /api/v1/beta/batch-processing/${encodedId}/cancel`,
    body: {},
    headers: { 'temporal-namespace': undefined },
    answer: { job_id: 'bjb-1', status: 'cancelled', processed_items: 1, message: 'ok' },
    emits: [{ job_id: 'bjb-1', status: 'cancelled', processed_items: 1, message: 'ok' }],
  },
  {
    name: 'watchBatchJob',
    call: (connection) => watchBatchJob(connection, id, {}, query),
    sends: `GET /api/v1/beta/batch-processing/${encodedId}?organization_id=org-1`,
    answer: progress,
    emits: [progress],
  },
]);
