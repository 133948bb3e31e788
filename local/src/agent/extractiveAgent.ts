import type { ChatEvent } from '../../../src/types/chat.ts';
import type { GrepMatch } from '../../../src/types/retrieval.ts';
import type { AgentTools, RetrievedPassage } from './agentTools.ts';
import { callTool } from './callTool.ts';
import { composeAnswer } from './composeAnswer.ts';
import { type Question, readQuestion } from './question.ts';
import { coverageOfRegions, rankExcerpts, type Region } from './rankExcerpts.ts';
import type { RetrieveArguments } from './toolArguments.ts';
import { readTerms, stems, type Term } from './terms.ts';
import type { TurnMeter } from './turnMeter.ts';
import { said, thought } from './speech.ts';

// What the loop asks for. Few passages first: most questions are answered by them.
const firstPassages = 10;
const widerPassages = 20;
const lowCoverage = 0.6;
const mostGreps = 3;
const readAround = 600;

/** What {@link extractiveAgent} works on. */
export interface ExtractiveTurn {
  readonly question: string;
  /** What was said in the turns before this one. */
  readonly history: readonly ChatEvent[];
  readonly tools: AgentTools;
}

/**
 * Answers from the indexed documents without a language model: it searches, checks which words of
 * the question were found, greps for the rare ones that were not, searches wider where little was
 * found, reads around the best passage, and quotes the sentences that answer best with their
 * sources. It writes no sentence of its own about the documents, and where nothing answers it
 * says so. Emits every event of the turn but `user_input` and `stop`. Throws where the search fails.
 */
export async function* extractiveAgent(
  turn: ExtractiveTurn,
  meter: TurnMeter,
): AsyncGenerator<ChatEvent, void> {
  const { tools } = turn;
  const question = readQuestion(turn.question, turn.history);
  if (question.terms.length === 0 && question.contextStems.length === 0) {
    yield* said(composeAnswer(question, [], tools));
    return;
  }
  meter.turns += 1;
  yield* thought(plan(question));
  const first = yield* search({ query: question.query, top_k: firstPassages }, tools);
  let regions = toRegions(first);

  const files = [...new Map(first.map((passage) => [passage.file_id, passage])).values()];
  const subject = files.find((file) => isAbout(file, question));
  if (subject !== undefined && !regions.some((region) => opens(region, subject))) {
    const { file_id, file_name } = subject;
    const opening = { file_id, file_name, start: 0, text: '', prior: 1 };
    regions = [...regions, yield* readAroundRegion(opening, tools)];
  }
  const missing = missingTerms(question, regions);
  if (missing.length > 0 && files.length > 0) {
    meter.turns += 1;
    yield* thought(`The passages found do not mention ${list(missing)}. Searching the files.`);
    regions = [...regions, ...(yield* grepFor(missing, files, tools))];
  }
  if (coverageOfRegions(question, regions) < lowCoverage) {
    meter.turns += 1;
    const query = question.terms.map(({ word }) => word).join(' ') || question.query;
    const wider = yield* search({ query, top_k: widerPassages }, tools);
    const known = new Set(regions.map(placeOf));
    regions = [...regions, ...toRegions(wider).filter((region) => !known.has(placeOf(region)))];
  }

  const best = rankExcerpts(question, regions)[0]?.region;
  if (best !== undefined) {
    meter.turns += 1;
    const around = yield* readAroundRegion(best, tools);
    regions = regions.map((region) => (region === best ? around : region));
  }
  meter.turns += 1;
  yield* said(composeAnswer(question, regions, tools));
}

/** A search that fails ends the turn: nothing can be quoted without it. */
async function* search(
  args: RetrieveArguments,
  tools: AgentTools,
): AsyncGenerator<ChatEvent, readonly RetrievedPassage[]> {
  const found = yield* callTool('retrieve', args, tools.retrieve);
  if (found instanceof Error) {
    throw found;
  }
  return found;
}

function plan({ terms, contextStems }: Question): string {
  const follows = contextStems.length > 0 ? ', together with the question before it' : '';
  return (
    `No language model is configured, so the answer will be sentences quoted from the documents. ` +
    `Searching for ${list(terms)}${follows}.`
  );
}

function list(terms: readonly Term[]): string {
  return terms.map(({ word }) => `"${word}"`).join(', ');
}

/** Whether a question for what something is has this file, by its name, as its subject. */
function isAbout({ file_name }: RetrievedPassage, { type, terms }: Question): boolean {
  const name = readTerms(file_name.replace(/\.\w+$/, ''));
  const asked = new Set(terms.map(({ stem }) => stem));
  return type === 'definition' && name.length > 0 && name.every(({ stem }) => asked.has(stem));
}

function opens({ file_id, start }: Region, file: RetrievedPassage): boolean {
  return file_id === file.file_id && start === 0;
}

/** The words of the question that no region has, names first: there the answer depends on them. */
function missingTerms(question: Question, regions: readonly Region[]): Term[] {
  const found = new Set(regions.flatMap((region) => stems(region.text)));
  return question.terms
    .filter(({ stem }) => !found.has(stem))
    .toSorted((a, b) => Number(b.isName) - Number(a.isName));
}

/** Looks for each missing word in each file, until enough was asked, and reads around the first hit. */
async function* grepFor(
  missing: readonly Term[],
  files: readonly RetrievedPassage[],
  tools: AgentTools,
): AsyncGenerator<ChatEvent, Region[]> {
  const regions: Region[] = [];
  const calls = missing
    .flatMap((term) => files.map((file) => ({ term, file })))
    .slice(0, mostGreps);
  for (const { term, file } of calls) {
    const args = { file_id: file.file_id, pattern: patternOf(term), limit: 2 };
    const matches = yield* callTool('grep', args, tools.grep);
    const hit = matches instanceof Error ? undefined : matches[0];
    const isRead = regions.some((region) => region.file_id === file.file_id && spans(region, hit));
    if (hit !== undefined && !isRead) {
      const { file_id, file_name } = file;
      const spot = { file_id, file_name, start: hit.start_char, text: '', prior: 0.5 };
      regions.push(yield* readAroundRegion(spot, tools));
    }
  }
  return regions;
}

function spans({ start, text }: Region, hit: GrepMatch | undefined): boolean {
  return hit !== undefined && hit.start_char >= start && hit.end_char <= start + text.length;
}

/** The word in any case and with any ending, so that "regularize" finds "Regularization". */
function patternOf({ word, stem }: Term): string {
  if (!/^[a-z]+$/i.test(word)) {
    return word.replaceAll('.', String.raw`\.`);
  }
  const plain = word.toLowerCase();
  const ending = plain.split('').findIndex((letter, at) => letter !== stem[at]);
  const letters = (ending === -1 ? plain : plain.slice(0, ending)).split('');
  const anyCase = letters.map((letter) => `[${letter}${letter.toUpperCase()}]`).join('');
  return String.raw`\b${anyCase}\w*`;
}

/** The region with the text around it, without the sentences that the edges cut. */
async function* readAroundRegion(
  region: Region,
  tools: AgentTools,
): AsyncGenerator<ChatEvent, Region> {
  const offset = Math.max(0, region.start - readAround);
  const max_length = region.start - offset + region.text.length + readAround;
  const args = { file_id: region.file_id, offset, max_length };
  const text = yield* callTool('read', args, tools.read);
  if (text instanceof Error) {
    return region;
  }
  const head = offset === 0 ? 0 : text.search(/(?=\S)(?<=[.!?:]\s+|\n[^\S\n]*\n\s*)/);
  const from = head === -1 || offset + head > region.start ? region.start - offset : head;
  const kept =
    text.length < max_length
      ? text
      : text.slice(0, lastEnd(text, region.start - offset + region.text.length));
  return { ...region, start: offset + from, text: kept.slice(from) };
}

/** Where the last sentence or paragraph of a text ends, not before `least`. */
function lastEnd(text: string, least: number): number {
  const ends = [...text.matchAll(/[.!?](?=\s)|\n(?=[^\S\n]*\n)/g)].map(({ index }) => index + 1);
  return Math.max(least, ends.at(-1) ?? text.length);
}

function toRegions(passages: readonly RetrievedPassage[]): Region[] {
  const highest = Math.max(...passages.map(({ score }) => score), Number.MIN_VALUE);
  return passages.map(({ file_id, file_name, start_char, content, score }) => {
    return { file_id, file_name, start: start_char, text: content, prior: score / highest };
  });
}

function placeOf({ file_id, start }: Region): string {
  return `${file_id}:${start}`;
}
