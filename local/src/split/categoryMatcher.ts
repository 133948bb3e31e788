import { isFunctionWord, terms } from '../retrieval/terms.ts';
import type { Cue, Genre } from './genre.ts';
import { genres } from './genres.ts';

/** A kind that texts are sorted into: the name it goes by, and what belongs to it. */
export interface Category {
  readonly name: string;
  readonly description?: string | null | undefined;
}

/** How well a text fits one category, and why. */
export interface Match {
  /** Evidence for the category, in nats; 0 where there is none. */
  readonly score: number;
  /** Signs of the category's kind in the text, strongest first. */
  readonly signs: readonly string[];
  /** Words of the category's name and description in the text, strongest first. */
  readonly words: readonly string[];
}

/** Scores a text against every category, in the order they were given. */
export type CategoryMatcher = (text: string) => readonly Match[];

/** Evidence below this is not enough to put a text into a category, in nats. */
export const leastEvidence = 1.6;

// What descriptions say of any document.
const emptyWords = new Set(
  terms(
    `a all also any anything as category contain containing contains content contents describe
    describes describing description document documents e each etc example file files from g have
    i include included includes including item items kind kinds like more or other page pages part
    section sections several such text texts that the type types typically use used usually various
    which with one two`,
    true,
  ),
);

/**
 * Prepares categories for matching. Two kinds of evidence are added up: signs of a kind of document
 * that the category's name calls for (an invoice number, citations, …), and words of its name and
 * description. Words that every category has tell nothing apart and weigh little.
 */
export function categoryMatcher(categories: readonly Category[]): CategoryMatcher {
  const profiles = categories.map((category) => ({
    name: wordsOf(category.name),
    description: wordsOf(affirmed(category.description ?? '')),
    genres: genresOf(category),
  }));
  const categoriesWith = new Map<string, number>();
  for (const { name, description } of profiles) {
    for (const term of new Set([...name.keys(), ...description.keys()])) {
      categoriesWith.set(term, (categoriesWith.get(term) ?? 0) + 1);
    }
  }
  const rarity = (term: string): number =>
    Math.log(1 + (2 * categories.length) / (categoriesWith.get(term) ?? 1)) /
    Math.log(1 + 2 * categories.length);
  const lexicons = profiles.map(({ name, description }) => {
    const lexicon = new Map<string, { readonly word: string; readonly weight: number }>();
    for (const [term, word] of description) {
      lexicon.set(term, { word, weight: rarity(term) });
    }
    for (const [term, word] of name) {
      lexicon.set(term, { word, weight: 2 * rarity(term) });
    }
    return lexicon;
  });

  return (text) => {
    const counts = new Map<string, number>();
    let length = 0;
    for (const term of terms(text, true)) {
      counts.set(term, (counts.get(term) ?? 0) + 1);
      length += 1;
    }
    const hits = hitCounter(text);
    return profiles.map((profile, index) => {
      const signs = strongest(profile.genres.map((genre) => findCues(genre, hits, length)));
      const words = findWords(lexicons[index] ?? new Map<string, never>(), counts, length);
      return {
        score: Math.max(0, signs.score + words.score),
        signs: signs.found,
        words: words.found,
      };
    });
  };
}

interface Evidence {
  readonly score: number;
  readonly found: readonly string[];
}

const nothing: Evidence = { score: 0, found: [] };

function strongest(evidence: readonly Evidence[]): Evidence {
  return evidence.reduce((best, next) => (next.score > best.score ? next : best), nothing);
}

/** The name decides which kinds are meant; the description may mention others, to set them apart. */
function genresOf({ name, description }: Category): readonly Genre[] {
  const named = genres.filter(({ called }) => called.test(plainWords(name)));
  return named.length > 0
    ? named
    : genres.filter(({ called }) => called.test(plainWords(affirmed(description ?? ''))));
}

/** What a description says of its category, without what it rules out: "without citations". */
function affirmed(description: string): string {
  return description.replace(
    /\b(?:without|not|no|never|except|excluding|other than|rather than)\b[^,.;:()]*/gi,
    ' ',
  );
}

/** `research_paper` and `researchPaper` as people write them. */
function plainWords(name: string): string {
  return name
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
}

/** The words that say something, under the stems that they are compared by. */
function wordsOf(text: string): Map<string, string> {
  const plain = plainWords(text);
  const stems = terms(plain, true);
  const words = terms(plain, false);
  return new Map(
    stems.flatMap((stem, at) => {
      const word = words[at] ?? stem;
      return isFunctionWord(word) || emptyWords.has(stem) ? [] : [[stem, word] as const];
    }),
  );
}

/** Counts matches of a pattern in the text; categories that share a cue count it once. */
function hitCounter(text: string): (pattern: RegExp) => number {
  const counted = new Map<RegExp, number>();
  return (pattern) => {
    const hits = counted.get(pattern) ?? text.match(pattern)?.length ?? 0;
    counted.set(pattern, hits);
    return hits;
  };
}

function findCues(genre: Genre, hits: (pattern: RegExp) => number, words: number): Evidence {
  const found = genre.cues
    .map((cue) => ({ sign: cue.sign, score: cueScore(cue, hits(cue.pattern), words) }))
    .sort((a, b) => b.score - a.score);
  return {
    score: found.reduce((sum, { score }) => sum + score, 0),
    found: found.filter(({ score }) => score > 0.2).map(({ sign }) => sign),
  };
}

function cueScore({ weight, rate }: Cue, hits: number, words: number): number {
  return rate === undefined
    ? weight * (1 - 0.5 ** (hits / lengthFactor(words)))
    : // A line of ten words is too short for a rate to mean anything.
      weight * Math.min(1, (100 * hits) / Math.max(words, 50) / rate);
}

/** What is found once in a long text says less: from a thousand words on it may be chance. */
function lengthFactor(words: number): number {
  return Math.max(1, words / 1_000);
}

/**
 * The share of the lexicon's weight that is in the text, term frequency saturated as in BM25
 * (Robertson and Zaragoza 2009, k1 = 1), scaled to nats. The square root keeps long descriptions
 * comparable with short ones: of many words any text has only some.
 */
function findWords(
  lexicon: ReadonlyMap<string, { readonly word: string; readonly weight: number }>,
  counts: ReadonlyMap<string, number>,
  length: number,
): Evidence {
  let total = 0;
  const found: { word: string; score: number }[] = [];
  for (const [term, { word, weight }] of lexicon) {
    const count = counts.get(term) ?? 0;
    total += weight;
    if (count > 0) {
      found.push({ word, score: (weight * 2 * count) / (count + lengthFactor(length)) });
    }
  }
  const sum = found.reduce((each, { score }) => each + score, 0);
  return {
    score: total === 0 ? 0 : (wordWeight * sum) / Math.sqrt(total),
    found: found.sort((a, b) => b.score - a.score).map(({ word }) => word),
  };
}

const wordWeight = 1;
