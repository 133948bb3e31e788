import { HttpError } from '../../src/errors.ts';

/** An answer that turns a request away. */
export function httpError(status: number, retryAfterMs?: number): HttpError {
  return new HttpError(`GET /x answered ${status}`, { status, body: '', detail: [], retryAfterMs });
}
