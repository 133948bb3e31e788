import type { Observable } from 'rxjs';
import type { Connection } from '../http/connection.ts';
import type { Scope } from '../types/scope.ts';
import { type JobChange, type JobKind, jobWatcher, type JobWatcherConfig } from './jobWatcher.ts';
import { checkKind } from '../checks/checkKind.ts';

/**
 * Watches many jobs together: emits each job as it is now and after each change, and completes when all have ended.
 * A job that failed is a state like any other.
 *
 * ```text
 * split job 1:   a---b|          asked about together, each round one request for a hundred jobs
 * split job 2:   c-------d|
 * result:        (ac)b---(d|)    not to scale
 * ```
 *
 * A job that the server does not know, or no longer, is emitted with an `error` instead of a `job`, and so is each job
 * that has not ended when `timeout` is over; the others go on. A question that fails for good is an error of the whole
 * stream; subscribing again asks about all jobs anew. Subscriptions to one result share their questions.
 *
 * Unsubscribing stops the questions and leaves the jobs alone.
 *
 * @example Which of many documents could not be split
 * ```ts
 * watchMany(connection, { split: ['spl-1', 'spl-2'], index: [indexId] }).subscribe((change) => {
 *   if (change.error) {
 *     console.warn(change.id, change.error.kind);
 *   } else if (change.kind === 'split' && change.job.status === 'failed') {
 *     console.warn(change.id, change.job.error_message);
 *   }
 * });
 * ```
 *
 * @throws RangeError when called with an interval or timeout that is not positive, or longer than a timer can wait.
 * @throws TypeError when called with a kind that does not exist, or an id that is empty, `.` or `..`.
 */
export function watchMany<K extends JobKind>(
  connection: Connection,
  jobs: Readonly<Record<K, readonly string[]>>,
  config: JobWatcherConfig = {},
  query: Scope = {},
): Observable<JobChange<K>> {
  checkKind('watchMany: jobs', jobs, 'object');
  return jobWatcher(connection, config, query)(jobs);
}
