import { getBatchItemResults, listBatchJobItems } from '../../src/sources/batchItems.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const item = { item_id: 'dfl-1', item_name: 'q3.pdf', status: 'failed' };
const results = { item_id: 'dfl-1', item_name: 'q3.pdf', processing_results: [] };
const query = { organization_id: 'org-1' };

describeOperations([
  {
    name: 'listBatchJobItems',
    call: (connection) =>
      listBatchJobItems(connection, id, { ...query, status: 'failed', limit: 2 }),
    sends:
      `GET /api/v1/beta/batch-processing/${encodedId}/items` +
      '?organization_id=org-1&status=failed&limit=2&offset=0',
    answer: { items: [item], total_size: 1 },
    emits: [item],
  },
  {
    name: 'listBatchJobItems, answered without a list',
    call: (connection) => listBatchJobItems(connection, id),
    sends: `GET /api/v1/beta/batch-processing/${encodedId}/items?offset=0`,
    answer: {},
    emits: [],
  },
  {
    name: 'getBatchItemResults',
    call: (connection) => getBatchItemResults(connection, id, { ...query, job_type: 'parse' }),
    sends:
      `GET /api/v1/beta/batch-processing/items/${encodedId}/processing-results` +
      '?organization_id=org-1&job_type=parse',
    answer: results,
    emits: [results],
  },
]);
