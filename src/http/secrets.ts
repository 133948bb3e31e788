/** What is shorter is no secret, and taking it out would garble answers. */
const SHORTEST = 8;
/** Keys that are made anew for each request must not fill the memory. */
const MOST = 1_000;

/** The texts of a connection that nobody may see: its keys, the values of its headers, a proxy's password. */
export class Secrets {
  // In order of their last use.
  readonly #texts = new Set<string>();

  /** Takes note of one; of more than 1,000 the one is forgotten that was not used for longest. */
  add(text: string): void {
    if (text.length < SHORTEST) {
      return;
    }
    this.#texts.delete(text);
    this.#texts.add(text);
    if (this.#texts.size > MOST) {
      const [oldest = ''] = this.#texts;
      this.#texts.delete(oldest);
    }
  }

  /** Takes all of them out of a text that came from outside. */
  readonly redact = (text: string): string => {
    let kept = text;
    for (const secret of this.#texts) {
      kept = kept.replaceAll(secret, '[redacted]');
    }
    return kept;
  };
}

/** Whether a text can be a key or a cookie: a line break would end the header, and only printable ASCII can be in it. */
export function isSecretText(text: string): boolean {
  return /^[\x21-\x7e]+$/.test(text);
}
