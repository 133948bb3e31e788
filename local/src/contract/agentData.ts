import { z } from 'zod';
import {
  aggregateAgentDataBody,
  createAgentDataBody,
  deleteAgentDataBody,
  jsonObject,
  searchAgentDataBody,
  updateAgentDataBody,
} from '../schemas/agentData.ts';
import type { Operations } from './operation.ts';
import { page } from './page.ts';

/** A record of an agent as it goes over the wire. */
export const agentDataRecord = z
  .object({
    id: z.string().nullish(),
    deployment_name: z.string(),
    collection: z.string().optional(),
    project_id: z.string().nullish(),
    data: jsonObject,
    created_at: z.string().nullish(),
    updated_at: z.string().nullish(),
  })
  .meta({ id: 'AgentData' });

/** A group of records as it goes over the wire. */
export const agentDataGroup = z
  .object({
    group_key: jsonObject,
    count: z.int().nullish(),
    first_item: jsonObject.nullish(),
  })
  .meta({ id: 'AgentDataGroup' });

/** What came of deleting records, as it goes over the wire. */
export const deletedAgentData = z.object({ deleted_count: z.int() });

const collection = '/api/v1/beta/agent-data';
const member = `${collection}/{item_id}` as const;

/** Operations on the records of agents. */
export const agentData = {
  createAgentData: {
    route: `POST ${collection}`,
    summary: 'Store a record',
    body: createAgentDataBody,
    status: 200,
    answer: agentDataRecord,
  },
  getAgentData: {
    route: `GET ${member}`,
    summary: 'Get a record',
    status: 200,
    answer: agentDataRecord,
  },
  updateAgentData: {
    route: `PUT ${member}`,
    summary: 'Replace the data of a record',
    body: updateAgentDataBody,
    status: 200,
    answer: agentDataRecord,
  },
  deleteAgentData: {
    route: `DELETE ${member}`,
    summary: 'Delete a record',
    status: 200,
    answer: z.record(z.string(), z.string()),
  },
  searchAgentData: {
    route: `POST ${collection}/:search`,
    summary: 'Find the records of a collection that meet conditions',
    body: searchAgentDataBody,
    status: 200,
    answer: page(agentDataRecord),
  },
  aggregateAgentData: {
    route: `POST ${collection}/:aggregate`,
    summary: 'Sum up the records of a collection by groups',
    body: aggregateAgentDataBody,
    status: 200,
    answer: page(agentDataGroup),
  },
  deleteMatchingAgentData: {
    route: `POST ${collection}/:delete`,
    summary: 'Delete the records of a collection that meet conditions',
    body: deleteAgentDataBody,
    status: 200,
    answer: deletedAgentData,
  },
} satisfies Operations;
