import { map, type MonoTypeOperatorFunction } from 'rxjs';
import { JobError } from '../errors.ts';
import type { BatchJobProgress } from '../types/batchJobs.ts';
import type { Index } from '../types/indexes.ts';
import type { SheetsJob } from '../types/sheets.ts';
import type { SplitJob } from '../types/split.ts';

/** What the watchers emit. */
export type WatchedJob = BatchJobProgress | Index | SheetsJob | SplitJob;

/**
 * Turns a job that failed or was cancelled into a `JobError` that carries it; passes every other state on.
 *
 * ```text
 * source:  a-b-(f|)      f: failed
 * result:  a-b-#
 * ```
 *
 * @example
 * ```ts
 * watchIndex(connection, indexId).pipe(throwIfFailed(), last());
 * ```
 */
export function throwIfFailed<T extends WatchedJob>(): MonoTypeOperatorFunction<T> {
  return map((watched) => {
    const { id, status, reason } = outcome(watched);
    const kind = /^(failed|error)$/i.test(status)
      ? 'failed'
      : /^cancelled$/i.test(status)
        ? 'cancelled'
        : undefined;
    if (kind) {
      throw new JobError(`${id} ${kind === 'failed' ? 'failed' : 'was cancelled'}${reason}`, {
        kind,
        job: watched,
      });
    }
    return watched;
  });
}

function outcome(watched: WatchedJob): { id: string; status: string; reason: string } {
  if ('job' in watched) {
    const { id, status, error_message } = watched.job;
    return { id, status, reason: because(error_message) };
  }
  if ('export_config_id' in watched) {
    const { status = '', error } = watched.metadata ?? {};
    return { id: watched.id, status, reason: because(typeof error === 'string' ? error : null) };
  }
  const { id, status } = watched;
  const said = 'errors' in watched ? watched.errors.join('; ') : undefined;
  return { id, status, reason: because('error_message' in watched ? watched.error_message : said) };
}

function because(said: string | null | undefined): string {
  return said ? `: ${said}` : '';
}
