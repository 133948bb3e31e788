import { lastValueFrom, map } from 'rxjs';
import type * as operations from '../../src/sources/retrieval.ts';
import { grepFile, readFile, retrieve, searchFiles } from '../../src/sources/retrieval.ts';
import { expandContext } from '../../src/workflows/expandContext.ts';
import type { Library } from './library.ts';
import { demand, type PartOf, type Soak } from './part.ts';

/** Searches in the library, whose answers are known. */
export async function retrievalPart(
  { connection }: Soak,
  { indexId: index_id, count }: Library,
): Promise<PartOf<typeof operations>> {
  const query = 'Where do herons live in spring?';
  const [herons] = (
    await lastValueFrom(searchFiles(connection, { index_id, file_name: 'herons.md' }))
  ).files;
  demand(herons !== undefined, 'the library has nothing about herons');
  const { file_id } = herons;

  return {
    steps: {
      async retrieve() {
        const { results } = await lastValueFrom(retrieve(connection, { index_id, query }));
        demand(results[0]?.content.includes('herons') === true, 'herons are not found');
        return true;
      },
      async searchFiles() {
        const { files } = await lastValueFrom(searchFiles(connection, { index_id }));
        demand(files.length === count, `${files.length} of ${count} files were found`);
        return true;
      },
      async grepFile() {
        const body = { index_id, file_id, pattern: 'herons' };
        const { matches } = await lastValueFrom(grepFile(connection, body));
        demand(matches.length === 2, `herons are named ${matches.length} times`);
        return true;
      },
      async readFile() {
        const { content } = await lastValueFrom(readFile(connection, { index_id, file_id }));
        demand(content.includes('In winter they sleep.'), 'the end of the file is missing');
        return true;
      },
    },
    workflows: {
      async expandContext() {
        const expanded = retrieve(connection, { index_id, query, top_k: 2 }).pipe(
          map(({ results }) => results),
          expandContext(connection, { indexId: index_id }),
        );
        const [first] = await lastValueFrom(expanded);
        demand(first !== undefined, 'herons have no surroundings');
        return true;
      },
    },
    remains: () => Promise.resolve({}),
  };
}
