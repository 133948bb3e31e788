/**
 * The last texts of a stream that may be without end: always the last one, and of those before it as many as fit
 * into at least half of the size that is given, and at most all of it.
 */
export class RecentTexts {
  readonly #half: number;
  // Two halves, the older of which is dropped as a whole: to take texts off one by one would cost more than to keep them.
  #older: string[] = [];
  #newer: string[] = [];
  #size = 0;
  #count = 0;

  /** `size`: what the lengths of the kept texts add up to at most. */
  constructor(size: number) {
    this.#half = size / 2;
  }

  /** How many texts there were in all. */
  get count(): number {
    return this.#count;
  }

  add(text: string): void {
    if (this.#size + text.length > this.#half) {
      this.#older = this.#newer;
      this.#newer = [];
      this.#size = 0;
    }
    this.#newer.push(text);
    this.#size += text.length;
    this.#count += 1;
  }

  /** The kept texts, in order. */
  list(): string[] {
    return [...this.#older, ...this.#newer];
  }
}
