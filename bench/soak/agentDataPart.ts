import { lastValueFrom, map, toArray } from 'rxjs';
import type { Connection } from '../../src/http/connection.ts';
import type * as operations from '../../src/sources/agentData.ts';
import {
  aggregateAgentData,
  createAgentData,
  deleteAgentData,
  deleteMatchingAgentData,
  getAgentData,
  searchAgentData,
  updateAgentData,
} from '../../src/sources/agentData.ts';
import { createManyAgentData } from '../../src/workflows/createManyAgentData.ts';
import { upsertAgentData } from '../../src/workflows/upsertAgentData.ts';
import { demand, done, passOn, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** What is in the records. */
interface Note {
  readonly key: string;
  readonly batch: string;
  readonly version: number;
}

/** Records that come, change and go. */
const moving = { deployment_name: '_public', collection: 'moving' };
/** Records that stay as they are: what lists of them emit is known. */
const still = { deployment_name: '_public', collection: 'still' };
const stillCount = 120;
const batches = 5;

/** Agent data: records with a key each, of which no two may be the same. */
export async function agentDataPart(soak: Soak): Promise<PartOf<typeof operations>> {
  const { connection, ledger, mark } = soak;
  const records = new Pool<{ readonly id: string; data: Note }>();
  /** Records that were created together, by their batch. */
  const groups = new Pool<{ readonly batch: string; readonly keys: readonly string[] }>();
  const upserted = new Pool<Note>();

  const notes = Array.from({ length: stillCount }, (_, n) => ({
    key: `still ${n}`,
    batch: `batch ${n % batches}`,
    version: 0,
  }));
  await done(createManyAgentData(connection, still, notes));

  return {
    steps: {
      async createAgentData() {
        const data = { key: mark('record'), batch: 'single', version: 0 };
        const body = { ...moving, data };
        const record = await ledger.make('record', data.key, createAgentData(connection, body));
        records.put({ id: record.id ?? '', data });
        return true;
      },
      getAgentData: () =>
        records.lend(async ({ id, data }) => {
          const got = await lastValueFrom(getAgentData<Note>(connection, id));
          demand(got.data.key === data.key, `${data.key} has become ${got.data.key}`);
          demand(got.data.version === data.version, `${data.key} is not as it was written`);
        }),
      updateAgentData: () =>
        records.lend(async (record) => {
          const data = { ...record.data, version: record.data.version + 1 };
          await lastValueFrom(updateAgentData(connection, record.id, { data }));
          record.data = data;
        }),
      deleteAgentData: () =>
        records.spend(async ({ id, data }) => {
          await ledger.remove('record', [data.key], deleteAgentData(connection, id));
        }),
      async searchAgentData() {
        const keys = await keysOf(connection, still, 25);
        demand(keys.length === stillCount, `${keys.length} of ${stillCount} records were listed`);
        demand(new Set(keys).size === stillCount, 'a record was listed twice');
        return true;
      },
      async aggregateAgentData() {
        const body = { ...still, group_by: ['batch' as const], count: true, page_size: 2 };
        const found = aggregateAgentData<Note>(connection, body).pipe(toArray());
        const counts = (await lastValueFrom(found)).map(({ count }) => count);
        demand(
          counts.length === batches && counts.every((count) => count === stillCount / batches),
          `the groups have ${counts.join(', ')} records`,
        );
        return true;
      },
      deleteMatchingAgentData: () =>
        groups.spend(async ({ batch, keys }) => {
          const removal = deleteMatchingAgentData<Note>(connection, {
            ...moving,
            filter: { batch: { eq: batch } },
          });
          const answer = await ledger.remove('record', keys, removal);
          demand((answer?.deleted_count ?? 0) >= keys.length, `${batch} had lost records`);
        }),
    },
    workflows: {
      async createManyAgentData() {
        const batch = mark('batch');
        const many = Array.from({ length: 8 }, () => ({ key: mark('record'), batch, version: 0 }));
        const created: string[] = [];
        ledger.doubt(
          'record',
          many.map(({ key }) => key),
        );
        const failures: unknown[] = [];
        for (const event of await lastValueFrom(
          createManyAgentData(connection, moving, many).pipe(toArray()),
        )) {
          if (event.type === 'created') {
            created.push(event.record.data.key);
          } else {
            failures.push(event.error);
          }
        }
        ledger.keep('record', created);
        groups.put({ batch, keys: created });
        passOn(failures);
        return true;
      },
      async upsertAgentData() {
        const fresh = { key: mark('record'), batch: 'upserted', version: 0 };
        const body = { ...moving, key: ['key' as const] };
        await ledger.make(
          'record',
          fresh.key,
          upsertAgentData(connection, { ...body, data: fresh }),
        );
        upserted.put(fresh);
        return upserted.spend(async (note) => {
          const data = { ...note, version: 1 };
          const { type } = await lastValueFrom(upsertAgentData(connection, { ...body, data }));
          demand(type === 'updated', `the upsert of ${note.key} has found no record`);
        });
      },
    },
    remains: async (rested) => ({ record: await keysOf(rested, moving, 1_000) }),
  };
}

function keysOf(
  connection: Connection,
  collection: typeof moving,
  page_size: number,
): Promise<string[]> {
  const records = searchAgentData<Note>(connection, { ...collection, page_size });
  return lastValueFrom(
    records.pipe(
      map(({ data }) => data.key),
      toArray(),
    ),
  );
}
