import { isRecord } from './isRecord.ts';
import { textOf } from './textOf.ts';
import { toJson } from './toJson.ts';

/** Where the words are in an error that is an object. */
const fields = ['message', 'detail', 'error', 'error_message', 'msg', 'reason'];

/**
 * The words of a reason that the service gives, whatever it gives them in: a text, a list of reasons, an object with a
 * message. `undefined` where it gives none.
 */
export function givenReason(said: unknown): string | undefined {
  if (Array.isArray(said)) {
    const reasons = said.map(givenReason).filter((reason) => reason !== undefined);
    return reasons.length > 0 ? reasons.join('; ') : undefined;
  }
  if (isRecord(said)) {
    const words = fields.map((field) => givenReason(said[field])).find(Boolean);
    return words ?? (Object.keys(said).length > 0 ? toJson(said) : undefined);
  }
  const words = textOf(said).trim();
  return words === '' ? undefined : words;
}
