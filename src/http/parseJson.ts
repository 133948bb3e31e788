/**
 * `JSON.parse` for text from outside. The engine's complaint quotes the text around the mistake, so where that
 * text holds the secret the complaint is replaced by one that quotes nothing.
 *
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string, redact: (text: string) => string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw redact(text) === text ? cause : new SyntaxError('The text is not JSON.');
  }
}
