import { merge, Observable } from 'rxjs';
import { inSubscriberContext } from '../context/inSubscriberContext.ts';
import { JobError } from '../errors.ts';
import { type Connection, wireOf } from '../http/connection.ts';
import { type WatchConfig, type WatchTiming, watchTiming } from '../http/watchTiming.ts';
import { endAtClose } from '../http/endAtClose.ts';
import { Limiter } from '../operators/fan/limiter.ts';
import { getBatchJob } from '../sources/batchJobs.ts';
import { getIndex } from '../sources/indexes.ts';
import { getSheetsJob, listSheetsJobs } from '../sources/sheets.ts';
import { getSplitJob, listSplitJobs } from '../sources/split.ts';
import type { BatchJobProgress } from '../types/batchJobs.ts';
import { isFinalStatus } from '../types/finalStatus.ts';
import type { Index } from '../types/indexes.ts';
import type { Scope } from '../types/scope.ts';
import type { SheetsJob } from '../types/sheets.ts';
import type { SplitJob } from '../types/split.ts';
import { JobRounds, type JobRoundsSpec, type JobWatching } from './jobRounds.ts';
import { lookOneByOne } from './lookOneByOne.ts';
import { lookTogether } from './lookTogether.ts';
import { checkKind } from '../checks/checkKind.ts';

/** What each kind of job is watched as. */
export interface JobsByKind {
  readonly split: SplitJob;
  readonly sheets: SheetsJob;
  readonly batch: BatchJobProgress;
  readonly index: Index;
}

/** A kind of job that can be watched. */
export type JobKind = keyof JobsByKind;

/** A job as it is now. */
export interface ChangedJob<K extends JobKind> {
  readonly kind: K;
  readonly id: string;
  readonly job: JobsByKind[K];
  readonly error?: undefined;
}

/** A job that is watched no longer although it has not ended. */
export interface LostJob<K extends JobKind> {
  readonly kind: K;
  readonly id: string;
  readonly job?: undefined;
  /**
   * `gone` when the server knows the job no longer, or said twice in a row that it does not know it; `timeout` when the
   * time was over. Carries the job as last seen.
   */
  readonly error: JobError<JobsByKind[K]>;
}

/** What a {@link JobWatcher} emits: told apart by `kind`, and by whether there is an `error`. */
export type JobChange<K extends JobKind = JobKind> = {
  [P in K]: ChangedJob<P> | LostJob<P>;
}[K];

/** How {@link jobWatcher} asks. Times in milliseconds. */
export interface JobWatcherConfig extends WatchConfig {
  /**
   * The wait between a round of questions and the next one: `min` after a round that brought a change or during which
   * a job was added, then half as long again each time, up to `max`. @defaultValue `{ min: 1_000, max: 5_000 }`
   */
  readonly interval?: WatchConfig['interval'];
  /** When to give up on jobs that have not ended; 24 days at most. Counts for each subscription. @defaultValue `Infinity` */
  readonly timeout?: number | undefined;
  /** Decides when a question may be asked. @defaultValue a limiter of its own with a concurrency of 8 */
  readonly limiter?: Limiter | undefined;
}

/**
 * Watches jobs, given by their ids and kinds. Emits each job as it is now and after each change, and completes when all
 * have ended.
 *
 * @throws TypeError when called with a kind that does not exist, or an id that is empty, `.` or `..`.
 */
export type JobWatcher = <K extends JobKind>(
  jobs: Readonly<Record<K, readonly string[]>>,
) => Observable<JobChange<K>>;

/**
 * Makes a watcher whose subscriptions share their questions: a job is asked about once a round, however many watch it,
 * and jobs that were added one by one are asked about together. Nothing is asked without a subscription, and what is
 * known of a job is forgotten with its last one.
 *
 * Each subscriber is told in its own async context; the questions, which are everybody's, are asked in that of whoever came
 * first.
 *
 * Split and sheets jobs cost one request for each hundred of them a round; batch jobs and indexes one each. See
 * `watchMany` for what is emitted.
 *
 * @example Each job watched from where it is made, all of them by one request a round
 * ```ts
 * const watch = jobWatcher(connection);
 * const configuration = { categories: [{ name: 'invoice' }, { name: 'letter' }] };
 * from(['fil-1', 'fil-2']).pipe(
 *   mergeMap((value) =>
 *     createSplitJob(connection, { document_input: { type: 'file_id', value }, configuration }),
 *   ),
 *   mergeMap(({ id }) => watch({ split: [id] })),
 * );
 * ```
 *
 * @throws RangeError when called with an interval or timeout that is not positive, or longer than a timer can wait.
 */
export function jobWatcher(
  connection: Connection,
  config: JobWatcherConfig = {},
  query: Scope = {},
): JobWatcher {
  wireOf(connection);
  checkKind('jobWatcher: query', query, 'object');
  const timing = watchTiming('jobWatcher', config);
  const limiter = config.limiter ?? new Limiter({ concurrency: 8, scheduler: timing.scheduler });
  const { reviver } = wireOf(connection);
  const rounds = <T>(
    spec: Omit<JobRoundsSpec<T>, 'min' | 'max' | 'patience' | 'scheduler'>,
  ): JobRounds<T> => new JobRounds({ ...spec, ...timing, reviver });

  const split = rounds<SplitJob>({
    route: 'GET /api/v1/beta/split/jobs/{split_job_id}',
    idOf: ({ id }) => id,
    isDone: ({ status }) => isFinalStatus(status),
    look: lookTogether(
      limiter,
      (job_ids) => listSplitJobs(connection, { ...query, job_ids, page_size: job_ids.length }),
      (id) => getSplitJob(connection, id, query),
    ),
  });
  const sheets = rounds<SheetsJob>({
    route: 'GET /api/v1/beta/sheets/jobs/{spreadsheet_job_id}',
    idOf: ({ id }) => id,
    isDone: ({ status }) => isFinalStatus(status),
    look: lookTogether(
      limiter,
      (job_ids) =>
        listSheetsJobs(connection, {
          ...query,
          job_ids,
          page_size: job_ids.length,
          // Only jobs that have ended have results, and those are listed once.
          include_results: true,
        }),
      (id) => getSheetsJob(connection, id, query),
    ),
  });
  const batch = rounds<BatchJobProgress>({
    route: 'GET /api/v1/beta/batch-processing/{job_id}',
    idOf: ({ job }) => job.id,
    isDone: ({ job }) => isFinalStatus(job.status),
    look: lookOneByOne(limiter, (id) => getBatchJob(connection, id, query)),
  });
  const index = rounds<Index>({
    route: 'GET /api/v1/indexes/{index_id}',
    idOf: ({ id }) => id,
    isDone: ({ metadata }) => isFinalStatus(metadata?.status),
    look: lookOneByOne(limiter, (id) => getIndex(connection, id, query)),
  });

  function watch<K extends JobKind>(
    jobs: Readonly<Record<K, readonly string[]>>,
  ): Observable<JobChange<K>>;
  function watch(jobs: Partial<Record<JobKind, readonly string[]>>): Observable<JobChange> {
    refuseWhatIsNoId(jobs);
    return merge(
      watchKind('split', split, jobs.split, timing).pipe(endAtClose(connection, split.route)),
      watchKind('sheets', sheets, jobs.sheets, timing).pipe(endAtClose(connection, sheets.route)),
      watchKind('batch', batch, jobs.batch, timing).pipe(endAtClose(connection, batch.route)),
      watchKind('index', index, jobs.index, timing).pipe(endAtClose(connection, index.route)),
    ).pipe(inSubscriberContext());
  }
  return watch;
}

/** An id that no path can hold would be an error of all jobs, and only later. */
function refuseWhatIsNoId(jobs: Readonly<Record<string, readonly string[]>>): void {
  for (const [kind, ids] of Object.entries(jobs)) {
    if (!/^(split|sheets|batch|index)$/.test(kind)) {
      throw new TypeError(`jobWatcher: there are no jobs of the kind ${kind}`);
    }
    for (const id of ids) {
      if (typeof id !== 'string' || /^\.{0,2}$/.test(id)) {
        throw new TypeError(`jobWatcher: ${kind} must hold ids, got ${JSON.stringify(id)}`);
      }
    }
  }
}

/** The changes of some jobs of one kind. */
function watchKind<K extends JobKind>(
  kind: K,
  rounds: JobRounds<JobsByKind[K]>,
  ids: readonly string[] = [],
  { timeout, scheduler }: WatchTiming,
): Observable<ChangedJob<K> | LostJob<K>> {
  return new Observable((subscriber) => {
    const open = new Set(ids);
    const close = (id: string): void => {
      open.delete(id);
      if (open.size === 0) {
        subscriber.complete();
      }
    };
    // One for all jobs: an inner subscription for each would cost more than the watching.
    const watching: JobWatching<JobsByKind[K]> = {
      next: (id, job) => subscriber.next({ kind, id, job }),
      complete: close,
      gone(id, error) {
        subscriber.next({ kind, id, error });
        close(id);
      },
      error: (error) => subscriber.error(error),
    };
    const giveUp = (): void => {
      for (const id of open) {
        const job = rounds.lastSeen(id);
        const message = `${rounds.route}: the job ${id} has not ended within ${timeout} ms`;
        const error = new JobError(message, { route: rounds.route, kind: 'timeout', job });
        subscriber.next({ kind, id, error });
      }
      subscriber.complete();
    };

    subscriber.add(() => open.forEach((id) => rounds.leave(id, watching)));
    if (timeout !== Infinity) {
      subscriber.add(scheduler.schedule(giveUp, timeout));
    }
    for (const id of open) {
      if (subscriber.closed) {
        return;
      }
      rounds.join(id, watching);
    }
    if (open.size === 0) {
      subscriber.complete();
    }
  });
}
