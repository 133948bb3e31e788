import {
  concat,
  concatMap,
  defer,
  EMPTY,
  identity,
  merge,
  type Observable,
  of,
  type SchedulerLike,
  Subject,
  takeUntil,
  tap,
} from 'rxjs';
import { withPatience } from '../../http/patience.ts';
import type { WatchTiming } from '../../http/watchTiming.ts';
import { fanOutFrom } from '../../operators/fanOutFrom.ts';
import type { FanOutUploadEvent, UploadSummary } from '../fanOutUploadEvent.ts';
import type { UploadItem } from '../uploadItem.ts';
import { whileOpen } from '../whileOpen.ts';
import { DirectoryContents, directoryContents } from './directoryContents.ts';
import { RunTotals } from './runTotals.ts';
import { type StoreConfig, storeItem } from './storeItem.ts';

/** How one run works. */
export interface UploadRunConfig<T> extends Omit<StoreConfig<T>, 'contents'> {
  /** Items at once. */
  readonly concurrency: number;
  readonly scheduler: SchedulerLike;
  /** How failures to list the directory are waited out; without it they are the run's. */
  readonly timing?: WatchTiming | undefined;
}

/**
 * Looks at what the directory holds, then brings all items into it. Emits what happens to them and, after each change,
 * the totals.
 *
 * @param afterwards - What is to be done when all items are, given what the directory held, which items there were, and
 *   what became of them.
 */
export function uploadRun<T extends UploadItem, E = never>(
  items: Iterable<T> | AsyncIterable<T>,
  config: UploadRunConfig<T>,
  afterwards: (contents: DirectoryContents, totals: UploadSummary) => Observable<E> = () => EMPTY,
): Observable<FanOutUploadEvent<T> | E> {
  const { connection, directoryId, gate, concurrency, scheduler, timing } = config;

  const store = (contents: DirectoryContents): Observable<FanOutUploadEvent<T> | E> => {
    const totals = new RunTotals<T>(scheduler);
    return concat(
      whileOpen(
        items,
        (open) =>
          fanOutFrom(open, (item) => storeItem(item, { ...config, contents }), { concurrency }),
        (event) => (event.type === 'failed' ? event.error : undefined),
      ).pipe(concatMap((event) => (totals.count(event) ? of(event, totals.summary()) : of(event)))),
      defer(() => of(totals.summary())),
      defer(() => afterwards(contents, totals.summary())),
    );
  };
  const run = gate.pass(directoryContents(connection, directoryId)).pipe(
    timing ? withPatience(timing) : identity,
    concatMap((contents) =>
      contents instanceof DirectoryContents ? store(contents) : of(contents),
    ),
  );
  return defer(() => {
    const over = new Subject<void>();
    return merge(
      gate.paused(connection).pipe(takeUntil(over)),
      run.pipe(tap({ complete: () => over.next() })),
    );
  });
}
