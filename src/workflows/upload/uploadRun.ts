import { concat, concatMap, defer, type Observable, of, type SchedulerLike } from 'rxjs';
import { fanOutFrom } from '../../operators/fanOutFrom.ts';
import type { FanOutUploadEvent } from '../fanOutUploadEvent.ts';
import type { UploadItem } from '../uploadItem.ts';
import { type StoreConfig, storeItem } from './storeItem.ts';
import { RunTotals } from './runTotals.ts';

/** How one run works. */
export interface UploadRunConfig<T> extends StoreConfig<T> {
  /** Items at once. */
  readonly concurrency: number;
  readonly scheduler: SchedulerLike;
}

/** Brings all items into the directory. Emits what happens to them and, after each change, the totals. */
export function uploadRun<T extends UploadItem>(
  items: Iterable<T> | AsyncIterable<T>,
  config: UploadRunConfig<T>,
): Observable<FanOutUploadEvent<T>> {
  const { concurrency, scheduler } = config;
  return defer(() => {
    const totals = new RunTotals<T>(scheduler);
    return concat(
      fanOutFrom(items, (item) => storeItem(item, config), { concurrency }).pipe(
        concatMap((event) => (totals.count(event) ? of(event, totals.summary()) : of(event))),
      ),
      defer(() => of(totals.summary())),
    );
  });
}
