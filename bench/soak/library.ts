import { from, lastValueFrom, mergeMap, last, toArray } from 'rxjs';
import type { Connection } from '../../src/http/connection.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import { uploadDirectoryFile } from '../../src/sources/directoryFiles.ts';
import { createIndex, watchIndex } from '../../src/sources/indexes.ts';

/** Documents that stay, and their index. */
export interface Library {
  readonly directoryId: string;
  readonly indexId: string;
  /** How many documents there are. */
  readonly count: number;
}

const animals = ['herons', 'storks', 'otters', 'beavers', 'voles', 'newts'];

/** How often jobs are looked at. */
export const watching = { interval: { min: 50, max: 500 }, timeout: 120_000 };

/** Uploads the documents, and waits for their index. */
export async function openLibrary(connection: Connection): Promise<Library> {
  const directory = await lastValueFrom(createDirectory(connection, { name: 'library' }));
  const uploads = from(animals).pipe(
    mergeMap((animal) => {
      const text = `# About ${animal}\n\nIn spring the ${animal} live by the river. In winter they sleep.\n`;
      const upload_file = new File([text], `${animal}.md`);
      return uploadDirectoryFile(connection, directory.id, { upload_file }).pipe(last());
    }),
    toArray(),
  );
  await lastValueFrom(uploads);
  const index = await lastValueFrom(
    createIndex(connection, { source_directory_id: directory.id, description: 'library' }),
  );
  await lastValueFrom(watchIndex(connection, index.id, watching));
  return { directoryId: directory.id, indexId: index.id, count: animals.length };
}
