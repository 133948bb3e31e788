import {
  concatMap,
  defer,
  distinctUntilChanged,
  EMPTY,
  filter,
  map,
  type Observable,
  repeat,
  takeWhile,
  tap,
  timer,
} from 'rxjs';
import type { Connection } from '../http/connection.ts';
import { LONGEST_TIMER } from '../types/longestTimer.ts';
import { steadyClock } from '../http/steadyClock.ts';
import { withPatience } from '../http/patience.ts';
import { longerWait, type WatchConfig, watchTiming } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { listBatchJobItems } from '../sources/batchItems.ts';
import { watchBatchJob } from '../sources/batchJobs.ts';
import type { BatchItem } from '../types/batchItems.ts';
import type { BatchJob } from '../types/batchJobs.ts';
import { countOf } from '../types/countOf.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { Scope } from '../types/scope.ts';
import { ItemLedger } from './itemLedger.ts';
import { checkKind } from '../checks/checkKind.ts';

/** How {@link batchItems} watches. Times in milliseconds. */
export interface BatchItemsConfig extends WatchConfig {
  /**
   * How long to go on looking after the job has ended, where some items have not: those under way when a job is
   * cancelled may still be finished. 24 days at most. @defaultValue `30_000`
   */
  readonly grace?: number | undefined;
}

/** The most items that one request may ask for. */
const PAGE = 1_000;

/**
 * Emits the items of a batch job: each one as it is first seen, `pending` ones included, then once for each change of
 * its `status`. Completes when the job has ended and so has every item, or when `grace` is over for those that have
 * not.
 *
 * ```text
 * job:     0 of 2---1 of 2---2 of 2, completed
 * result:  (ab)-----(aB)-----(b|)       a, b: items; B: b processing
 * ```
 *
 * Every item's last status is emitted. One in between may be missed: the job is asked about as `watchBatchJob` does,
 * and its items are listed only when its status or counts have changed, from the first one that had not ended and as
 * far as anything can have changed. While a server works on the items in the order of its list, that is one request
 * or two a change; if it does not, up to one for each thousand items. Keeps id and status of each item in memory.
 *
 * Failures that pass by themselves are waited out for as long as `patience` lasts. Errors as `watchBatchJob` does, which
 * includes `JobError` when `timeout` is over before the job has ended, or when there is no such job.
 *
 * @example The files that could not be parsed, as it turns out
 * ```ts
 * batchItems(connection, jobId)
 *   .pipe(filter(({ status }) => status === 'failed'))
 *   .subscribe(({ item_name, error_message }) => console.warn(item_name, error_message));
 * ```
 *
 * @throws RangeError when called with a time that is not positive, or longer than a timer can wait.
 */
export function batchItems(
  connection: Connection,
  jobId: string,
  config: BatchItemsConfig = {},
  query: Scope = {},
): Observable<BatchItem> {
  checkKind('batchItems: config', config, 'object');
  const { grace = 30_000 } = config;
  const timing = watchTiming('batchItems', config);
  const { min, scheduler } = timing;
  if (!(grace > 0 && grace <= LONGEST_TIMER)) {
    throw new RangeError(
      `batchItems: grace must be positive and at most ${LONGEST_TIMER}, got ${grace}`,
    );
  }
  const now = steadyClock(scheduler);
  const states = watchBatchJob(connection, jobId, config, query).pipe(
    map(({ job }) => job),
    distinctUntilChanged((before, after) => figuresOf(before) === figuresOf(after)),
  );

  return defer(() => {
    const ledger = new ItemLedger();
    let latest: BatchJob | undefined;

    const changes = (job: BatchJob): Observable<BatchItem> =>
      defer(() => {
        const offset = ledger.settled;
        let position = offset;
        return listBatchJobItems(connection, jobId, { ...query, limit: PAGE, offset }).pipe(
          map((item) => {
            const changed = ledger.note(item, position);
            position += 1;
            // Only between two pages: what is in the answer already costs nothing to read.
            const turns = (position - offset) % PAGE === 0;
            return { item, changed, last: turns && nothingBeyond(item, job, ledger) };
          }),
          takeWhile(({ last }) => !last, true),
          filter(({ changed }) => changed),
          map(({ item }) => item),
        );
      }).pipe(withPatience(timing));

    const lastChanges = (job: BatchJob): Observable<BatchItem> =>
      defer(() => {
        const deadline = now() + grace;
        let wait = min;
        // Without a total only the end of the list shows that there is no further item.
        let listed = false;
        const isOpen = (): boolean => {
          const total = totalOf(job, ledger);
          return (
            ledger.ended < ledger.size || (total === undefined ? !listed : ledger.size < total)
          );
        };
        const look = defer(() => (isOpen() ? changes(job) : EMPTY)).pipe(
          tap({
            complete() {
              listed = true;
            },
          }),
        );
        return look.pipe(
          repeat({
            delay() {
              const left = deadline - now();
              if (!isOpen() || left <= 0) {
                return EMPTY;
              }
              // Whatever order the list was read in, an item is missing.
              ledger.distrustOrder();
              const due = timer(Math.min(wait, left), scheduler);
              wait = longerWait(wait, LONGEST_TIMER);
              return due;
            },
          }),
        );
      });

    return states.pipe(
      tap((job) => {
        latest = job;
      }),
      concatMap((job) => {
        if (isFinalStatus(job.status)) {
          return lastChanges(job);
        }
        // What came while the items were listed is behind the state that came last.
        return job === latest ? changes(job) : EMPTY;
      }),
      endAtClose(connection, 'GET /api/v1/beta/batch-processing/{job_id}/items'),
    );
  });
}

/** Whether the pages after this item hold only items that wait, as the last time. */
function nothingBeyond({ status }: BatchItem, job: BatchJob, ledger: ItemLedger): boolean {
  return (
    status === 'pending' &&
    !isFinalStatus(job.status) &&
    ledger.size === totalOf(job, ledger) &&
    ledger.ended >= endedOf(job)
  );
}

/** How many items the job has; `undefined` where it does not say, or says what cannot be. */
function totalOf(job: BatchJob, ledger: ItemLedger): number | undefined {
  const total = countOf(job.total_items) ?? 0;
  return total > 0 && total >= Math.max(ledger.size, endedOf(job)) ? total : undefined;
}

/** How many items have ended by the job's own figures. */
function endedOf({ processed_items, failed_items, skipped_items }: BatchJob): number {
  return [processed_items, failed_items, skipped_items].reduce<number>(
    (sum, items) => sum + (countOf(items) ?? 0),
    0,
  );
}

function figuresOf(job: BatchJob): string {
  const { status, total_items, processed_items, failed_items, skipped_items } = job;
  return [status, total_items, processed_items, failed_items, skipped_items].join();
}
