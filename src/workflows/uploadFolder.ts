import type { Observable } from 'rxjs';
import { type FolderEntry, walkFolder, type WalkFolderConfig } from '../folders/walkFolder.ts';
import type { Connection } from '../http/connection.ts';
import { fanOutUpload, type FanOutUploadConfig } from './fanOutUpload.ts';
import type { FanOutUploadEvent } from './fanOutUploadEvent.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link uploadFolder} accepts. */
export interface UploadFolderConfig extends FanOutUploadConfig<FolderEntry>, WalkFolderConfig {}

/**
 * Uploads the files of a folder and of all folders in it: `fanOutUpload` over `walkFolder`. Links and special files are
 * `skipped`, what cannot be read is `failed`.
 *
 * Run it again to send what has changed or is missing. Files that are gone from the folder stay in the directory; see
 * `syncFolder`. Errors with a `FileError` when the folder itself cannot be read.
 *
 * @example Markdown and PDF, no more than 15 requests a second
 * ```ts
 * uploadFolder(connection, directoryId, 'handbook', {
 *   include: ['*.md', '*.pdf'],
 *   rateLimit: { count: 15, window: 1_000 },
 * }).subscribe((event) => {
 *   if (event.type === 'summary') {
 *     console.log(event.uploaded, 'uploaded,', event.skipped, 'skipped,', event.failed, 'failed');
 *   }
 * });
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function uploadFolder(
  connection: Connection,
  directoryId: string,
  folder: string,
  config: UploadFolderConfig = {},
): Observable<FanOutUploadEvent<FolderEntry>> {
  checkKind('uploadFolder: folder', folder, 'text');
  checkKind('uploadFolder: config', config, 'object');
  return fanOutUpload(connection, directoryId, walkFolder(folder, config), config);
}
