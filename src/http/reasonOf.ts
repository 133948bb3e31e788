import { oneLine } from '../checks/oneLine.ts';
import { HttpError } from '../errors.ts';

/** What a failure is called in a word: the status of the answer, else the error's `kind`, else its name. */
export function reasonOf(error: Error): string {
  if (error instanceof HttpError) {
    return String(error.status);
  }
  return oneLine('kind' in error && typeof error.kind === 'string' ? error.kind : error.name);
}
