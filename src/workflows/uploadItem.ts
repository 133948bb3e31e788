import type { FolderEntry } from '../folders/walkFolder.ts';
import type { UploadSource } from '../http/uploadSource.ts';

/** Something to upload under a name. */
export interface NamedContent {
  /** Its path within what is uploaded, such as `reports/2026/q1.pdf`. Its `unique_id` is made of it. */
  readonly relativePath: string;
  /**
   * A file by its path, a `Blob` or `File`, or bytes. A web stream cannot be uploaded this way: the content is read twice,
   * first to tell whether it has changed.
   */
  readonly source: Exclude<UploadSource, ReadableStream>;
}

/** What a bulk upload takes: named contents, or what `walkFolder` gives. */
export type UploadItem = NamedContent | FolderEntry;
