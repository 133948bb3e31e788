import type { Observable } from 'rxjs';
import { expectTypeOf, it } from 'vitest';
import {
  aggregateAgentData,
  type AgentData,
  type AgentDataGroup,
  type Connection,
  createAgentData,
  getAgentData,
  type List,
  searchAgentData,
  updateAgentData,
} from '../../src/index.ts';

// An interface on purpose: it has no index signature, unlike a type alias of the same shape.
interface Person {
  readonly name: string;
  readonly age: number;
}

declare const connection: Connection;
declare const ada: Person;
const people = { deployment_name: '_public', collection: 'people' };

it('takes the record type from what is stored', () => {
  const created = createAgentData(connection, { ...people, data: ada });
  expectTypeOf(created).toEqualTypeOf<Observable<AgentData<Person>>>();
  const updated = updateAgentData(connection, 'agd-1', { data: ada });
  expectTypeOf(updated).toEqualTypeOf<Observable<AgentData<Person>>>();
});

it('takes the record type as a parameter where nothing is stored', () => {
  expectTypeOf(getAgentData<Person>(connection, 'agd-1')).toEqualTypeOf<
    Observable<AgentData<Person>>
  >();
  expectTypeOf(searchAgentData<Person>(connection, people)).toEqualTypeOf<
    List<AgentData<Person>>
  >();
  expectTypeOf(aggregateAgentData<Person>(connection, people)).toEqualTypeOf<
    List<AgentDataGroup<Person>>
  >();
});

it('promises no more of a record than that it has fields when nothing is said', () => {
  expectTypeOf<AgentData['data']>().toEqualTypeOf<Record<string, unknown>>();
  expectTypeOf(getAgentData(connection, 'agd-1')).toEqualTypeOf<Observable<AgentData>>();
});

it('refuses data that is not an object', () => {
  // @ts-expect-error A record holds an object.
  createAgentData(connection, { ...people, data: 'Ada' });
});
