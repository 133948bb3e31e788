import { map, type MonoTypeOperatorFunction } from 'rxjs';
import { JobError } from '../errors.ts';
import type { BatchJobProgress } from '../types/batchJobs.ts';
import type { Index } from '../types/indexes.ts';
import type { SheetsJob } from '../types/sheets.ts';
import type { SplitJob } from '../types/split.ts';
import { textOf } from '../types/textOf.ts';
import { givenReason } from '../types/givenReason.ts';

/** What the watchers emit. */
export type WatchedJob = BatchJobProgress | Index | SheetsJob | SplitJob;

/**
 * Turns a job that failed or was cancelled into a `JobError` that carries it; passes every other state on. The message has
 * the reasons that the service gives, whatever it gives them in: a text, a list, an object with a message.
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
      const words = reason === undefined ? '' : `: ${reason}`;
      throw new JobError(
        `${textOf(id) || 'The job'} ${kind === 'failed' ? 'failed' : 'was cancelled'}${words}`,
        { kind, job: watched },
      );
    }
    return watched;
  });
}

/** What is known of how it went. Any of it may be missing or `null`, whatever the schema says. */
function outcome(watched: WatchedJob): {
  readonly id: unknown;
  readonly status: string;
  readonly reason: string | undefined;
} {
  if ('job' in watched) {
    const { id, status, error_message } = watched.job;
    return { id, status: textOf(status), reason: givenReason(error_message) };
  }
  if ('export_config_id' in watched) {
    const { status, error } = watched.metadata ?? {};
    return { id: watched.id, status: textOf(status), reason: givenReason(error) };
  }
  const { id, status } = watched;
  const said = 'error_message' in watched ? watched.error_message : undefined;
  const all = 'errors' in watched ? watched.errors : undefined;
  return { id, status: textOf(status), reason: givenReason(said) ?? givenReason(all) };
}
