import { randomUUID } from 'node:crypto';
import type { AgentData } from '../../../src/types/agentData.ts';
import { toJson } from '../../../src/types/toJson.ts';
import type { Positioned } from '../http/positionPage.ts';
import type { AgentDataConditions } from '../schemas/agentData.ts';
import { parseExactly } from '../json/parseExactly.ts';
import { jsonObject } from '../schemas/agentData.ts';
import { agentDataFilter } from './agentDataFilter.ts';
import type { PageWindow, SortKey } from './keyset.ts';
import { comesAfter, namedKeys, sortOrder, sortPosition } from './keyset.ts';
import type { Database } from './openDatabase.ts';
import { rowsChanged } from './openDatabase.ts';
import type { Row } from './row.ts';
import { number, text } from './row.ts';
import type { SqlFragment } from './sqlFragment.ts';
import { sqlFragment } from './sqlFragment.ts';

/**
 * Records that agents keep. `data` is JSON in SQLite's binary form, in which one field is found
 * without reading the others and numbers keep all their digits. The index orders a collection by time of creation.
 */
export const agentDataSchema = `
  CREATE TABLE IF NOT EXISTS agent_data (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL,
    deployment_name TEXT NOT NULL,
    collection TEXT NOT NULL,
    data BLOB NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS agent_data_in_order
    ON agent_data (project_id, deployment_name, collection, created_at);
`;

/** Which records are meant. */
export interface AgentDataSelection {
  readonly project_id: string;
  readonly deployment_name: string;
  readonly collection: string;
  readonly filter: AgentDataConditions;
}

/** The rows of a selection, as a condition. */
export function isSelected(selection: AgentDataSelection): SqlFragment {
  return sqlFragment`project_id = ${selection.project_id}
    AND deployment_name = ${selection.deployment_name} AND collection = ${selection.collection}
    AND ${agentDataFilter(selection.filter)}`;
}

/** Stored JSON, written out as `column`, as an object. */
export function storedObject(row: Row, column: string): Record<string, unknown> {
  return jsonObject.parse(parseExactly(text(row, column)));
}

function toAgentData(row: Row): AgentData {
  return {
    id: text(row, 'id'),
    deployment_name: text(row, 'deployment_name'),
    collection: text(row, 'collection'),
    project_id: text(row, 'project_id'),
    data: storedObject(row, 'data'),
    created_at: text(row, 'created_at'),
    updated_at: text(row, 'updated_at'),
  };
}

/** Stores a new record. */
export function insertAgentData(
  { sql, timestamp }: Database,
  record: Readonly<
    Record<'project_id' | 'deployment_name' | 'collection', string> & {
      data: Record<string, unknown>;
    }
  >,
): AgentData {
  const id = randomUUID();
  const now = timestamp();
  sql.run`
    INSERT INTO agent_data
      (id, project_id, deployment_name, collection, data, created_at, updated_at)
    VALUES (${id}, ${record.project_id}, ${record.deployment_name}, ${record.collection},
            jsonb(${toJson(record.data)}), ${now}, ${now})`;
  return { ...record, id, created_at: now, updated_at: now };
}

/** The record, unless it is not there or is in a project other than `project`. */
export function findAgentData(
  { sql }: Database,
  id: string,
  project: string | null,
): AgentData | undefined {
  const row = sql.get`
    SELECT id, project_id, deployment_name, collection, json(data) AS data, created_at, updated_at
    FROM agent_data WHERE id = ${id} AND (${project} IS NULL OR project_id = ${project})`;
  return row === undefined ? undefined : toAgentData(row);
}

/** Puts `data` in the place of the record's. */
export function updateAgentData(
  { sql, timestamp }: Database,
  id: string,
  data: Record<string, unknown>,
): { readonly data: Record<string, unknown>; readonly updated_at: string } {
  const updated_at = timestamp();
  sql.run`
    UPDATE agent_data SET data = jsonb(${toJson(data)}), updated_at = ${updated_at}
    WHERE id = ${id}`;
  return { data, updated_at };
}

/** Deletes one record. */
export function deleteAgentData({ sql }: Database, id: string): void {
  sql.run`DELETE FROM agent_data WHERE id = ${id}`;
}

/** Deletes the selected records, all or none. Returns how many they were. */
export function deleteSelectedAgentData({ db }: Database, selection: AgentDataSelection): number {
  const statement = sqlFragment`DELETE FROM agent_data WHERE ${isSelected(selection)}`;
  return rowsChanged(db.prepare(statement.text).run(...statement.values));
}

/** How many records are selected. */
export function countAgentData({ db }: Database, selection: AgentDataSelection): number {
  const statement = sqlFragment`
    SELECT count(*) AS count FROM agent_data WHERE ${isSelected(selection)}`;
  return number(db.prepare(statement.text).get(...statement.values) ?? {}, 'count');
}

/** A page of the selected records in the order of `keys`, each with the `json` of its position. */
export function selectAgentData(
  { db }: Database,
  selection: AgentDataSelection,
  keys: readonly SortKey[],
  { after, offset, limit }: PageWindow,
): readonly Positioned<AgentData>[] {
  const named = namedKeys(keys);
  const order = sortOrder(named.keys);
  // The rows of the page are found first, so that sorting does not carry all data about.
  const statement = sqlFragment`
    WITH page AS MATERIALIZED (
      SELECT * FROM (
        SELECT ${named.columns}, seq FROM agent_data WHERE ${isSelected(selection)})
      WHERE ${comesAfter(named.keys, after)}
      ORDER BY ${order} LIMIT ${limit} OFFSET ${offset})
    SELECT id, project_id, deployment_name, collection, json(data) AS data, created_at,
           updated_at, ${sortPosition(named.keys)} AS position
    FROM page JOIN agent_data USING (seq) ORDER BY ${order}`;
  return db
    .prepare(statement.text)
    .all(...statement.values)
    .map((row) => ({ item: toAgentData(row), position: text(row, 'position') }));
}
