import { concatMap, from, lastValueFrom, map, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { expect, it } from 'vitest';
import { connect } from '../../src/http/connection.ts';
import {
  aggregateAgentData,
  createAgentData,
  searchAgentData,
} from '../../src/sources/agentData.ts';
import type { AgentDataFieldFilters } from '../../src/types/agentDataField.ts';

interface Invoice {
  readonly number: string;
  readonly paid: boolean;
  readonly tags: readonly string[];
  readonly supplier: { readonly name: string; readonly address?: { readonly city: string } };
  readonly due?: string | null;
}

const invoices = { deployment_name: '_public', collection: 'invoices' };
const oslo = { name: 'Paper Ltd', address: { city: 'Oslo' } };
const stored: readonly Invoice[] = [
  { number: 'A-1', paid: true, tags: ['urgent'], supplier: oslo, due: '2026-03-01' },
  { number: 'A-2', paid: false, tags: ['urgent', 'old'], supplier: { name: 'Ink Inc' } },
  { number: 'A-3', paid: false, tags: [], supplier: oslo, due: null },
];

it('finds records by fields of every kind, nested ones too', async () => {
  await using cloud = await startLocalCloud();
  const connection = connect({ baseUrl: cloud.url, token: cloud.token });
  await lastValueFrom(
    from(stored).pipe(concatMap((data) => createAgentData(connection, { ...invoices, data }))),
  );
  const find = (filter: AgentDataFieldFilters<Invoice>) =>
    lastValueFrom(
      searchAgentData<Invoice>(connection, { ...invoices, filter }).pipe(
        map(({ data }) => data.number),
        toArray(),
      ),
    );

  expect(await find({ 'supplier.address.city': { eq: 'Oslo' } })).toEqual(['A-1', 'A-3']);
  expect(await find({ 'supplier.address': { eq: null } })).toEqual(['A-2']);
  expect(await find({ 'supplier.name': { gte: 'J', lt: 'Q' } })).toEqual(['A-1', 'A-3']);
  expect(await find({ paid: { eq: 1 } })).toEqual(['A-1']);
  expect(await find({ tags: { includes: ['old', 'new'] } })).toEqual(['A-2']);
  expect(await find({ tags: { excludes: ['urgent'] } })).toEqual(['A-3']);
  expect(await find({ due: { eq: null } })).toEqual(['A-2', 'A-3']);
  expect(await find({ due: { lte: '2026-03-31' } })).toEqual(['A-1']);

  const groups = aggregateAgentData<Invoice>(connection, {
    ...invoices,
    group_by: ['supplier.address.city'],
    count: true,
  });
  expect(await lastValueFrom(groups.pipe(toArray()))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ group_key: { 'supplier.address.city': 'Oslo' }, count: 2 }),
    ]),
  );
});
