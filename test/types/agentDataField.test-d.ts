import { expectTypeOf, it } from 'vitest';
import {
  type AgentDataField,
  type AgentDataFieldFilters,
  type AgentDataFilter,
  aggregateAgentData,
  type Connection,
  deleteMatchingAgentData,
  searchAgentData,
} from '../../src/index.ts';

interface Invoice {
  readonly number: string;
  readonly total: number;
  readonly paid: boolean;
  readonly status: 'open' | 'closed';
  readonly note?: string;
  readonly tags: readonly string[];
  readonly supplier: { readonly name: string; readonly address: { readonly city: string } };
  readonly discount: { readonly percent: number } | null;
  readonly lines: readonly { readonly price: number }[];
  readonly extra: unknown;
}

declare const connection: Connection;
const invoices = { deployment_name: '_public', collection: 'invoices' };
const search = (filter: AgentDataFieldFilters<Invoice>) =>
  searchAgentData<Invoice>(connection, { ...invoices, filter });

it('compares each field with what it holds', () => {
  search({
    number: { eq: 'A-17', gt: 'A', includes: ['A-17', 'A-18'] },
    total: { gte: 100, lt: 1_000, excludes: [500] },
    paid: { eq: 1 },
    status: { ne: 'open', includes: ['open', 'closed'] },
    note: { eq: null },
    tags: { includes: ['urgent'] },
    extra: { eq: 'anything', gt: 1 },
  });
  // @ts-expect-error A number is not compared with text.
  search({ total: { gt: '100' } });
  // @ts-expect-error Not one of the words that the field can be.
  search({ status: { eq: 'opne' } });
  // @ts-expect-error The API has no booleans here.
  search({ paid: { eq: true } });
  // @ts-expect-error A list is not more or less than anything.
  search({ tags: { gt: 'a' } });
  // @ts-expect-error The field is never null.
  search({ total: { eq: null } });
  // @ts-expect-error There is no such field.
  search({ totl: { eq: 1 } });
  // @ts-expect-error There is no such operator.
  search({ total: { equals: 1 } });
});

it('goes into nested objects by dots', () => {
  search({ 'supplier.name': { eq: 'Paper Ltd' }, 'supplier.address.city': { includes: ['Oslo'] } });
  search({ 'discount.percent': { gt: 5, ne: null }, discount: { ne: null } });
  // @ts-expect-error There is no such field in the nested object.
  search({ 'supplier.nmae': { eq: 'Paper Ltd' } });
  // @ts-expect-error A nested field has its own type, too.
  search({ 'discount.percent': { gt: '5' } });
  // @ts-expect-error There is no way into the objects of a list.
  search({ 'lines.price': { gt: 5 } });
  // @ts-expect-error An object as a whole is not equal to anything.
  search({ supplier: { eq: 'Paper Ltd' } });
});

it('names the fields that groups are formed by', () => {
  aggregateAgentData<Invoice>(connection, { ...invoices, group_by: ['status', 'supplier.name'] });
  // @ts-expect-error There is no such field.
  aggregateAgentData<Invoice>(connection, { ...invoices, group_by: ['stats'] });
  deleteMatchingAgentData<Invoice>(connection, { ...invoices, filter: { total: { lt: 0 } } });
  // @ts-expect-error There is no such field.
  deleteMatchingAgentData<Invoice>(connection, { ...invoices, filter: { totl: { lt: 0 } } });
});

it('takes any name where nothing is known of the record', () => {
  searchAgentData(connection, {
    ...invoices,
    filter: { whatever: { eq: 'x', gt: 3, includes: [null] }, 'a.b': { lt: 1 } },
  });
  aggregateAgentData(connection, { ...invoices, group_by: ['whatever'] });
  expectTypeOf<AgentDataFieldFilters<Record<string, unknown>>>().toEqualTypeOf<
    Readonly<Record<string, AgentDataFilter | undefined>>
  >();
});

it('takes any name below an object of which nothing is known', () => {
  interface Noted {
    readonly id: number;
    readonly notes: Readonly<Record<string, string>>;
  }
  searchAgentData<Noted>(connection, { ...invoices, filter: { 'notes.anything': { eq: 'x' } } });
  // @ts-expect-error What is below it is text.
  searchAgentData<Noted>(connection, { ...invoices, filter: { 'notes.anything': { eq: 1 } } });
});

it('ends at the fifth level, also in a shape that contains itself', () => {
  interface Node {
    readonly name: string;
    readonly next?: Node;
  }
  type Deepest = 'next.next.next.next.name';
  expectTypeOf<Deepest>().toExtend<AgentDataField<Node>>();
  expectTypeOf<`next.${Deepest}`>().not.toExtend<AgentDataField<Node>>();
});

it('has the fields of all shapes that a record can have', () => {
  type Event = { readonly kind: 'in'; readonly amount: number } | { readonly kind: 'out' };
  searchAgentData<Event>(connection, {
    ...invoices,
    filter: { kind: { includes: ['in', 'out'] }, amount: { gt: 0 } },
  });
});
