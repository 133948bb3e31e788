import type { Context } from 'hono';
import { Hono } from 'hono';
import type { z } from 'zod';
import type { AgentData } from '../../../src/types/agentData.ts';
import { toJson } from '../../../src/types/toJson.ts';
import type { CloudContext } from '../cloudContext.ts';
import { invalid, notFound } from '../http/apiProblem.ts';
import type { CloudEnv } from '../http/cloudEnv.ts';
import { pageOf, windowOf } from '../http/positionPage.ts';
import { readBody, readQuery } from '../http/validate.ts';
import {
  aggregateAgentDataBody,
  createAgentDataBody,
  deleteAgentDataBody,
  searchAgentDataBody,
  updateAgentDataBody,
} from '../schemas/agentData.ts';
import { scopeQuery } from '../schemas/query.ts';
import type { AgentDataSelection } from '../store/agentData.ts';
import {
  countAgentData,
  deleteAgentData,
  deleteSelectedAgentData,
  findAgentData,
  insertAgentData,
  selectAgentData,
  updateAgentData,
} from '../store/agentData.ts';
import { groupOrder, selectAgentDataGroups } from '../store/agentDataGroups.ts';
import type { OrderEntry } from '../store/agentDataOrder.ts';
import { agentDataOrder, readOrder } from '../store/agentDataOrder.ts';

const records = '/api/v1/beta/agent-data';
const member = `${records}/:item_id` as const;

/**
 * Routes of agent data: create, get, replace, delete, search, aggregate, delete by filter.
 * Any deployment name is taken: there are no deployments here that it could be compared with.
 */
export function agentData({ database, defaultProject }: CloudContext): Hono<CloudEnv> {
  const find = (id: string, project: string | undefined): AgentData => {
    const record = findAgentData(database, id, project ?? null);
    if (record === undefined) {
      throw notFound('Agent data', id);
    }
    return record;
  };

  const selectionOf = (
    body: z.output<typeof deleteAgentDataBody>,
    project: string | undefined,
  ): AgentDataSelection => ({
    project_id: project ?? defaultProject,
    deployment_name: body.deployment_name,
    collection: body.collection ?? 'default',
    filter: body.filter ?? {},
  });

  const app = new Hono<CloudEnv>();

  app.post(records, async (c) => {
    const { project_id = defaultProject } = readQuery(c, scopeQuery);
    const { collection = 'default', ...body } = await readBody(c, createAgentDataBody, 'exact');
    return exactly(c, insertAgentData(database, { ...body, collection, project_id }));
  });

  app.get(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    return exactly(c, find(c.req.param('item_id'), project_id));
  });

  app.put(member, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const { data } = await readBody(c, updateAgentDataBody, 'exact');
    const id = c.req.param('item_id');
    const record = find(id, project_id);
    return exactly(c, { ...record, ...updateAgentData(database, id, data) });
  });

  app.delete(member, (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const id = c.req.param('item_id');
    find(id, project_id);
    deleteAgentData(database, id);
    return c.json({ id, status: 'deleted' });
  });

  // In a route pattern a colon starts a parameter, so one that is meant needs braces.
  app.post(`${records}/:verb{:search}`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, searchAgentDataBody, 'exact');
    const selection = selectionOf(body, project_id);
    const order = orderOf(body);
    const keys = agentDataOrder(order);
    const window = windowOf(order, keys.length, body);
    const found = selectAgentData(database, selection, keys, window);
    const total_size = body.include_total === true ? countAgentData(database, selection) : null;
    return exactly(c, { ...pageOf(order, window, found), total_size });
  });

  app.post(`${records}/:verb{:aggregate}`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const body = await readBody(c, aggregateAgentDataBody, 'exact');
    const groupBy = [...new Set(body.group_by)];
    const order = orderOf(body);
    const keys = groupOrder(order, groupBy);
    if (typeof keys === 'string') {
      throw invalid({
        type: 'value_error',
        loc: ['body', 'order_by'],
        msg: `Groups have no "${keys}"; order by fields of group_by, count or created_at`,
        input: body.order_by,
      });
    }
    const window = windowOf([order, groupBy], keys.length, body);
    const selection = selectionOf(body, project_id);
    const found = selectAgentDataGroups(database, selection, groupBy, keys, window);
    const { items, next_page_token } = pageOf([order, groupBy], window, found);
    return exactly(c, {
      items: items.map((group) => ({
        ...group,
        count: body.count === true ? group.count : null,
        first_item: body.first === true ? group.first_item : null,
      })),
      next_page_token,
      total_size: null,
    });
  });

  app.post(`${records}/:verb{:delete}`, async (c) => {
    const { project_id } = readQuery(c, scopeQuery);
    const selection = selectionOf(await readBody(c, deleteAgentDataBody, 'exact'), project_id);
    return c.json({ deleted_count: deleteSelectedAgentData(database, selection) });
  });

  return app;
}

/** Answers with all the digits of large integers. */
function exactly(c: Context<CloudEnv>, value: object): Response {
  return c.body(toJson(value), 200, { 'content-type': 'application/json' });
}

/** The entries of a body's `order_by`; none when it is left out or empty. */
function orderOf({ order_by }: z.output<typeof searchAgentDataBody>): readonly OrderEntry[] {
  const text = order_by ?? '';
  const order = text.trim() === '' ? [] : readOrder(text);
  if (order === undefined) {
    throw invalid({
      type: 'value_error',
      loc: ['body', 'order_by'],
      msg: 'order_by should list 1 to 32 fields, such as "data.name desc, created_at"',
      input: text,
    });
  }
  return order;
}
