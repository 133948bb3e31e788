const VOCABULARY_SIZE = 40_000;

/** The most common words of English, the commonest first: about half of any text, and of most questions. */
const COMMON =
  `the of and to a in that is was he for it with as his on be at by i this had not are but from or have
  an they which one you were her all she there would their we him been has when who will more no if out so said what up
  its about into than them can only other new some could time these two may then do first any my now such like our over
  man me even most made after also did many before must through back years where much your way well down should because
  each just those people mr how too little state good very make world still own see men work long get here between both
  life being under never day same another know while last might us great old year off come since against go came right
  used take three`.split(/\s+/);

/**
 * Text of words whose frequencies fall with their rank (Zipf), the same for the same seed. The common ones are those of
 * English, as searches know that those say little; the others are made up.
 */
export class MadeUpText {
  #state: number;
  readonly #vocabulary: readonly string[];

  constructor(seed = 1) {
    this.#state = seed;
    this.#vocabulary = Array.from(
      { length: VOCABULARY_SIZE },
      (_, rank) =>
        COMMON[rank] ??
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
