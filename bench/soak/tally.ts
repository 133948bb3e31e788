import type { ActivityEvent } from '../../src/http/activityEvent.ts';
import {
  FileError,
  HttpError,
  JobError,
  NetworkError,
  ResponseError,
  StreamError,
} from '../../src/errors.ts';

/** Counts what happens. */
export class Tally {
  /** Steps that went well, by their names. */
  readonly done = new Map<string, number>();
  /** Steps that failed, by the kind of error. */
  readonly errors = new Map<string, number>();
  /** Errors that what goes wrong on purpose does not explain. The first hundred. */
  readonly surprises: string[] = [];
  /** Requests that were sent, attempts counted each. */
  sent = 0;
  retries = 0;
  /** Requests that wait or are under way now. */
  busy = 0;

  /** Counts what a connection tells. */
  note(event: ActivityEvent): void {
    if (event.type === 'sent') {
      this.sent += 1;
    } else if (event.type === 'retrying') {
      this.retries += 1;
    } else if (event.type === 'line') {
      this.busy = event.queued + event.active;
    }
  }

  /** Counts a step that went well. */
  count(name: string): void {
    this.done.set(name, (this.done.get(name) ?? 0) + 1);
  }

  /** Counts a step that failed. */
  fail(name: string, error: unknown): void {
    const kind = kindOf(error);
    this.errors.set(kind, (this.errors.get(kind) ?? 0) + 1);
    if (!isExplained(error) && this.surprises.length < 100) {
      this.surprises.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

function kindOf(error: unknown): string {
  if (error instanceof HttpError) {
    return `HttpError ${error.status}`;
  }
  if (error instanceof NetworkError) {
    return `NetworkError ${error.kind}${error.ambiguous ? ', ambiguous' : ''}`;
  }
  const hasKind =
    error instanceof ResponseError ||
    error instanceof StreamError ||
    error instanceof FileError ||
    error instanceof JobError;
  return hasKind ? `${error.name} ${error.kind}` : error instanceof Error ? error.name : 'other';
}

/** Whether an answer that was refused, lost or cut on purpose can end so. */
function isExplained(error: unknown): boolean {
  return (
    (error instanceof HttpError && /^(429|500|503)$/.test(String(error.status))) ||
    (error instanceof NetworkError && /^(closed|truncated|timeout)$/.test(error.kind)) ||
    (error instanceof ResponseError && error.kind === 'parse') ||
    (error instanceof StreamError && error.kind === 'incomplete')
  );
}
