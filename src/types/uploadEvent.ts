/** How far an upload is. */
export interface UploadProgressEvent {
  readonly type: 'progress';
  /**
   * Bytes of the file handed to the network so far. Starts again from 0 when the upload is sent
   * again.
   */
  readonly loaded: number;
  /** The file's size in bytes; `undefined` for a stream, which does not know it. */
  readonly total: number | undefined;
}

/** The end of an upload. */
export interface UploadedEvent<T> {
  readonly type: 'uploaded';
  /** What the server made of the file. */
  readonly file: T;
}

/** What an upload emits: how far it is, then what the server made of it. */
export type UploadEvent<T> = UploadProgressEvent | UploadedEvent<T>;
