import type { FileError } from '../errors.ts';
import type { FolderEntry } from '../folders/walkFolder.ts';
import type { FanOutUploadEvent } from './fanOutUploadEvent.ts';

/** A file was removed from the directory, as it is gone from the folder. */
export interface RemovedEvent {
  readonly type: 'removed';
  readonly uniqueId: string;
  /** The directory file's id. */
  readonly id: string;
}

/** Without `dryRun`, this file would be removed from the directory. */
export interface WouldRemoveEvent {
  readonly type: 'wouldRemove';
  readonly uniqueId: string;
  /** The directory file's id. */
  readonly id: string;
}

/** Files could not be removed. The next pass tries again. */
export interface RemovalFailedEvent {
  readonly type: 'removalFailed';
  readonly uniqueIds: readonly string[];
  readonly error: unknown;
}

/** Files that were not found in the folder were left in the directory. The next pass looks again. */
export interface RemovalHeldEvent {
  readonly type: 'removalHeld';
  /**
   * Something failed in this pass (`failures`), the folder's path leads to another folder by now (`replaced`), there is no
   * file in the folder at all (`empty`: see the option `deleteAll`), or these are too many at once (`maxDelete`: see the
   * option of that name).
   */
  readonly reason: 'failures' | 'replaced' | 'empty' | 'maxDelete';
  readonly uniqueIds: readonly string[];
  /** The reason in words, with figures and what to do. */
  readonly message: string;
}

/** The folder cannot be read now, so that there was nothing to compare. The next change makes another pass. */
export interface PassFailedEvent {
  readonly type: 'passFailed';
  /** 2 or more: where the folder cannot be read in the beginning, the sync fails. */
  readonly pass: number;
  readonly error: FileError;
}

/** A pass is over: but for what failed or was held back in it, the directory is like the folder. */
export interface SyncedEvent {
  readonly type: 'synced';
  /** 1 for the first one. */
  readonly pass: number;
}

/** What becomes of files that are missing in the folder; told apart by `type`. */
export type RemovalEvent = RemovedEvent | WouldRemoveEvent | RemovalFailedEvent | RemovalHeldEvent;

/** What `syncFolder` emits; told apart by `type`. A `summary` holds the totals of its pass. */
export type SyncFolderEvent =
  FanOutUploadEvent<FolderEntry> | RemovalEvent | PassFailedEvent | SyncedEvent;
