const FINAL = /^(completed|failed|cancelled|skipped|success|partial_success|error|ready)$/i;

/**
 * Whether a job, an index or a file of a batch that has this status has ended. One list for all: no word is final for
 * one kind of work and not for another, and services write them in either case. A status that nobody knows is not
 * final.
 */
export function isFinalStatus(status: string | null | undefined): boolean {
  return typeof status === 'string' && FINAL.test(status);
}
