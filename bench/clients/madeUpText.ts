const VOCABULARY_SIZE = 40_000;

/** Text of made-up words whose frequencies fall with their rank (Zipf), the same for the same seed. */
export class MadeUpText {
  #state: number;
  readonly #vocabulary: readonly string[];

  constructor(seed = 1) {
    this.#state = seed;
    this.#vocabulary = Array.from({ length: VOCABULARY_SIZE }, () =>
      Array.from({ length: 3 + Math.floor(this.#random() * 8) }, () =>
        String.fromCharCode(97 + Math.floor(this.#random() * 26)),
      ).join(''),
    );
  }

  /** A word, common ones more often: the rank is uniform in its logarithm. */
  word(): string {
    return this.#vocabulary[Math.floor(VOCABULARY_SIZE ** this.#random()) - 1] ?? 'the';
  }

  /** So many words, parted by blanks. */
  words(count: number): string {
    return Array.from({ length: count }, () => this.word()).join(' ');
  }

  /** A heading and 180 words in nine sentences: one chunk of an index. */
  passage(): string {
    const sentences = Array.from({ length: 9 }, () => `${this.words(20)}.`);
    return `## ${this.words(2)}\n\n${sentences.join(' ')}`;
  }

  /** A pseudo-random number from 0 to 1 (mulberry32). */
  #random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
