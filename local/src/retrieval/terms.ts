import { stemmer } from 'stemmer';

/** A run of letters in a script that puts no spaces between words. */
export const unspacedRun =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}ー々]+/gu;

const word = /[\p{L}\p{N}\p{M}]+/gu;
const longestTerm = 64;
const segmenter = new Intl.Segmenter('und', { granularity: 'word' });

/**
 * Splits text into the terms that search compares: lower case, without accents, English words
 * reduced to their stems (Porter) if `stemmed`. Scripts without spaces are cut into words by their
 * dictionaries. What is longer than 64 characters is data, not a word, and is left out.
 *
 * @param matters - Words of which it is false keep their form: to find a stem is most of the work.
 */
export function terms(
  text: string,
  stemmed: boolean,
  matters: (word: string) => boolean = () => true,
): string[] {
  const words = fold(text).match(word) ?? [];
  const split = words.flatMap((each) => (each.search(unspacedRun) < 0 ? [each] : segment(each)));
  const kept = split.filter((each) => each.length <= longestTerm);
  return stemmed ? kept.map((each) => (matters(each) ? stem(each) : each)) : kept;
}

/**
 * What to look for when someone asks `query`: for each word its stem and its form, since an index
 * can hold documents of several languages. Function words count only where there is nothing else.
 */
export function queryWords(query: string): string[][] {
  const words = [...new Set(terms(query, false))];
  const content = words.filter((each) => !functionWords.has(each));
  const asked = content.length > 0 ? content : words;
  return asked.map((each) => [...new Set([stem(each), each])]);
}

/** The terms of {@link queryWords}, each once. */
export function queryTerms(query: string): string[] {
  return [...new Set(queryWords(query).flat())];
}

/** Whether the word is of those that hold English sentences together and say nothing themselves. */
export function isFunctionWord(term: string): boolean {
  return functionWords.has(term);
}

/**
 * Whether Porter's rules fit the text. They do unless the function words of other languages
 * outnumber the English ones; tables and lists, which have neither, pass.
 */
export function readsAsEnglish(text: string): boolean {
  let english = 0;
  let other = 0;
  for (const each of fold(text.slice(0, 20_000)).match(word) ?? []) {
    english += functionWords.has(each) ? 1 : 0;
    other += otherFunctionWords.has(each) ? 1 : 0;
  }
  return english >= other;
}

/** Case and accents, which people leave out when they search. */
function fold(text: string): string {
  const lower = text.toLowerCase().replaceAll(/(?<=[a-z])['’]s\b/g, '');
  return /^[\n\t -~]*$/.test(lower)
    ? lower
    : lower
        .normalize('NFKD')
        .replaceAll(/[\u0300-\u036f]+/g, '')
        .normalize('NFC');
}

function segment(text: string): string[] {
  return Array.from(segmenter.segment(text))
    .filter((part) => part.isWordLike === true)
    .map((part) => part.segment);
}

const stems = new Map<string, string>();

function stem(term: string): string {
  let stemOfTerm = stems.get(term);
  if (stemOfTerm === undefined) {
    stemOfTerm = /^[a-z]+$/.test(term) ? stemmer(term) : term;
    // The vocabulary of a corpus is bounded, a server's lifetime of corpora is not.
    if (stems.size >= 100_000) {
      stems.clear();
    }
    stems.set(term, stemOfTerm);
  }
  return stemOfTerm;
}

const functionWords = new Set(
  `a about above after again against all am an and any are as at be because been before being below
  between both but by can cannot could did do does doing don down during each few for from further
  had has have having he her here hers him his how i if in into is it its itself just me more most
  my no nor not now of off on once only or other our ours out over own s same she should so some
  such t than that the their theirs them then there these they this those through to too under
  until up upon us very was we were what when where which while who whom whose why will with would
  you your yours`.split(/\s+/),
);

/** German, French, Spanish, Italian, Portuguese, Dutch and the Nordic languages, accents folded. */
const otherFunctionWords = new Set(
  `der die das und ist nicht ein eine einer einem einen den dem des mit auf fur von zu im sich auch
  wird werden als bei nach le la les et est une un du dans pour que qui sur au aux ce cette il elle
  sont avec par plus ne pas el los las y es en por con una del al se lo su como para pero di che il
  gli della delle dei per non sono e o os um uma do da nao com mais het een van niet voor zijn dat
  och att som det ar av til ikke og pa jeg der en et`.split(/\s+/),
);
