import { concatMap, filter, from, lastValueFrom, map, toArray } from 'rxjs';
import type * as operations from '../../src/sources/directories.ts';
import {
  createDirectory,
  deleteDirectory,
  getDirectory,
  listDirectories,
  updateDirectory,
} from '../../src/sources/directories.ts';
import { demand, done, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** Directories that stay: `kept 0` and so on. */
const keptCount = 12;

/** Directories, each with a name of its own. */
export async function directoriesPart(soak: Soak): Promise<PartOf<typeof operations>> {
  const { connection, ledger, mark } = soak;
  const directories = new Pool<{ readonly id: string; readonly name: string; version: number }>();
  const names = Array.from({ length: keptCount }, (_, n) => `kept ${n}`);
  await done(from(names).pipe(concatMap((name) => createDirectory(connection, { name }))));

  return {
    steps: {
      async createDirectory() {
        const name = mark('directory');
        const creation = createDirectory(connection, { name, description: 'version 0' });
        const { id } = await ledger.make('directory', name, creation);
        directories.put({ id, name, version: 0 });
        return true;
      },
      getDirectory: () =>
        directories.lend(async ({ id, name, version }) => {
          const got = await lastValueFrom(getDirectory(connection, id));
          demand(got.name === name, `${name} has become ${got.name}`);
          demand(got.description === `version ${version}`, `${name} is not as it was written`);
        }),
      updateDirectory: () =>
        directories.lend(async (directory) => {
          const version = directory.version + 1;
          const body = { description: `version ${version}` };
          await lastValueFrom(updateDirectory(connection, directory.id, body));
          directory.version = version;
        }),
      deleteDirectory: () =>
        directories.spend(async ({ id, name }) => {
          await ledger.remove('directory', [name], deleteDirectory(connection, id));
        }),
      async listDirectories() {
        // Others come and go meanwhile; those that stay must all be there, once.
        const found = listDirectories(connection, { page_size: 5 }).pipe(
          filter(({ name }) => name.startsWith('kept ')),
          toArray(),
        );
        const { length } = await lastValueFrom(found);
        demand(length === keptCount, `${length} of ${keptCount} directories were listed`);
        return true;
      },
    },
    workflows: {},
    remains: async (rested) => ({
      directory: await lastValueFrom(
        listDirectories(rested).pipe(
          map(({ name }) => name),
          filter((name) => name.startsWith('directory ')),
          toArray(),
        ),
      ),
    }),
  };
}
