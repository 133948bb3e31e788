/**
 * `JSON.parse` for text from outside.
 *
 * @throws SyntaxError when the text is not JSON; see {@link parseComplaint}.
 */
export function parseJson(text: string, redact: (text: string) => string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw parseComplaint(cause, text, redact);
  }
}

/**
 * What may be told of why a text is not JSON. The engine's complaint quotes the text around the mistake, so where that text
 * holds the secret, the complaint is one that quotes nothing.
 */
export function parseComplaint(
  complaint: unknown,
  text: string,
  redact: (text: string) => string,
): unknown {
  return redact(text) === text ? complaint : new SyntaxError('The text is not JSON.');
}
