import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import {
  aggregateAgentData,
  createAgentData,
  deleteAgentData,
  deleteMatchingAgentData,
  getAgentData,
  searchAgentData,
  updateAgentData,
} from '../../src/sources/agentData.ts';
import { describeOperations, encodedId, id } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

const collection = { deployment_name: '_public', collection: 'people' };
const record = { id: 'agd-1', ...collection, data: { name: 'Ada', age: 36 } };
const group = { group_key: { age: 36 }, count: 2, first_item: { name: 'Ada', age: 36 } };
const query = { organization_id: 'org-1' };

describeOperations([
  {
    name: 'createAgentData',
    call: (connection) =>
      createAgentData(connection, { ...collection, data: { name: 'Ada' } }, query),
    sends: 'POST /api/v1/beta/agent-data?organization_id=org-1',
    body: { ...collection, data: { name: 'Ada' } },
    answer: record,
    emits: [record],
  },
  {
    name: 'getAgentData',
    call: (connection) => getAgentData(connection, id, query),
    sends: `GET /api/v1/beta/agent-data/${encodedId}?organization_id=org-1`,
    answer: record,
    emits: [record],
  },
  {
    name: 'updateAgentData',
    call: (connection) => updateAgentData(connection, id, { data: { name: 'Ada' } }, query),
    sends: `PUT /api/v1/beta/agent-data/${encodedId}?organization_id=org-1`,
    body: { data: { name: 'Ada' } },
    answer: record,
    emits: [record],
  },
  {
    name: 'deleteAgentData',
    call: (connection) => deleteAgentData(connection, id, query),
    sends: `DELETE /api/v1/beta/agent-data/${encodedId}?organization_id=org-1`,
    answer: { message: 'deleted' },
    emits: [{ message: 'deleted' }],
  },
  {
    name: 'searchAgentData',
    call: (connection) =>
      searchAgentData(
        connection,
        {
          ...collection,
          filter: { age: { gte: 18, lt: 65 }, name: { ne: null } },
          order_by: 'data.name desc, created_at',
          include_total: true,
          offset: 5,
        },
        query,
      ),
    sends: 'POST /api/v1/beta/agent-data/:search?organization_id=org-1',
    body: {
      ...collection,
      filter: { age: { gte: 18, lt: 65 }, name: { ne: null } },
      order_by: 'data.name desc, created_at',
      include_total: true,
      offset: 5,
    },
    answer: { items: [record], total_size: 6 },
    emits: [record],
  },
  {
    name: 'aggregateAgentData',
    call: (connection) =>
      aggregateAgentData(
        connection,
        { ...collection, group_by: ['age'], count: true, first: true },
        query,
      ),
    sends: 'POST /api/v1/beta/agent-data/:aggregate?organization_id=org-1',
    body: { ...collection, group_by: ['age'], count: true, first: true },
    answer: { items: [group] },
    emits: [group],
  },
  {
    name: 'deleteMatchingAgentData',
    call: (connection) =>
      deleteMatchingAgentData(
        connection,
        { ...collection, filter: { tags: { includes: ['old'], excludes: ['kept'] } } },
        query,
      ),
    sends: 'POST /api/v1/beta/agent-data/:delete?organization_id=org-1',
    body: { ...collection, filter: { tags: { includes: ['old'], excludes: ['kept'] } } },
    answer: { deleted_count: 3 },
    emits: [{ deleted_count: 3 }],
  },
]);

describe('deleteAgentData', () => {
  it('is done when a second attempt finds the record gone', async () => {
    await using server = await startServer((_, response) => {
      if (server.requests.length === 1) {
        json(response, { detail: 'lost on the way back' }, 503, { 'retry-after-ms': '0' });
      } else {
        json(response, { detail: 'not found' }, 404);
      }
    });
    const connection = connect({ token: 't', baseUrl: server.url, retry: { maxDelay: 1 } });
    expect(await lastValueFrom(deleteAgentData(connection, id))).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });
});
