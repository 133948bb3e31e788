import { isFunctionWord, terms } from '../retrieval/terms.ts';

/** A content word of a text beside the form that it is compared in. */
export interface Term {
  /** As it is written. */
  readonly word: string;
  /** Lower case, without accents, English suffixes stripped. */
  readonly stem: string;
}

// Beside the function words of the search, these carry a question without saying what it is about.
const askingWords = new Set(
  `also anyone anything ask between does doing done explain get give given gives happen happens know
  let list mean means mention mentioned name need one please say says show something take takes tell
  thing things use used uses using`.split(/\s+/),
);

// The same, and the function words, of other languages; without accents, as terms are compared. A
// word that is a content word in English ("die", "hat", "pour") is left to count.
const askingWordsElsewhere = new Set(
  `wie lange viel viele wer wen wem wann warum wieso weshalb welche welcher welches welchen welchem
  wo wohin woher ist sind haben gibt es der dem das ein eine einen einem einer eines und
  oder fur von zu im zum zur bei auf nach
  quel quelle quels quelles combien quand pourquoi ou est sont qui que quoi le la les du de une
  et dans avec sur
  cual cuales cuanto cuanta cuantos cuantas cuando donde quien quienes como es el los las y en
  para del al
  quanto quanta quanti quante chi perche quale quali che cosa il lo gli di della dello dei sono
  什么 多少 谁 哪 哪里 哪个 哪些 何时 时候 为什么 怎么 怎样 如何 几 多 多长 多久 是 吗 呢 的 了 在 有 和
  何 いつ どこ 誰 なぜ どう いくら は が を に の で と も か です ます`.split(/\s+/),
);

// Figures and names such as "ASN.1" keep their points: their parts alone say something else.
const word = /\d+(?:[.,]\d+)*|[\p{L}\p{M}\p{N}]+(?:\.\d+)*/gu;

/** The content words of a text, in order. Words that only carry a question ("what", "does") are left out. */
export function readTerms(text: string): Term[] {
  return Array.from(text.matchAll(word), ([match]) => termsOf(match)).flat();
}

// A turn reads the same words over and over.
const known = new Map<string, readonly Term[]>();
const mostKnown = 50_000;

function termsOf(match: string): readonly Term[] {
  let found = known.get(match);
  if (found === undefined) {
    found = /[.,]/.test(match) ? [{ word: match, stem: match.toLowerCase() }] : analyse(match);
    if (known.size >= mostKnown) {
      known.clear();
    }
    known.set(match, found);
  }
  return found;
}

/** One term, none for a word that says nothing, and several where the script has no spaces. */
function analyse(match: string): Term[] {
  const stemmed = terms(match, true);
  const plain = terms(match, false);
  return plain.flatMap((each, at) =>
    isFunctionWord(each) ||
    askingWords.has(each) ||
    askingWordsElsewhere.has(each) ||
    /^[a-z]$/.test(each)
      ? []
      : [{ word: plain.length === 1 ? match : each, stem: stemmed[at] ?? each }],
  );
}

// A step up from lower to upper case, as in `keepAliveTimeout`.
const hump = /(?<=\p{Ll})(?=\p{Lu})/u;

/** The stems of the content words of a text, in order; those of `keepAliveTimeout` and of its parts. */
export function stems(text: string): string[] {
  return readTerms(text).flatMap(({ word, stem }) =>
    hump.test(word)
      ? [stem, ...readTerms(word.split(hump).join(' ')).map((part) => part.stem)]
      : [stem],
  );
}
