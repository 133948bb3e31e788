import { defer, endWith, ignoreElements, type Observable, tap } from 'rxjs';
import type { Connection } from '../../http/connection.ts';
import { listDirectoryFiles } from '../../sources/directoryFiles.ts';
import type { DirectoryFile } from '../../types/directoryFiles.ts';
import { asideId, DIGEST, SYNCED } from './uploadMetadata.ts';

/** A file of the directory, as far as an upload needs to know it. */
export interface PresentFile {
  readonly id: string;
  /** Its content's digest, if an upload of ours has noted it. */
  readonly sha256: string | undefined;
  /** Whether a sync has made it. */
  readonly synced: boolean;
}

/**
 * What a directory holds, by the id that each file has or is meant for. About 0.3 kB of memory a file, so that the
 * directory is asked once and not for each file.
 */
export class DirectoryContents {
  readonly #placed = new Map<string, PresentFile>();
  /** Uploaded to replace another one and not put in its place yet, or there twice. */
  readonly #aside = new Map<string, readonly PresentFile[]>();
  readonly #claimed = new Set<string>();
  readonly #spared: string[] = [];

  /** Takes note of a file of the directory. */
  add({ id, unique_id, metadata }: DirectoryFile): void {
    const digest = metadata?.[DIGEST];
    const sha256 = typeof digest === 'string' ? digest : undefined;
    const file = { id, sha256, synced: metadata?.[SYNCED] === true };
    const suffix = sha256 && asideId('', sha256);
    if (suffix && unique_id.endsWith(suffix)) {
      this.#putAside(unique_id.slice(0, -suffix.length), file);
    } else if (this.#placed.has(unique_id)) {
      // A server that does not see to it that ids are unique: one of the two is too many.
      this.#putAside(unique_id, file);
    } else {
      this.#placed.set(unique_id, file);
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

  /** Takes an id for an item; `false` when another item of this run has it. */
  claim(uniqueId: string): boolean {
    const free = !this.#claimed.has(uniqueId);
    this.#claimed.add(uniqueId);
    return free;
  }

  /** Keeps this id, and all in it if it is a folder's, out of {@link DirectoryContents.missing}. */
  spare(uniqueId: string): void {
    this.#spared.push(uniqueId);
  }

  /** The files of earlier syncs that no item has claimed, with the ids they have or were meant for. */
  *missing(): Generator<{ readonly uniqueId: string; readonly file: PresentFile }> {
    for (const [uniqueId, file] of this.#placed) {
      if (file.synced && this.#isMissing(uniqueId)) {
        yield { uniqueId, file };
      }
    }
    for (const [uniqueId, files] of this.#aside) {
      for (const file of files) {
        if (file.synced && this.#isMissing(uniqueId)) {
          yield { uniqueId, file };
        }
      }
    }
  }

  #isMissing(uniqueId: string): boolean {
    return (
      !this.#claimed.has(uniqueId) &&
      !this.#spared.some((spared) => uniqueId === spared || uniqueId.startsWith(`${spared}/`))
    );
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
