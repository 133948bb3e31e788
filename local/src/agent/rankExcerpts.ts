import { canAnswer } from './answerType.ts';
import type { Question } from './question.ts';
import { type Excerpt, splitPassage } from './splitPassage.ts';
import { stems } from './terms.ts';
import { type Weigh, weighTerms } from './weighTerms.ts';

/** A stretch of a file's text that may hold the answer. */
export interface Region {
  readonly file_id: string;
  readonly file_name: string;
  /** Where the text starts in the file, 0-based. */
  readonly start: number;
  readonly text: string;
  /** How well the search thought of it, 0 to 1. */
  readonly prior: number;
}

/** An excerpt with how well it answers the question. */
export interface RankedExcerpt extends Excerpt {
  readonly region: Region;
  /** Its own stems. */
  readonly stems: ReadonlySet<string>;
  /** Whether it holds the kind of thing that the question asks for. */
  readonly fitsType: boolean;
  /** The excerpts around it, so that what it points back to, or what goes on from it, can be shown too. */
  readonly before: Excerpt | undefined;
  readonly after: Excerpt | undefined;
  /** The share of the question's words, by weight, that it covers alone or with what stands above it; 0 to 1. */
  readonly coverage: number;
  /** The order of the answer: coverage, similarity, passage score and kind of answer in one figure, 0 to 1. */
  readonly score: number;
}

// What each kind of evidence counts. Chosen on questions of our own; see bench/chat.ts.
const share = { coverage: 0.45, pairs: 0.1, similarity: 0.1, prior: 0.15, type: 0.2 };

// A word of the question that stands above an excerpt, and not in it, counts in part.
const credit = { own: 1, header: 0.8, heading: 0.6, before: 0.6, fileName: 0.4 };

/** Every excerpt of the regions, best first. Excerpts that only repeat the question are left out. */
export function rankExcerpts(question: Question, regions: readonly Region[]): RankedExcerpt[] {
  const weigh = weighTerms(regions.map(({ text }) => stems(text)));
  const ranked = regions.flatMap((region) => {
    const excerpts = splitPassage(region.text).map((excerpt) => {
      const order = stems(excerpt.text);
      return { ...excerpt, region, order, stems: new Set(order) };
    });
    return excerpts.flatMap((excerpt, at) => {
      if (!addsSomething(question, excerpt)) {
        return [];
      }
      const coverage = coverageOf(
        question,
        excerpt,
        excerpts.slice(Math.max(0, at - 2), at),
        weigh,
      );
      const evidence =
        share.coverage * coverage +
        share.pairs * pairsIn(question, excerpt) +
        share.similarity * similarity(question, excerpt, weigh) +
        share.prior * region.prior +
        share.type * typeFit(question, excerpt, excerpts.slice(Math.max(0, at - 3), at));
      const score = evidence * readability(excerpt);
      const fitsType = canAnswer(question.type, excerpt.text, question.text);
      return [
        {
          ...excerpt,
          coverage,
          fitsType,
          score,
          before: excerpts[at - 1],
          after: excerpts[at + 1],
        },
      ];
    });
  });
  return withoutRepeats(ranked.sort((a, b) => b.score - a.score));
}

/** The share of the question's words, by weight, that occur anywhere in the regions; 0 to 1. */
export function coverageOfRegions(question: Question, regions: readonly Region[]): number {
  const texts = regions.map(({ text }) => stems(text));
  const weigh = weighTerms(texts);
  const found = new Set(texts.flat());
  return shareOf(question, weigh, (stem) => (found.has(stem) ? 1 : 0));
}

interface Candidate extends Excerpt {
  readonly region: Region;
  /** Its stems in the order of the text, and each once. */
  readonly order: readonly string[];
  readonly stems: ReadonlySet<string>;
}

function shareOf(question: Question, weigh: Weigh, found: (stem: string) => number): number {
  let all = 0;
  let covered = 0;
  const add = (stem: string, weight: number) => {
    all += weight;
    covered += weight * found(stem);
  };
  // A word that no passage has may be mere phrasing ("how is it chosen"); a name never is.
  question.terms.forEach(({ stem, isName }) =>
    add(stem, isName ? 1.5 * weigh(stem) : Math.min(weigh(stem), 3)),
  );
  question.contextStems.forEach((stem) => add(stem, 0.4 * Math.min(weigh(stem), 2)));
  return all === 0 ? 0 : covered / all;
}

function coverageOf(
  question: Question,
  excerpt: Candidate,
  before: readonly Candidate[],
  weigh: Weigh,
): number {
  const near = new Set(
    before.filter(({ block }) => block === excerpt.block).flatMap((one) => [...one.stems]),
  );
  const headings = new Set(stems(excerpt.context.join(' ')));
  const name = new Set(stems(excerpt.region.file_name));
  return shareOf(question, weigh, (stem) => {
    if (excerpt.stems.has(stem)) return credit.own;
    if (headings.has(stem)) return excerpt.kind === 'row' ? credit.header : credit.heading;
    if (near.has(stem)) return credit.before;
    return name.has(stem) ? credit.fileName : 0;
  });
}

function addsSomething(question: Question, excerpt: Candidate): boolean {
  const asked = new Set(question.terms.map(({ stem }) => stem));
  return !excerpt.text.endsWith('?') && [...excerpt.stems].some((stem) => !asked.has(stem));
}

function pairsIn(question: Question, excerpt: Candidate): number {
  const { order } = excerpt;
  const together = question.pairs.filter(([first, second]) =>
    order.some((stem, at) => stem === first && order.slice(at + 1, at + 3).includes(second)),
  );
  return question.pairs.length === 0 ? 0 : together.length / question.pairs.length;
}

/** The cosine of the angle between question and excerpt as idf vectors. */
function similarity(question: Question, excerpt: Candidate, weigh: Weigh): number {
  const length = (all: Iterable<string>) =>
    Math.sqrt([...all].reduce((sum, stem) => sum + weigh(stem) ** 2, 0));
  const asked = question.terms.map(({ stem }) => stem);
  const shared = length(asked.filter((stem) => excerpt.stems.has(stem))) ** 2;
  return shared === 0 ? 0 : shared / (length(asked) * length(excerpt.stems));
}

const defining =
  /^.{0,90}?\b(?:(?:is|are|was|were) (?:an?|the|one)|means?|refers? to|consists? of|stands? for|called|known as|defined as|can be (?:described|seen) as)\b/i;

/** How well the excerpt fits the kind of answer asked for; 0 to 1. */
function typeFit(question: Question, excerpt: Candidate, before: readonly Candidate[]): number {
  if (!canAnswer(question.type, excerpt.text, question.text)) {
    return 0;
  }
  // The subject comes first: in the sentence, or in the heading of the section that it opens.
  const asked = question.terms.map(({ stem }) => stem);
  const opening = excerpt.order.slice(0, asked.length + 2);
  const title = before.findLast(({ kind, stems }) => kind === 'heading' && stems.size > 0);
  const heads = title !== undefined && [...title.stems].every((stem) => asked.includes(stem));
  const named = asked.filter((stem) => opening.includes(stem)).length / Math.max(1, asked.length);
  const lead = heads ? 1 : named;
  return question.type === 'definition'
    ? lead * (defining.test(excerpt.text) ? 1 : 0.6)
    : 0.8 + 0.2 * lead;
}

// "Returns: a string.", "See the guide."
const fieldOrReference = /^[^\p{L}\p{N}_]*(?:\p{L}+:\W|see\b)/iu;
const looksLikeCode =
  /[;{]$|=> *[{(]|\); |^(?:const|let|var|import|export|return|await|function)\b/;

/** What makes an excerpt worse to read as an answer lowers its score. */
function readability({ kind, text, stems }: Candidate): number {
  if (kind === 'heading') return 0.75;
  if (kind === 'row') return 0.95;
  if (looksLikeCode.test(text)) return 0.6;
  const letters = text.match(/[\p{L}\s]/gu)?.length ?? 0;
  const symbols = letters / text.length < 0.8 ? 0.88 : 1;
  const length = stems.size < 5 ? 0.92 : stems.size > 50 ? 0.9 : 1;
  return (
    symbols * length * (text.endsWith(':') ? 0.92 : 1) * (fieldOrReference.test(text) ? 0.85 : 1)
  );
}

/** Regions overlap, and files repeat themselves: of excerpts with one text the best stays. */
function withoutRepeats(ranked: readonly RankedExcerpt[]): RankedExcerpt[] {
  const seen = new Set<string>();
  return ranked.filter(({ text }) => {
    const fresh = !seen.has(text);
    seen.add(text);
    return fresh;
  });
}
