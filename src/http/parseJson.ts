import type { Wire } from './connection.ts';
import { reviveJson } from './reviveJson.ts';
import { oneLine } from '../checks/oneLine.ts';

/**
 * `JSON.parse` for text from outside, with the connection's reviver. What the reviver throws is thrown as it is.
 *
 * @param broken - Makes the error for a text that is not JSON of what may be told of why; see {@link parseComplaint}.
 */
export function parseJson(
  text: string,
  { redact, reviver }: Pick<Wire, 'redact' | 'reviver'>,
  broken: (complaint: unknown) => Error,
): unknown {
  try {
    return reviveJson(text, reviver);
  } catch (cause) {
    throw reviver && isJson(text) ? cause : broken(parseComplaint(cause, text, redact));
  }
}

/** Whether it was not the text that JSON.parse failed at, but a reviver. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * What may be told of why a text is not JSON. The engine's complaint quotes the text around the mistake, so where that text
 * holds the secret, the complaint is one that quotes nothing; else it is made one line.
 */
export function parseComplaint(
  complaint: unknown,
  text: string,
  redact: (text: string) => string,
): unknown {
  if (redact(text) !== text) {
    return new SyntaxError('The text is not JSON.');
  }
  return complaint instanceof SyntaxError ? new SyntaxError(oneLine(complaint.message)) : complaint;
}
