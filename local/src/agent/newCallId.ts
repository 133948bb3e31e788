import { randomBytes } from 'node:crypto';

/** An id that ties a tool call to its result, in a session of any length. */
export function newCallId(): string {
  return `call_${randomBytes(8).toString('hex')}`;
}
