import { filter, lastValueFrom, map, toArray } from 'rxjs';
import type * as operations from '../../src/sources/indexes.ts';
import {
  createIndex,
  deleteIndex,
  getIndex,
  listIndexes,
  syncIndex,
  watchIndex,
} from '../../src/sources/indexes.ts';
import { type Library, watching } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** Indexes of the library, told apart by their description. */
export function indexesPart(soak: Soak, library: Library): PartOf<typeof operations> {
  const { connection, ledger, mark } = soak;
  const indexes = new Pool<{ readonly id: string; readonly description: string }>();
  const query = { source_directory_id: library.directoryId };

  return {
    steps: {
      async createIndex() {
        const description = mark('index');
        const creation = createIndex(connection, { ...query, description });
        const { id } = await ledger.make('index', description, creation);
        indexes.put({ id, description });
        return true;
      },
      getIndex: () =>
        indexes.lend(async ({ id, description }) => {
          const got = await lastValueFrom(getIndex(connection, id));
          demand(got.description === description, `${description} is ${got.description}`);
        }),
      syncIndex: () =>
        indexes.lend(async ({ id }) => {
          await lastValueFrom(syncIndex(connection, id));
        }),
      deleteIndex: () =>
        indexes.spend(async ({ id, description }) => {
          await ledger.remove('index', [description], deleteIndex(connection, id));
        }),
      async listIndexes() {
        const found = listIndexes(connection, { ...query, page_size: 2 }).pipe(
          filter(({ id }) => id === library.indexId),
          toArray(),
        );
        const { length } = await lastValueFrom(found);
        demand(length === 1, `the library was listed ${length} times`);
        return true;
      },
    },
    workflows: {
      watchIndex: () =>
        indexes.lend(async ({ id, description }) => {
          const { metadata } = await lastValueFrom(watchIndex(connection, id, watching));
          demand(metadata?.status === 'ready', `${description} is ${metadata?.status}`);
        }),
    },
    remains: async (rested) => ({
      index: await lastValueFrom(
        listIndexes(rested, query).pipe(
          filter(({ id }) => id !== library.indexId),
          map(({ description }) => description ?? ''),
          toArray(),
        ),
      ),
    }),
  };
}
