import {
  catchError,
  concat,
  concatMap,
  defer,
  ignoreElements,
  map,
  type Observable,
  of,
  tap,
} from 'rxjs';
import { FileError } from '../../errors.ts';
import type { Connection } from '../../http/connection.ts';
import { deleteDirectoryFiles, updateDirectoryFile } from '../../sources/directoryFiles.ts';
import type { DirectoryFile, FileMetadata } from '../../types/directoryFiles.ts';
import type { FanOutUploadEvent, ThrottledEvent } from '../fanOutUploadEvent.ts';
import type { NamedContent, UploadItem } from '../uploadItem.ts';
import { type ContentDigest, contentDigest } from './contentDigest.ts';
import type { DirectoryContents, MissingFile, PresentFile } from './directoryContents.ts';
import type { RequestGate } from './requestGate.ts';
import { sendContent } from './sendContent.ts';
import { asideId, REPLACES, uniqueIdOf, uploadMetadata } from './uploadMetadata.ts';

/** Where the items of one run go, and how. */
export interface StoreConfig<T> {
  readonly connection: Connection;
  readonly directoryId: string;
  readonly contents: DirectoryContents;
  readonly gate: RequestGate;
  readonly metadata: ((item: T) => FileMetadata | undefined) | undefined;
  /** Whether a later sync may remove what is uploaded. */
  readonly synced: boolean;
  /** Emits those of the files that are gone from where the items come from. Asked for what may have been renamed. */
  readonly absent?:
    | ((
        files: readonly MissingFile[],
        contents: DirectoryContents,
      ) => Observable<readonly MissingFile[] | undefined>)
    | undefined;
  /** Whether nothing is sent but questions, and what would be uploaded is told instead. */
  readonly dryRun?: boolean | undefined;
  /** What was read of files in earlier passes, by path: used and kept up to date. */
  readonly digests?: Pick<Map<string, ContentDigest>, 'get' | 'set'> | undefined;
}

/**
 * Brings one item into the directory unless it is there: emits what happens, the outcome last. What goes wrong is an
 * event, too.
 *
 * A new version is uploaded beside the old one, with metadata that name the id it is meant for; then the old one is deleted
 * and the new one gets its id. Wherever that is cut off, the next run finds the new version and goes on from there. It
 * inherits the user's metadata; those that the item brings along come first.
 */
export function storeItem<T extends UploadItem>(
  item: T,
  config: StoreConfig<T>,
): Observable<FanOutUploadEvent<T>> {
  const { connection, directoryId, contents, gate, digests } = config;

  return concat(
    of({ type: 'queued', item } as const),
    defer(() => begin(item)),
  ).pipe(
    catchError((error: unknown) => concat(gate.held, of({ type: 'failed', item, error } as const))),
  );

  function begin(entry: UploadItem): Observable<FanOutUploadEvent<T>> {
    const { relativePath } = entry;
    if ('source' in entry) {
      return read(relativePath, entry.source);
    }
    switch (entry.type) {
      case 'file':
        return read(relativePath, entry.path);
      case 'skipped':
        // It is there, and so may be all that a link leads to.
        contents.spare(uniqueIdOf(relativePath));
        return of({ type: 'skipped', item, reason: entry.reason });
      case 'unreadable':
        contents.spare(uniqueIdOf(relativePath));
        throw entry.error;
    }
  }

  function read(
    relativePath: string,
    source: NamedContent['source'],
  ): Observable<FanOutUploadEvent<T>> {
    const uniqueId = uniqueIdOf(relativePath);
    if (!contents.claim(uniqueId)) {
      throw new FileError(
        `${JSON.stringify(relativePath)} was not uploaded: an item before it has the same unique_id, ` +
          `${JSON.stringify(uniqueId)}; names that differ only in how accents are written are one`,
        { kind: 'duplicate', path: relativePath },
      );
    }
    const known = typeof source === 'string' ? digests?.get(source) : undefined;
    return contentDigest(source, known).pipe(
      tap((digest) => {
        if (typeof source === 'string') {
          digests?.set(source, digest);
        }
      }),
      concatMap((digest) => settle(uniqueId, relativePath, source, digest)),
    );
  }

  function settle(
    uniqueId: string,
    relativePath: string,
    source: NamedContent['source'],
    digest: ContentDigest,
  ): Observable<FanOutUploadEvent<T>> {
    const { sha256 } = digest;
    const placed = contents.placed(uniqueId);
    const aside = contents.aside(uniqueId);
    if (placed?.sha256 === sha256) {
      return concat(remove(aside), of({ type: 'skipped', item, reason: 'unchanged' } as const));
    }
    const replaced = placed !== undefined;
    if (config.dryRun) {
      return of({ type: 'wouldUpload', item, replaced });
    }
    const ready = aside.find((file) => file.sha256 === sha256);
    const stale = aside.filter((file) => file !== ready);
    const old = placed ? [placed, ...stale] : stale;
    const own = { ...ready?.own, ...placed?.own, ...config.metadata?.(item) };
    const put = (id: string): Observable<FanOutUploadEvent<T>> =>
      concat(
        remove(old),
        gate
          .pass(
            updateDirectoryFile(connection, directoryId, id, {
              unique_id: uniqueId,
              // All of it, so that what the file was marked with on its way is gone.
              metadata: uploadMetadata(own, digest, config.synced),
            }),
          )
          .pipe(map((event) => ('type' in event ? event : uploaded(event)))),
      );
    const uploaded = (file: DirectoryFile): FanOutUploadEvent<T> => ({
      type: 'uploaded',
      item,
      file,
      replaced,
    });

    if (ready) {
      return put(ready.id);
    }
    const send = (inherited?: FileMetadata): Observable<FanOutUploadEvent<T>> => {
      const metadata = uploadMetadata({ ...inherited, ...own }, digest, config.synced);
      const body = {
        upload_file: source,
        unique_id: replaced ? asideId(uniqueId) : uniqueId,
        display_name: relativePath,
        metadata: replaced ? { ...metadata, [REPLACES]: uniqueId } : metadata,
      };
      const sent = concat(
        of({ type: 'started', item } as const),
        sendContent(connection, directoryId, body, digest).pipe(
          map((event) => (event.type === 'progress' ? { ...event, item } : event)),
        ),
      );
      return gate.pass(sent).pipe(
        concatMap((event) => {
          if (event.type !== 'uploaded') {
            return of(event);
          }
          return replaced ? put(event.file.id) : concat(remove(old), of(uploaded(event.file)));
        }),
      );
    };
    // Under another name before, perhaps: what users have said of it goes with it.
    const before = replaced ? [] : contents.described(sha256);
    return before.length > 0 && config.absent
      ? config.absent(before, contents).pipe(concatMap((gone) => send(gone?.[0]?.file.own)))
      : send();
  }

  function remove(files: readonly PresentFile[]): Observable<ThrottledEvent> {
    if (files.length === 0 || config.dryRun) {
      return of();
    }
    const directory_file_ids = files.map(({ id }) => id);
    return gate.pass(
      deleteDirectoryFiles(connection, directoryId, { directory_file_ids }).pipe(ignoreElements()),
    );
  }
}
