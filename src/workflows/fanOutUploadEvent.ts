import type { SkippedEntry } from '../folders/walkFolder.ts';
import type { DirectoryFile } from '../types/directoryFiles.ts';

/** An item was taken from the source. */
export interface QueuedEvent<T> {
  readonly type: 'queued';
  readonly item: T;
}

/** An item's content begins to be sent. */
export interface StartedEvent<T> {
  readonly type: 'started';
  readonly item: T;
}

/** More of an item's content was sent. */
export interface ItemProgressEvent<T> {
  readonly type: 'progress';
  readonly item: T;
  /** Bytes handed to the network so far. Starts again from 0 when the upload is sent again. */
  readonly loaded: number;
  /** The content's size in bytes. */
  readonly total: number | undefined;
}

/** An item is in the directory, and was not in this form before. */
export interface ItemUploadedEvent<T> {
  readonly type: 'uploaded';
  readonly item: T;
  readonly file: DirectoryFile;
  /** Whether it has taken the place of a file that was there under its `unique_id`. */
  readonly replaced: boolean;
}

/** Without `dryRun`, this item would be uploaded. It is counted as if it was. */
export interface ItemWouldUploadEvent<T> {
  readonly type: 'wouldUpload';
  readonly item: T;
  /** Whether it would take the place of a file that is there under its `unique_id`. */
  readonly replaced: boolean;
}

/**
 * Nothing was to be done: the directory has the same content already (`unchanged`), or the entry of a folder is not a
 * file to upload (see `walkFolder` for these reasons).
 */
export interface ItemSkippedEvent<T> {
  readonly type: 'skipped';
  readonly item: T;
  readonly reason: 'unchanged' | SkippedEntry['reason'];
}

/** An item could not be uploaded. */
export interface ItemFailedEvent<T> {
  readonly type: 'failed';
  readonly item: T;
  readonly error: unknown;
}

/** Requests wait, because of the rate limit or because the server asked for a pause. */
export interface ThrottledEvent {
  readonly type: 'throttled';
  /** How long from now on, in milliseconds. */
  readonly ms: number;
  /** When it is over, on the scheduler's clock: milliseconds since 1970 unless it is a virtual one. */
  readonly until: number;
}

/** The totals so far. `queued` is what the others add up to, and what is under way. */
export interface UploadSummary {
  readonly type: 'summary';
  /** Items taken from the source. */
  readonly queued: number;
  readonly uploaded: number;
  readonly skipped: number;
  readonly failed: number;
  /** Bytes of contents handed to the network, those of a repeated attempt once. */
  readonly bytes: number;
  /** Those bytes a second, since the beginning. */
  readonly bytesPerSecond: number;
}

/** What `fanOutUpload` and `uploadFolder` emit; told apart by `type`. */
export type FanOutUploadEvent<T> =
  | QueuedEvent<T>
  | StartedEvent<T>
  | ItemProgressEvent<T>
  | ItemUploadedEvent<T>
  | ItemWouldUploadEvent<T>
  | ItemSkippedEvent<T>
  | ItemFailedEvent<T>
  | ThrottledEvent
  | UploadSummary;
