/** A sign that a text is of some kind. */
export interface Cue {
  /** What it is, as a reader would call it. */
  readonly sign: string;
  readonly pattern: RegExp;
  /** How much it speaks for the kind, in nats; below zero it speaks against it. */
  readonly weight: number;
  /**
   * Hits per hundred words that count in full, for signs that any text has some of. Other signs
   * count for half at the first hit, and for half of the rest at each further one.
   */
  readonly rate?: number;
}

/** A kind of document. */
export interface Genre {
  /** What people call it, in any category's name or description. */
  readonly called: RegExp;
  readonly cues: readonly Cue[];
}

/** A sign that kinds of quite different sorts share. */
export const money: Cue = {
  sign: 'amounts of money',
  pattern:
    /(?:[$€£¥]|\b(?:USD|EUR|GBP|CHF))\s?\d[\d.,]*|(?<![\w.,])\d[\d.,]*\s?(?:€|USD|EUR|GBP|CHF)/g,
  weight: 0.8,
};
