import { asyncScheduler, defer, type Observable, type SchedulerLike } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import type { FanOutConfig } from '../operators/fan/fanOutConfig.ts';
import type { FileMetadata } from '../types/directoryFiles.ts';
import type { FanOutUploadEvent } from './fanOutUploadEvent.ts';
import { gateSource } from './upload/requestGate.ts';
import { uploadRun } from './upload/uploadRun.ts';
import type { UploadItem } from './uploadItem.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link fanOutUpload} accepts. Rates and limiters count requests, of which a replaced file needs three. */
export interface FanOutUploadConfig<T = UploadItem> extends Pick<
  FanOutConfig,
  'rateLimit' | 'adaptive' | 'limiter'
> {
  /** Items worked on at once, 1 or more: read, sent or in the limiter's line. @defaultValue `8` */
  readonly concurrency?: number | undefined;
  /**
   * Metadata of an item, laid over what the file has in the directory. Beside it stand `rx_sha256` and `rx_size`, of which
   * the next run learns what has changed. Not looked at for items that are unchanged. @defaultValue none
   */
  readonly metadata?: ((item: T) => FileMetadata | undefined) | undefined;
  /** Sends nothing but questions and emits `wouldUpload` for each item that would be uploaded. @defaultValue `false` */
  readonly dryRun?: boolean | undefined;
  /** Tells the time. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/**
 * Uploads every item into a directory, several at once, and emits all that happens as events: each item is `queued`, then
 * `started` with `progress`, and ends as `uploaded`, `skipped` or `failed`. A `summary` of the totals follows each change
 * and is the last event before it completes. What fails does not end the run. `throttled` tells that requests are held
 * back.
 *
 * The `unique_id` of an item is its `relativePath` with `/` between its parts, in Unicode normal form C. What is in the
 * directory already is not sent again: a run that was stopped, by whatever, goes on where it was when it is started again.
 * A content that has changed is uploaded beside the old one and then put in its place, so that one of the two is always
 * there. Of two items with the same `unique_id`, the second one fails.
 *
 * The directory's files are listed once, in the beginning. Memory grows by about 0.3 kB for each of them and 0.1 kB for
 * each item. Items are asked for as slots become free, as by `fanOutFrom`. Errors when the directory cannot be listed,
 * when the source of the items fails, and when the connection is closed meanwhile. Unsubscribing aborts what is under
 * way and closes its files.
 *
 * @example
 * ```ts
 * const minutes = new TextEncoder().encode('# Minutes');
 * fanOutUpload(connection, directoryId, [
 *   { relativePath: 'minutes.md', source: minutes },
 *   { relativePath: 'reports/q1.pdf', source: '/home/ada/q1.pdf' },
 * ]).subscribe((event) => {
 *   if (event.type === 'failed') {
 *     console.warn(event.item.relativePath, event.error);
 *   }
 * });
 * ```
 *
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside what belongs to it.
 */
export function fanOutUpload<T extends UploadItem>(
  connection: Connection,
  directoryId: string,
  items: Iterable<T> | AsyncIterable<T>,
  config: FanOutUploadConfig<T> = {},
): Observable<FanOutUploadEvent<T>> {
  checkKind('fanOutUpload: items', items, 'iterable');
  checkKind('fanOutUpload: config', config, 'object');
  const { concurrency = 8, scheduler = asyncScheduler, metadata, dryRun } = config;
  const gateOf = gateSource('fanOutUpload', { ...config, concurrency });
  return defer(() =>
    uploadRun(items, {
      ...{ connection, directoryId, gate: gateOf(), metadata, synced: false, dryRun },
      ...{ concurrency, scheduler },
    }),
  );
}
