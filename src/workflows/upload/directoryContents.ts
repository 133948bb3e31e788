import { defer, endWith, ignoreElements, type Observable, tap } from 'rxjs';
import type { Connection } from '../../http/connection.ts';
import { listDirectoryFiles } from '../../sources/directoryFiles.ts';
import type { DirectoryFile, FileMetadata } from '../../types/directoryFiles.ts';
import { DIGEST, ownMetadata, REPLACES, SYNCED } from './uploadMetadata.ts';

/** A file of the directory, as far as an upload needs to know it. */
export interface PresentFile {
  readonly id: string;
  /** Its content's digest, if an upload of ours has noted it. */
  readonly sha256: string | undefined;
  /** Whether a sync has made it. */
  readonly synced: boolean;
  /** Its name, where that is another one than its `unique_id`: the path as it is on disk. */
  readonly name: string | undefined;
  /** The user's metadata, if there is any. */
  readonly own: FileMetadata | undefined;
}

/** A file of an earlier sync that no item has claimed. */
export interface MissingFile {
  /** The id that it has or was meant for. */
  readonly uniqueId: string;
  readonly file: PresentFile;
}

/**
 * What a directory holds, by the id that each file has or is meant for. About 0.3 kB of memory a file beside the users'
 * metadata, so that the directory is asked once and not for each file.
 */
export class DirectoryContents {
  readonly #placed = new Map<string, PresentFile>();
  /** Uploaded to replace another one and not put in its place yet, or there twice. */
  readonly #aside = new Map<string, readonly PresentFile[]>();
  /** Files of earlier syncs with metadata of the user's, by their digest. */
  readonly #described = new Map<string, readonly MissingFile[]>();
  readonly #claimed = new Set<string>();
  readonly #spared = new Set<string>();

  /** Takes note of a file of the directory. */
  add({ id, unique_id, display_name, metadata }: DirectoryFile): void {
    const digest = metadata?.[DIGEST];
    const aim = metadata?.[REPLACES];
    const file = {
      id,
      sha256: typeof digest === 'string' ? digest : undefined,
      synced: metadata?.[SYNCED] === true,
      name: display_name === unique_id ? undefined : display_name,
      own: ownMetadata(metadata),
    };
    if (typeof aim === 'string' && aim !== unique_id) {
      this.#putAside(aim, file);
    } else if (this.#placed.has(unique_id)) {
      // A server that does not see to it that ids are unique: one of the two is too many.
      this.#putAside(unique_id, file);
    } else {
      this.#placed.set(unique_id, file);
      if (file.synced && file.own && file.sha256 !== undefined) {
        const others = this.#described.get(file.sha256) ?? [];
        this.#described.set(file.sha256, [...others, { uniqueId: unique_id, file }]);
      }
    }
  }

  #putAside(uniqueId: string, file: PresentFile): void {
    this.#aside.set(uniqueId, [...this.aside(uniqueId), file]);
  }

  /** The file with this `unique_id`. */
  placed(uniqueId: string): PresentFile | undefined {
    return this.#placed.get(uniqueId);
  }

  /** What a run that was stopped has left beside it, to be put in its place or to be removed. */
  aside(uniqueId: string): readonly PresentFile[] {
    return this.#aside.get(uniqueId) ?? [];
  }

  /** Files of earlier syncs with this content and with metadata of the user's that no item has claimed so far. */
  described(sha256: string): readonly MissingFile[] {
    const files = this.#described.get(sha256) ?? [];
    return files.filter(({ uniqueId }) => !this.#claimed.has(uniqueId));
  }

  /** Takes an id for an item; `false` when another item of this run has it. */
  claim(uniqueId: string): boolean {
    const free = !this.#claimed.has(uniqueId);
    this.#claimed.add(uniqueId);
    return free;
  }

  /** Whether an item of this run has the id. */
  isClaimed(uniqueId: string): boolean {
    return this.#claimed.has(uniqueId);
  }

  /** So many ids were claimed. */
  get claimed(): number {
    return this.#claimed.size;
  }

  /** Keeps this id, and all in it if it is a folder's, out of {@link DirectoryContents.missing}. */
  spare(uniqueId: string): void {
    this.#spared.add(uniqueId);
  }

  /** The ids of all files of syncs, and of all that items have claimed. */
  mirrored(): ReadonlySet<string> {
    const ids = new Set(this.#claimed);
    for (const { uniqueId } of this.#synced()) {
      ids.add(uniqueId);
    }
    return ids;
  }

  /** The files of earlier syncs that no item has claimed, with the ids they have or were meant for. */
  *missing(): Generator<MissingFile> {
    for (const missing of this.#synced()) {
      if (!this.#claimed.has(missing.uniqueId) && !this.#isSpared(missing.uniqueId)) {
        yield missing;
      }
    }
  }

  *#synced(): Generator<MissingFile> {
    for (const [uniqueId, file] of this.#placed) {
      if (file.synced) {
        yield { uniqueId, file };
      }
    }
    for (const [uniqueId, files] of this.#aside) {
      for (const file of files) {
        if (file.synced) {
          yield { uniqueId, file };
        }
      }
    }
  }

  #isSpared(uniqueId: string): boolean {
    for (let end = uniqueId.length; end > 0; end = uniqueId.lastIndexOf('/', end - 1)) {
      if (this.#spared.has(uniqueId.slice(0, end))) {
        return true;
      }
    }
    return false;
  }
}

/** Emits what the directory holds, then completes. */
export function directoryContents(
  connection: Connection,
  directoryId: string,
): Observable<DirectoryContents> {
  return defer(() => {
    const contents = new DirectoryContents();
    return listDirectoryFiles(connection, directoryId, { page_size: 1_000 }).pipe(
      tap((file) => contents.add(file)),
      ignoreElements(),
      endWith(contents),
    );
  });
}
