import {
  asyncScheduler,
  catchError,
  defer,
  map,
  mergeMap,
  type Observable,
  of,
  type OperatorFunction,
  type SchedulerLike,
} from 'rxjs';
import type { UploadEvent } from '../types/uploadEvent.ts';

/** What {@link uploadMap} accepts. */
export interface UploadMapConfig {
  /** Uploads under way at once, 1 or more. @defaultValue `8` */
  readonly concurrency?: number | undefined;
  /** Tells the time for the rate. @defaultValue `asyncScheduler` */
  readonly scheduler?: SchedulerLike | undefined;
}

/** An item whose upload failed, and why. */
export interface UploadFailure<T> {
  readonly item: T;
  readonly error: unknown;
}

/** How far many uploads are together. */
export interface UploadTotals<T> {
  /** Uploads that are done. */
  readonly uploaded: number;
  /** The uploads that failed, in the order they did. */
  readonly failures: readonly UploadFailure<T>[];
  /** Bytes of files handed to the network so far. */
  readonly bytes: number;
  /** Bytes a second since the subscription. */
  readonly bytesPerSecond: number;
}

/**
 * Uploads each item with `project`, several at once, and emits the running totals after every step of any of them.
 * Completes when the source has and every upload is done. An upload that fails is named in the totals and the others
 * go on; an error of the source is passed on. Unsubscribing aborts all uploads under way.
 *
 * ```text
 * source:      (ab|)
 * project(a):  p-u|               p: progress, u: uploaded
 * project(b):  ---#
 * result:      x-y(z|)            x: 5 bytes, y: and one file uploaded, z: and one failed
 * ```
 *
 * @example
 * ```ts
 * from(paths).pipe(
 *   uploadMap((path) => uploadDirectoryFile(connection, directoryId, { upload_file: path })),
 * );
 * ```
 *
 * @throws RangeError when called with a `concurrency` below 1.
 */
export function uploadMap<T>(
  project: (item: T, index: number) => Observable<UploadEvent<unknown>>,
  config: UploadMapConfig = {},
): OperatorFunction<T, UploadTotals<T>> {
  const { concurrency = 8, scheduler = asyncScheduler } = config;
  if (!(concurrency >= 1)) {
    throw new RangeError(`uploadMap: concurrency must be at least 1, got ${concurrency}`);
  }
  return (source) =>
    defer(() => {
      const begun = scheduler.now();
      let uploaded = 0;
      let failures: readonly UploadFailure<T>[] = [];
      let bytes = 0;
      const totals = (): UploadTotals<T> => {
        const elapsed = scheduler.now() - begun;
        const bytesPerSecond = elapsed > 0 ? (bytes * 1000) / elapsed : 0;
        return { uploaded, failures, bytes, bytesPerSecond };
      };

      return source.pipe(
        mergeMap((item, index) => {
          let loaded = 0;
          return defer(() => project(item, index)).pipe(
            map((event) => {
              if (event.type === 'uploaded') {
                uploaded += 1;
              } else {
                // An upload that is sent again counts from 0 again, and its bytes are taken back.
                bytes += event.loaded - loaded;
                loaded = event.loaded;
              }
              return totals();
            }),
            catchError((error: unknown) => {
              failures = [...failures, { item, error }];
              return of(totals());
            }),
          );
        }, concurrency),
      );
    });
}
