import { type Language, languageOfWords, rulesOf } from './languages.ts';

/** A run of letters in a script that puts no spaces between words. */
export const unspacedRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu;

const word = /[\p{L}\p{N}\p{M}]+/gu;
const longestTerm = 64;
const english = rulesOf('english').functionWords;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * Splits text into the terms that search compares: lower case, without accents, words reduced to their
 * stems by the rules of a language, English for `true`. Scripts without spaces are cut into words by
 * their dictionaries. What is longer than 64 characters is data, not a word, and is left out.
 */
export function terms(text: string, stemmed: boolean | Language): string[] {
  const language = stemmed === true ? 'english' : stemmed;
  return split(text).map((each) => (language === false ? fold(each) : stem(each, language)));
}

/**
 * What to look for when someone asks `query`: for each word its stem in each of the languages that the
 * documents are in, and its form. Function words, English ones and those of the question's own
 * language, count only where there is nothing else.
 */
export function queryWords(
  query: string,
  languages: readonly Language[] = ['english'],
): string[][] {
  const words = [...new Map(split(query).map((each) => [fold(each), each]))];
  const own = rulesOf(languageOfWords(words.map(([folded]) => folded)));
  const content = words.filter(
    ([folded]) => !isFunctionWord(folded) && !own.functionWords.has(folded),
  );
  const asked = content.length > 0 ? content : words;
  return asked.map(([folded, each]) => [
    ...new Set([...languages.map((language) => stem(each, language)), folded]),
  ]);
}

/** The terms of {@link queryWords}, each once. */
export function queryTerms(query: string): string[] {
  return [...new Set(queryWords(query).flat())];
}

/** Whether the word is of those that hold English sentences together and say nothing themselves. */
export function isFunctionWord(term: string): boolean {
  return english.has(term);
}

/** The language of a text, by its beginning. */
export function languageOf(text: string): Language {
  return languageOfWords(split(text.slice(0, 20_000)).map(fold));
}

/** The words of a text in lower case, accents and all. */
function split(text: string): string[] {
  const lower = text.toLowerCase().replaceAll(/(?<=[a-z])['’]s\b/g, '');
  const words = (isAscii(lower) ? lower : lower.normalize('NFKC')).match(word) ?? [];
  return words
    .flatMap((each) => (each.search(unspacedRun) < 0 ? [each] : segment(each)))
    .filter((each) => each.length <= longestTerm);
}

/** Without accents, which people leave out when they search. */
function fold(text: string): string {
  return isAscii(text)
    ? text
    : text
        .normalize('NFKD')
        .replaceAll(/[\u0300-\u036f]+/g, '')
        .normalize('NFC')
        .replaceAll('ß', 'ss');
}

function isAscii(text: string): boolean {
  return /^[\n\t -~]*$/.test(text);
}

function segment(text: string): string[] {
  return Array.from(segmenter.segment(text))
    .filter((part) => part.isWordLike === true)
    .map((part) => part.segment);
}

const stems = new Map<Language, Map<string, string>>();

function stem(term: string, language: Language): string {
  const known = stems.get(language) ?? new Map<string, string>();
  stems.set(language, known);
  let stemOfTerm = known.get(term);
  if (stemOfTerm === undefined) {
    stemOfTerm = fold(stemWord(term, language));
    // The vocabulary of a corpus is bounded, a server's lifetime of corpora is not.
    if (known.size >= 100_000) {
      known.clear();
    }
    known.set(term, stemOfTerm);
  }
  return stemOfTerm;
}

/** Words with figures in them, and English ones with accents, have no suffixes by the rules. */
function stemWord(term: string, language: Language): string {
  return /\p{N}/u.test(term)
    ? term
    : rulesOf(language).stem(language === 'english' ? fold(term) : term);
}
