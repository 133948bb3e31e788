import type { AgentDataField, AgentDataFieldFilters } from './agentDataField.ts';
import type { PageQuery } from './page.ts';

/** A record that an agent keeps. `T` is the shape of what is in it. */
export interface AgentData<T extends object = Record<string, unknown>> {
  /** The record's id. */
  readonly id?: string | null;
  /** The agent's deployment. `_public` is shared by all of a project's agents. */
  readonly deployment_name: string;
  /** The collection within the deployment. @defaultValue `'default'` */
  readonly collection?: string;
  /** The project it belongs to. */
  readonly project_id?: string | null;
  /** What is in it. */
  readonly data: T;
  /** When it was stored, ISO 8601. */
  readonly created_at?: string | null;
  /** When it last changed, ISO 8601. */
  readonly updated_at?: string | null;
}

/** Where an agent's records are. */
export interface AgentDataCollection {
  /** The agent's deployment. `_public` is shared by all of a project's agents. */
  readonly deployment_name: string;
  /** The collection within the deployment. @defaultValue `'default'` */
  readonly collection?: string | undefined;
}

/** What to put in the place of a record's data. */
export interface UpdateAgentDataBody<T extends object = Record<string, unknown>> {
  /** The new data, whole. */
  readonly data: T;
}

/** A record to store. */
export interface CreateAgentDataBody<T extends object = Record<string, unknown>>
  extends AgentDataCollection, UpdateAgentDataBody<T> {}

/** Which records of a collection are meant. `T` is the shape of what is in a record. */
export interface FilterAgentDataBody<
  T extends object = Record<string, unknown>,
> extends AgentDataCollection {
  /** Conditions by name of a field of `data`. All records when left out. */
  readonly filter?: AgentDataFieldFilters<T> | null | undefined;
}

/** Which records, in which order, from where on. */
interface AgentDataPageBody<T extends object> extends FilterAgentDataBody<T>, PageQuery {
  /** Records to pass over, 0 to 1,000. Page tokens reach further. @defaultValue `0` */
  readonly offset?: number | null | undefined;
  /** Fields to order by, with ` desc` for falling order: `data.name desc, created_at`. */
  readonly order_by?: string | null | undefined;
}

/** Which records to search for. */
export interface SearchAgentDataBody<
  T extends object = Record<string, unknown>,
> extends AgentDataPageBody<T> {
  /** Whether each page counts all records that match. @defaultValue `false` */
  readonly include_total?: boolean | undefined;
}

/** How to sum up records. */
export interface AggregateAgentDataBody<
  T extends object = Record<string, unknown>,
> extends AgentDataPageBody<T> {
  /** Fields of `data`: records that agree in them form a group. One group of all when left out. */
  readonly group_by?: readonly AgentDataField<T>[] | null | undefined;
  /** Whether the records of each group are counted. @defaultValue `false` */
  readonly count?: boolean | null | undefined;
  /** Whether the oldest record of each group is shown. @defaultValue `false` */
  readonly first?: boolean | null | undefined;
}

/** Records that agree in what they are grouped by. */
export interface AgentDataGroup<T extends object = Record<string, unknown>> {
  /** What they agree in, by field. */
  readonly group_key: Readonly<Record<string, unknown>>;
  /** How many they are, if asked for. */
  readonly count?: number | null;
  /** The data of the oldest, if asked for. */
  readonly first_item?: T | null;
}

/** What came of deleting records. */
export interface DeletedAgentData {
  /** Records that were deleted. */
  readonly deleted_count: number;
}
