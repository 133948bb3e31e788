import type { AgentTools } from './agentTools.ts';
import type { AnswerType } from './answerType.ts';
import type { Question } from './question.ts';
import { type RankedExcerpt, rankExcerpts, type Region } from './rankExcerpts.ts';
import { stems } from './terms.ts';

// Below this share of the question's words, by weight, an excerpt is about something else. A fact
// needs more of them: "who is the president of X" is not answered by where X is.
const enoughForFact = 0.6;
const enoughElse = 0.55;
const mostExcerpts = 3;

const facts: ReadonlySet<AnswerType> = new Set<AnswerType>([
  'number',
  'money',
  'duration',
  'date',
  'value',
  'person',
  'place',
]);

// The share that an excerpt needs which does not look like the kind of answer. A figure can be told
// by its form, so without one nothing answers "how many". A name can look like any word.
const withoutType: Readonly<Partial<Record<AnswerType, number>>> = {
  number: Infinity,
  money: Infinity,
  duration: Infinity,
  date: Infinity,
  person: 0.9,
  place: 0.9,
};

/**
 * The answer to a question out of the regions: up to three excerpts, verbatim, each with a
 * citation `[n]`, and after them the list of sources (file, page 1-based, characters 0-based with
 * the end exclusive).
 * Where no excerpt covers enough of the question it says so, what was not found, and which passage
 * came nearest, so that a person can look for themselves.
 */
export function composeAnswer(
  question: Question,
  regions: readonly Region[],
  tools: Pick<AgentTools, 'pagesOf'>,
): string {
  const chosen = choose(question, rankExcerpts(question, regions));
  if (chosen.length === 0) {
    return `${refusal(question, regions)}${nearest(regions, tools)}`;
  }
  const quotes = merge(chosen);
  const lines = quotes.map((quote, at) => `${quote.text}${quote.table ? '\n' : ' '}[${at + 1}]`);
  const sources = quotes.map(
    ({ region, start, end }, at) => `[${at + 1}] ${place(region, start, end, tools)}`,
  );
  return `${lines.join('\n\n')}\n\nSources:\n${sources.join('\n')}`;
}

function place(
  { file_id, file_name }: Region,
  start: number,
  end: number,
  tools: Pick<AgentTools, 'pagesOf'>,
): string {
  const { first, last } = tools.pagesOf(file_id, start, end);
  const page = first === last ? `page ${first}` : `pages ${first}-${last}`;
  return `${file_name}, ${page}, characters ${start}-${end}`;
}

function nearest(regions: readonly Region[], tools: Pick<AgentTools, 'pagesOf'>): string {
  const [region] = regions.toSorted((a, b) => b.prior - a.prior);
  return region === undefined || region.text === ''
    ? ''
    : `\n\nNearest passage:\n${place(region, region.start, region.start + region.text.length, tools)}`;
}

/**
 * The best excerpt, then those that are nearly as good and say something else. A sentence that
 * points back ("This hurts perplexity") brings the one before it; the best one also brings one
 * that goes on from it.
 */
function choose(question: Question, ranked: readonly RankedExcerpt[]): RankedExcerpt[] {
  // A fact stands in one place; an explanation may need more of them.
  const isFact = facts.has(question.type);
  const enough = isFact ? enoughForFact : enoughElse;
  const best = ranked.find(
    ({ coverage, fitsType }) =>
      coverage >= (fitsType ? enough : (withoutType[question.type] ?? enough)),
  );
  if (best === undefined) {
    return [];
  }
  const chosen = withNeighbours(best, !isFact);
  const comesNear = ({ score, coverage, fitsType }: RankedExcerpt) =>
    isFact
      ? fitsType && score >= 0.92 * best.score && coverage >= best.coverage
      : score >= 0.8 * best.score && coverage >= enough;
  for (const excerpt of ranked) {
    const isNew = !chosen.some((other) => saysTheSame(other, excerpt));
    if (comesNear(excerpt) && excerpt.kind !== 'heading' && isNew) {
      chosen.push(...withNeighbours(excerpt, false));
    }
  }
  return chosen.slice(0, mostExcerpts);
}

// Opens a sentence that cannot be understood without the one before it.
const pointsBack =
  /^\W*(?:this|these|those|that|it|its|they|their|such|he|she|thus|therefore|hence|however|default|otherwise|instead|in this case|in these situations|in that case|as a result|for this reason|because of this)\b/i;

function withNeighbours(excerpt: RankedExcerpt, withNext: boolean): RankedExcerpt[] {
  const { before, after, block } = excerpt;
  const group = [excerpt];
  if (before?.block === block && pointsBack.test(excerpt.text)) {
    group.unshift({ ...excerpt, ...before });
  }
  if (withNext && after?.block === block && pointsBack.test(after.text)) {
    group.push({ ...excerpt, ...after });
  }
  return group;
}

function saysTheSame(one: RankedExcerpt, other: RankedExcerpt): boolean {
  const shared = [...one.stems].filter((stem) => other.stems.has(stem)).length;
  return shared >= 0.6 * Math.min(one.stems.size, other.stems.size);
}

interface Quote {
  readonly region: Region;
  /** In characters of the file. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly table: boolean;
}

/** Excerpts that follow one another in a paragraph become one quotation. */
function merge(chosen: readonly RankedExcerpt[]): Quote[] {
  const quotes: (Quote & { readonly block: number })[] = [];
  for (const excerpt of chosen) {
    const quote = { ...quoteOf(excerpt), block: excerpt.block };
    const at = quotes.findIndex(
      (other) =>
        !quote.table &&
        other.region === quote.region &&
        other.block === quote.block &&
        (touch(other, quote) || touch(quote, other)),
    );
    const neighbour = quotes[at];
    if (neighbour === undefined) {
      quotes.push(quote);
    } else {
      const [first, second] =
        neighbour.start < quote.start ? [neighbour, quote] : [quote, neighbour];
      quotes[at] = { ...first, end: second.end, text: `${first.text} ${second.text}` };
    }
  }
  return quotes;
}

function quoteOf({ region, start, end, text, header }: RankedExcerpt): Quote {
  const place = { region, start: region.start + start, end: region.start + end };
  if (header === undefined) {
    return { ...place, text, table: false };
  }
  // A row says little without its columns' names, so it is shown as the table of one row.
  const names = region.text.slice(header.start, header.end).replace(/\s+/g, ' ').trim();
  const columns = names.replace(/^\||\|$/g, '').split('|').length;
  return { ...place, text: `${names}\n|${' --- |'.repeat(columns)}\n${text}`, table: true };
}

function touch(first: Quote, second: Quote): boolean {
  const between = first.region.text.slice(
    first.end - first.region.start,
    second.start - first.region.start,
  );
  return first.end <= second.start && between.trim() === '';
}

function refusal(question: Question, regions: readonly Region[]): string {
  if (question.terms.length === 0) {
    return 'The message holds no word to search for. Ask about something that the documents name.';
  }
  const found = new Set(regions.flatMap(({ text }) => stems(text)));
  const missing = question.terms
    .filter(({ stem }) => !found.has(stem))
    .map(({ word }) => `"${word}"`);
  const nothing = 'I found no passage in the indexed documents that answers this.';
  if (missing.length === 0) {
    return `${nothing} Its words occur, but in no sentence that answers it.`;
  }
  return `${nothing} The passages found do not mention ${missing.join(' or ')}.`;
}
