import {
  createIndex,
  deleteIndex,
  getIndex,
  listIndexes,
  syncIndex,
  watchIndex,
} from '../../src/sources/indexes.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';

const index = { id: 'idx-1', name: 'Reports', metadata: { status: 'ready' } };
const query = { organization_id: 'org-1' };

describeOperations([
  {
    name: 'listIndexes',
    call: (connection) =>
      listIndexes(connection, { ...query, source_directory_id: 'dir-1', page_size: 10 }),
    sends: 'GET /api/v1/indexes?organization_id=org-1&source_directory_id=dir-1&page_size=10',
    answer: { items: [index], next_page_token: '' },
    emits: [index],
  },
  {
    name: 'createIndex',
    call: (connection) =>
      createIndex(
        connection,
        {
          source_directory_id: 'dir-1',
          products: [{ product_type: 'parse', product_config_id: 'cfg-1' }],
        },
        query,
      ),
    sends: 'POST /api/v1/indexes?organization_id=org-1',
    body: {
      source_directory_id: 'dir-1',
      products: [{ product_type: 'parse', product_config_id: 'cfg-1' }],
    },
    status: 201,
    answer: index,
    emits: [index],
  },
  {
    name: 'getIndex',
    call: (connection) => getIndex(connection, id, query),
    sends: `GET /api/v1/indexes/${encodedId}?organization_id=org-1`,
    answer: index,
    emits: [index],
  },
  {
    name: 'deleteIndex',
    call: (connection) => deleteIndex(connection, id, query),
    sends: `DELETE /api/v1/indexes/${encodedId}?organization_id=org-1`,
    status: 204,
    emits: [undefined],
  },
  {
    name: 'syncIndex',
    call: (connection) => syncIndex(connection, id, query),
    sends: `POST /api/v1/indexes/${encodedId}/sync?organization_id=org-1`,
    status: 202,
    answer: { accepted: true },
    emits: [{ accepted: true }],
  },
  {
    name: 'syncIndex, answered by nothing',
    call: (connection) => syncIndex(connection, id),
    sends: `POST /api/v1/indexes/${encodedId}/sync`,
    status: 202,
    emits: [undefined],
  },
  {
    name: 'watchIndex',
    call: (connection) => watchIndex(connection, id, {}, query),
    sends: `GET /api/v1/indexes/${encodedId}?organization_id=org-1`,
    answer: index,
    emits: [index],
  },
]);
