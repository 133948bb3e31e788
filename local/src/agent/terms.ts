import { stemmer } from 'stemmer';

// Words that carry a question without saying what it is about. An answer need not repeat them.
const stopWords = new Set(
  `a about above after again all also am an and any anyone anything are as ask at be because been
  before being below between both but by can could did do does doing done down during each explain
  for from further get give given gives had happen happens has have having he her here hers him his
  how i if in into is it its itself just know let list me mean means mention mentioned more most my
  name need no nor not of off on once one only or other our ours out over own please say says she
  should so some something such take takes tell than that the their them then there these they
  thing things this those through to too under until up us use used uses using very was we were what
  when where which while who whom whose why will with would you your yours`.split(/\s+/),
);

const word = /\d+(?:[.,]\d+)*|[\p{L}\p{M}\p{N}]+(?:\.\d+)*/gu;

// Scripts that put no space between words; the segmenter's dictionary finds the words in them.
const unspaced =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const words = new Intl.Segmenter('en', { granularity: 'word' });

/** A content word of a text beside the form that it is compared in. */
export interface Term {
  /** As it is written. */
  readonly word: string;
  /** Lower case, without accents, English suffixes stripped. */
  readonly stem: string;
}

// A step up from lower to upper case, as in `keepAliveTimeout`.
const hump = /(?<=\p{Ll})(?=\p{Lu})/u;

/** The content words of a text, in order. Words that only carry a question ("what", "does") are left out. */
export function readTerms(text: string): Term[] {
  const found: Term[] = [];
  for (const [match] of text.matchAll(word)) {
    for (const part of unspaced.test(match) ? segments(match) : [match]) {
      const plain = part
        .normalize('NFKD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase();
      if (plain !== '' && !stopWords.has(plain) && !/^[a-z]$/.test(plain)) {
        found.push({ word: part, stem: /^[a-z]+$/.test(plain) ? stemmer(plain) : plain });
      }
    }
  }
  return found;
}

/** The stems of the content words of a text, in order; those of `keepAliveTimeout` and of its parts. */
export function stems(text: string): string[] {
  return readTerms(text).flatMap(({ word, stem }) =>
    hump.test(word)
      ? [stem, ...readTerms(word.split(hump).join(' ')).map((part) => part.stem)]
      : [stem],
  );
}

function segments(text: string): string[] {
  return [...words.segment(text)].filter((part) => part.isWordLike).map((part) => part.segment);
}
