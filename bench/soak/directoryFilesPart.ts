import { last, lastValueFrom, map, toArray } from 'rxjs';
import { createDirectory } from '../../src/sources/directories.ts';
import type * as operations from '../../src/sources/directoryFiles.ts';
import {
  createDirectoryFile,
  deleteDirectoryFile,
  deleteDirectoryFiles,
  getDirectoryFile,
  listDirectoryFiles,
  updateDirectoryFile,
  uploadDirectoryFile,
} from '../../src/sources/directoryFiles.ts';
import { downloadPresignedUrl } from '../../src/sources/presignedUrls.ts';
import type { DirectoryFile } from '../../src/types/directoryFiles.ts';
import { fanOutUpload } from '../../src/workflows/fanOutUpload.ts';
import { demand, done, passOn, type PartOf, type Soak } from './part.ts';
import { Pool } from './pool.ts';

/** A file of the directory, and what was uploaded. */
interface Stored {
  readonly file: DirectoryFile;
  readonly text: string;
}

const stillCount = 30;

/** Files, each with a `unique_id` of its own, and what is in them. */
export async function directoryFilesPart(soak: Soak): Promise<PartOf<typeof operations>> {
  const { connection, ledger, mark } = soak;
  const { id: shelf } = await lastValueFrom(createDirectory(connection, { name: 'shelf' }));
  const { id: still } = await lastValueFrom(createDirectory(connection, { name: 'still files' }));
  const files = new Pool<Stored>();
  let uploads = 0;

  const named = (names: readonly string[]): { relativePath: string; source: Uint8Array }[] =>
    names.map((name) => ({ relativePath: name, source: new TextEncoder().encode(textOf(name)) }));
  const stillNames = Array.from({ length: stillCount }, (_, n) => `still ${n}.md`);
  await done(fanOutUpload(connection, still, named(stillNames)));

  return {
    steps: {
      async uploadDirectoryFile() {
        const name = `${mark('file')}.md`;
        const text = textOf(name);
        uploads += 1;
        // Every third one has no name that it could be looked up by when its fate is unknown.
        const upload = uploadDirectoryFile(connection, shelf, {
          upload_file: new File([text], name),
          unique_id: uploads % 3 === 0 ? undefined : name,
        }).pipe(last());
        const event = await ledger.make('file', name, upload);
        demand(event.type === 'uploaded', `the upload of ${name} ended with ${event.type}`);
        files.put({ file: event.file, text });
        return true;
      },
      createDirectoryFile: () =>
        files.lend(async ({ file, text }) => {
          const unique_id = `${mark('file')}.md`;
          const body = { file_id: file.file_id ?? '', unique_id };
          const creation = createDirectoryFile(connection, shelf, body);
          files.put({ file: await ledger.make('file', unique_id, creation), text });
        }),
      getDirectoryFile: () =>
        files.lend(async ({ file }) => {
          const got = await lastValueFrom(getDirectoryFile(connection, shelf, file.id));
          demand(got.unique_id === file.unique_id, `${file.id} has become ${got.unique_id}`);
        }),
      updateDirectoryFile: () =>
        files.lend(async ({ file }) => {
          const body = { metadata: { seen: file.unique_id } };
          const update = updateDirectoryFile(connection, shelf, file.id, body);
          const { metadata } = await lastValueFrom(update);
          demand(metadata?.seen === file.unique_id, `${file.id} is not as it was written`);
        }),
      deleteDirectoryFile: () =>
        files.spend(async ({ file }) => {
          const removal = deleteDirectoryFile(connection, shelf, file.id);
          await ledger.remove('file', [file.unique_id], removal);
        }),
      deleteDirectoryFiles: () =>
        files.spendMany(3, async (some) => {
          const directory_file_ids = some.map(({ file }) => file.id);
          const removal = deleteDirectoryFiles(connection, shelf, { directory_file_ids });
          await ledger.remove(
            'file',
            some.map(({ file }) => file.unique_id),
            removal,
          );
        }),
      async listDirectoryFiles() {
        const found = listDirectoryFiles(connection, still, { page_size: 7 }).pipe(toArray());
        const ids = new Set((await lastValueFrom(found)).map(({ unique_id }) => unique_id));
        demand(
          ids.size === stillCount && stillNames.every((name) => ids.has(name)),
          `${ids.size} of ${stillCount} files were listed`,
        );
        return true;
      },
    },
    workflows: {
      downloadPresignedUrl: () =>
        files.lend(async ({ file, text }) => {
          const expanded = getDirectoryFile(connection, shelf, file.id, {
            expand: ['download_url'],
          });
          const { download_url } = await lastValueFrom(expanded);
          demand(download_url != null, `${file.id} has no link`);
          const pieces = downloadPresignedUrl(connection, download_url).pipe(toArray());
          const content = Buffer.concat(await lastValueFrom(pieces)).toString('utf8');
          demand(content === text, `${file.unique_id} has another content than was uploaded`);
        }),
      async fanOutUpload() {
        const names = Array.from({ length: 4 }, () => `${mark('file')}.md`);
        ledger.doubt('file', names);
        const failures: unknown[] = [];
        const events = fanOutUpload(connection, shelf, named(names)).pipe(toArray());
        for (const event of await lastValueFrom(events)) {
          if (event.type === 'failed') {
            failures.push(event.error);
          } else if (event.type === 'uploaded') {
            const { file } = event;
            ledger.keep('file', [file.unique_id]);
            files.put({ file, text: textOf(file.unique_id) });
          }
        }
        passOn(failures);
        return true;
      },
    },
    remains: async (rested) => ({
      file: await lastValueFrom(
        listDirectoryFiles(rested, shelf).pipe(
          map(({ unique_id }) => unique_id),
          toArray(),
        ),
      ),
    }),
  };
}

/** More than one packet holds, so that there are places where an answer can break. */
function textOf(name: string): string {
  return `# ${name}\n\n${`Herons stand in the river of ${name}. `.repeat(60)}\n`;
}
