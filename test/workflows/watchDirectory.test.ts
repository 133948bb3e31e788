import { concatMap, firstValueFrom, last, lastValueFrom, take, toArray } from 'rxjs';
import { startLocalCloud } from 'rx-llamacloud-local';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '../../src/http/connection.ts';
import { createDirectory } from '../../src/sources/directories.ts';
import {
  deleteDirectoryFile,
  updateDirectoryFile,
  uploadDirectoryFile,
} from '../../src/sources/directoryFiles.ts';
import type { DirectoryFile } from '../../src/types/directoryFiles.ts';
import {
  type DirectoryChange,
  watchDirectory,
  type WatchDirectoryConfig,
  type WatchDirectoryQuery,
} from '../../src/workflows/watchDirectory.ts';
import { connectTo } from '../support/operation.ts';
import { json, startServer } from '../support/server.ts';

const interval = { min: 5, max: 5 };

describe('against the embedded cloud', () => {
  it('emits what is there, then what is added, changed and removed', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const directory = await lastValueFrom(createDirectory(connection, { name: 'watched' }));
    const put = (name: string) => upload(connection, directory.id, name);
    const [first, second] = [await put('a.md'), await put('b.md')];
    await put('c.md');

    // What is done once so many changes are seen, pages of two files each.
    const steps = new Map<number, () => Promise<unknown>>([
      [4, () => put('d.md')],
      [5, () => lastValueFrom(updateFile(connection, second, { display_name: 'B.md' }))],
      [6, () => lastValueFrom(deleteDirectoryFile(connection, directory.id, first.id))],
      [7, () => put('a.md')],
    ]);
    let seen = 0;
    const changes = watchDirectory(connection, directory.id, { interval }, { page_size: 2 }).pipe(
      concatMap(async (change) => {
        seen += 1;
        await steps.get(seen)?.();
        return told(change);
      }),
      take(8),
      toArray(),
    );
    expect(await lastValueFrom(changes)).toEqual([
      'added a.md',
      'added b.md',
      'added c.md',
      'ready',
      'added d.md',
      'changed B.md',
      'removed a.md',
      'added a.md',
    ]);
  });

  it('sees a file that is replaced under the same unique_id as changed', async () => {
    await using cloud = await startLocalCloud();
    const connection = connect({ baseUrl: cloud.url, token: cloud.token });
    const directory = await lastValueFrom(createDirectory(connection, { name: 'watched' }));
    const old = await upload(connection, directory.id, 'a.md');
    let listed = 0;
    await using between = await startServer(async (request, response) => {
      listed += 1;
      if (listed === 2) {
        await lastValueFrom(deleteDirectoryFile(connection, directory.id, old.id));
        await upload(connection, directory.id, 'a.md');
      }
      const answer = await fetch(`${cloud.url}${request.url}`, {
        headers: { authorization: `Bearer ${cloud.token}` },
      });
      json(response, await answer.json());
    });
    const changes = watchDirectory(connectTo(between.url), directory.id, {
      interval,
      initial: false,
    });
    const [ready, changed] = await lastValueFrom(changes.pipe(take(2), toArray()));
    expect(ready).toEqual({ type: 'ready' });
    expect(changed).toMatchObject({ type: 'changed', file: { unique_id: 'a.md' } });
    expect(changed).not.toMatchObject({ file: { id: old.id } });
  });
});

describe('against a service whose listings are scripted', () => {
  const a = file('a');
  const b = file('b');

  it('keeps still as long as nothing changes, and about links that are always new', async () => {
    const linked = (n: number): DirectoryFile => ({
      ...a,
      download_url: { url: `https://files.example/${n}`, expires_at: '2026-01-01T00:00:00Z' },
    });
    expect(await watchListings([[linked(1)], [linked(2)], [linked(3)], [linked(4), b]], 3)).toEqual(
      ['added a', 'ready', 'added b'],
    );
  });

  it('says nothing of what is there when told so, but of what becomes of it', async () => {
    const changed = { ...a, updated_at: '2026-01-02T00:00:00Z' };
    const listings = [[a, b], [changed], [changed, b]];
    expect(await watchListings(listings, 4, { initial: false })).toEqual([
      'ready',
      'changed a',
      'removed b',
      'added b',
    ]);
  });

  it.each([true, false])(
    'tells nothing twice when a listing breaks off, with what is there at first: %s',
    async (initial) => {
      // A page and a failure; then the same with a file gone, one changed and one new.
      const answers = [[a, b], 503, [a, b], [], 503, [{ ...a, updated_at: 'x' }], [file('c')], []];
      let asked = 0;
      await using server = await startServer((_, response) => {
        const answer = answers[Math.min(asked, answers.length - 1)];
        asked += 1;
        if (typeof answer === 'number') {
          json(response, {}, answer);
        } else {
          json(response, { items: answer, next_page_token: asked < 8 ? `p${asked}` : null });
        }
      });
      const changes = watchDirectory(connectTo(server.url), 'd', { interval, initial });
      const seen = await lastValueFrom(changes.pipe(take(initial ? 6 : 2), toArray()));
      expect(seen.map(told)).toEqual(
        initial
          ? ['added a', 'added b', 'changed a', 'added c', 'removed b', 'ready']
          : ['ready', 'removed a'],
      );
    },
  );

  it('takes a file that is on two pages for one', async () => {
    expect(
      await watchListings(
        [
          [a, a, b],
          [a, b, b],
        ],
        3,
      ),
    ).toEqual(['added a', 'added b', 'ready']);
  });

  it('starts anew for each subscription', async () => {
    await using service = await startServer((_, response) => json(response, page([a])));
    const changes = watchDirectory(connectTo(service.url), 'dir-1').pipe(take(2), toArray());
    expect(await lastValueFrom(changes)).toEqual(await lastValueFrom(changes));
  });

  it('asks for the files that are wanted', async () => {
    await using service = await startServer((_, response) => json(response, page([])));
    const query: WatchDirectoryQuery = { display_name_contains: '.pdf', page_size: 500 };
    await firstValueFrom(watchDirectory(connectTo(service.url), 'dir-1', {}, query));
    expect(service.requests[0]?.url).toMatch(/\?display_name_contains=.pdf&page_size=500$/);
  });

  it('passes on the error of a listing', async () => {
    await using service = await startServer((_, response) => json(response, {}, 404));
    const changes = watchDirectory(connectTo(service.url), 'dir-1');
    await expect(firstValueFrom(changes)).rejects.toMatchObject({ status: 404 });
  });
});

it('refuses an interval that cannot be meant when called', () => {
  const connection = connectTo('http://127.0.0.1:1');
  expect(() => watchDirectory(connection, 'dir-1', { interval: { min: 0 } })).toThrow(RangeError);
});

/** The first changes that come of these listings, the last of which stays. */
async function watchListings(
  listings: readonly (readonly DirectoryFile[])[],
  count: number,
  config: WatchDirectoryConfig = {},
): Promise<string[]> {
  let at = 0;
  await using service = await startServer((_, response) => {
    json(response, page(listings[Math.min(at++, listings.length - 1)] ?? []));
  });
  const changes = watchDirectory(connectTo(service.url), 'dir-1', { interval, ...config });
  return (await lastValueFrom(changes.pipe(take(count), toArray()))).map(told);
}

function told(change: DirectoryChange): string {
  return change.type === 'ready' ? 'ready' : `${change.type} ${change.file.display_name}`;
}

function page(items: readonly DirectoryFile[]): object {
  return { items, next_page_token: null };
}

function file(name: string): DirectoryFile {
  return {
    id: `dfl-${name}`,
    project_id: 'prj-1',
    directory_id: 'dir-1',
    unique_id: name,
    display_name: name,
    updated_at: '2026-01-01T00:00:00Z',
  };
}

async function upload(connection: Connection, directoryId: string, name: string) {
  const uploaded = await lastValueFrom(
    uploadDirectoryFile(connection, directoryId, {
      upload_file: new File([name], name),
      unique_id: name,
    }).pipe(last()),
  );
  if (uploaded.type !== 'uploaded') {
    throw new Error('not uploaded');
  }
  return uploaded.file;
}

function updateFile(
  connection: Connection,
  { directory_id, id }: DirectoryFile,
  change: { readonly display_name: string },
) {
  return updateDirectoryFile(connection, directory_id, id, change);
}
