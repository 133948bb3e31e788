import { hash } from 'node:crypto';
import { concat, concatMap, defer, type Observable } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { listDirectoryFiles } from '../sources/directoryFiles.ts';
import type { DirectoryFile, ListDirectoryFilesQuery } from '../types/directoryFiles.ts';
import { toJson } from '../types/toJson.ts';
import { type LookConfig, watchChanges } from './watchChanges.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How {@link watchDirectory} watches. */
export interface WatchDirectoryConfig extends LookConfig {
  /** Emits what is there already as `added`, ahead of `ready`. @defaultValue `true` */
  readonly initial?: boolean | undefined;
}

/** Which files of the directory {@link watchDirectory} watches. */
export type WatchDirectoryQuery = Omit<
  ListDirectoryFilesQuery,
  'page_token' | 'expand' | 'include_deleted'
>;

/** What is known of a file that is gone. */
export type RemovedFile = Pick<DirectoryFile, 'id' | 'unique_id' | 'display_name'>;

/** What {@link watchDirectory} emits: files that came, changed or went, and once that all there were are told. */
export type DirectoryChange =
  | { readonly type: 'added'; readonly file: DirectoryFile }
  | { readonly type: 'changed'; readonly file: DirectoryFile }
  | { readonly type: 'removed'; readonly file: RemovedFile }
  | { readonly type: 'ready' };

/** What is kept of a file from one listing to the next. */
interface Known extends RemovedFile {
  readonly digest: string;
  /** The last listing that had it. */
  readonly listing: number;
}

/**
 * Emits every file of a directory, then `ready`, then every file that is added, changed or removed, for as long as it is
 * subscribed to.
 *
 * ```text
 * listed:  (ab)|      (bc)|      (b'c)|
 * result:  (abr)------(ca')------b'        r: ready, a': a is removed
 * ```
 *
 * The whole directory is listed each time and compared with the time before, since that is the one sure way to see
 * what is gone: a request for each page of files (`page_size` in `query`). What comes and goes between two listings is
 * not seen. A file is known by its `unique_id`: one that is replaced by another under the same has changed, and so has
 * one whose name or metadata are new. Kept in memory are ids, name and a digest of each file.
 *
 * A listing that fails in a way that passes by itself is begun again for as long as `patience` lasts, and nothing is
 * emitted twice for it; other failures are errors.
 *
 * Asks `GET /api/v1/beta/directories/{directory_id}/files`
 *
 * @throws RangeError when called with an interval or a patience that cannot be meant.
 */
export function watchDirectory(
  connection: Connection,
  directoryId: string,
  config: WatchDirectoryConfig = {},
  query: WatchDirectoryQuery = {},
): Observable<DirectoryChange> {
  checkKind('watchDirectory: config', config, 'object');
  checkKind('watchDirectory: query', query, 'object');
  // Refuses now what it would refuse when it is subscribed to; nothing is sent.
  void listDirectoryFiles(connection, directoryId, query);
  const { initial = true } = config;
  return watchChanges(
    'watchDirectory',
    () => {
      // What has been told, by listings that were cut off as well.
      const known = new Map<string, Known>();
      let listing = 0;
      let isReady = false;

      const compare = (file: DirectoryFile): DirectoryChange[] => {
        const { id, unique_id, display_name } = file;
        const digest = digestOf(file);
        const old = known.get(unique_id);
        known.set(unique_id, { id, unique_id, display_name, digest, listing });
        return old?.digest === digest || !(isReady || initial)
          ? []
          : [{ type: old ? 'changed' : 'added', file }];
      };
      const conclude = (): DirectoryChange[] => {
        const gone = [...known.values()].filter((file) => file.listing < listing);
        gone.forEach(({ unique_id }) => known.delete(unique_id));
        const removed = gone.map(({ id, unique_id, display_name }): DirectoryChange => {
          return { type: 'removed', file: { id, unique_id, display_name } };
        });
        if (isReady) {
          return removed;
        }
        isReady = true;
        return [...(initial ? removed : []), { type: 'ready' }];
      };
      return defer(() => {
        listing += 1;
        return concat(
          listDirectoryFiles(connection, directoryId, query).pipe(concatMap(compare)),
          defer(conclude),
        );
      });
    },
    config,
  ).pipe(endAtClose(connection, 'GET /api/v1/beta/directories/{directory_id}/files'));
}

function digestOf(file: DirectoryFile): string {
  // A link for fetching it would be a new one each time.
  return hash('sha256', toJson({ ...file, download_url: undefined }), 'base64');
}
