import type { FolderEntry } from '../folders/walkFolder.ts';
import type { RepeatableSource } from '../http/uploadSource.ts';

/** Something to upload under a name. */
export interface NamedContent {
  /** Its path within what is uploaded, such as `reports/2026/q1.pdf`. Its `unique_id` is made of it. */
  readonly relativePath: string;
  /**
   * A file by its path or `file:` URL, a `Blob` or `File`, bytes, or a file of multer. What can be read once only, such as a
   * stream, cannot be uploaded this way: the content is read twice, first to tell whether it has changed.
   */
  readonly source: RepeatableSource;
}

/** What a bulk upload takes: named contents, or what `walkFolder` gives. */
export type UploadItem = NamedContent | FolderEntry;
