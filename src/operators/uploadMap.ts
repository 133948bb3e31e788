import {
  asyncScheduler,
  defer,
  map,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  tap,
} from 'rxjs';
import type { UploadEvent } from '../types/uploadEvent.ts';
import { type FanOutConfig, limiterSource } from './fan/fanOutConfig.ts';
import { FanOutFailure } from './fan/fanSlots.ts';
import { fanOut } from './fanOut.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What {@link uploadMap} accepts: how much at once, as for `fanOut`. */
export interface UploadMapConfig extends Pick<FanOutConfig, 'rateLimit' | 'adaptive' | 'limiter'> {
  /** Uploads under way at once, 1 or more. @defaultValue `8` */
  readonly concurrency?: number | undefined;
  /** Tells the time. @defaultValue `asyncScheduler` */
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
  /** The uploads that failed, in the order they did. A new list after each failure, and the same one in between. */
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
 * @throws RangeError when called with a figure that cannot be meant.
 * @throws TypeError when called with a `limiter` beside `rateLimit` or `adaptive`, which belong to it.
 */
export function uploadMap<T>(
  project: (item: T, index: number) => Observable<UploadEvent<unknown>>,
  config: UploadMapConfig = {},
): OperatorFunction<T, UploadTotals<T>> {
  checkKind('uploadMap: project', project, 'function');
  checkKind('uploadMap: config', config, 'object');
  const { concurrency = 8, scheduler = asyncScheduler } = config;
  const options = { ...config, concurrency, scheduler, onError: 'collect' } as const;
  limiterSource('uploadMap', options); // refuses now what it would refuse on subscription
  return (source) =>
    defer(() => {
      const begun = scheduler.now();
      let uploaded = 0;
      let failures: readonly UploadFailure<T>[] = [];
      let bytes = 0;

      const counted = (item: T, index: number): Observable<UploadEvent<unknown>> => {
        let loaded = 0;
        return project(item, index).pipe(
          tap((event) => {
            if (event.type === 'uploaded') {
              uploaded += 1;
            } else {
              // An upload that is sent again counts from 0 again, and its bytes are taken back.
              bytes += event.loaded - loaded;
              loaded = event.loaded;
            }
          }),
        );
      };

      return source.pipe(
        fanOut(counted, options),
        map((result) => {
          if (result instanceof FanOutFailure) {
            failures = [...failures, { item: result.item, error: result.error }];
          }
          const elapsed = scheduler.now() - begun;
          const bytesPerSecond = elapsed > 0 ? (bytes * 1000) / elapsed : 0;
          return { uploaded, failures, bytes, bytesPerSecond };
        }),
      );
    });
}
