import { isFunctionWord, terms } from '../retrieval/terms.ts';
import type { Page, PageLayout } from './page.ts';
import { pageNumberOf } from './pageNumber.ts';

/** Natural log odds that a page begins a new document, before anything is known of it. */
const prior = -2;

/**
 * For each page, the log odds that it begins a new document; the first one's are infinite.
 *
 * The evidence is added up as if its parts were independent: paper size, fonts, a title on top,
 * words in common with the pages around, page numbers, invoice numbers and the
 * like, running headers, how the page begins and
 * how the one before ends. The weights are judgement, not training.
 */
export function boundaryEvidence(pages: readonly Page[]): readonly number[] {
  const readings = pages.map(readingOf);
  const cohesion = readings.map((_, at) => cohesionAt(readings, at));
  return readings.map((page, at) => {
    const before = readings[at - 1];
    return before === undefined
      ? Infinity
      : prior +
          layoutEvidence(before.layout, page.layout) +
          cohesionEvidence(cohesion[at]) +
          numberEvidence(before, page) +
          identifierEvidence(before.identifiers, page.identifiers) +
          runningLineEvidence(before, page) +
          openingEvidence(before, page);
  });
}

interface Reading {
  readonly layout: PageLayout | null;
  readonly lines: readonly string[];
  readonly pageNumber: ReturnType<typeof pageNumberOf>;
  /** Numbers that documents go by, under what they number: `invoice` → `2026-0417`. */
  readonly identifiers: ReadonlyMap<string, string>;
  readonly counts: ReadonlyMap<string, number>;
}

function readingOf({ text, layout }: Page): Reading {
  const lines = text
    .split('\n')
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line !== '');
  const counts = new Map<string, number>();
  for (const term of terms(text, true)) {
    if (!isFunctionWord(term) && !/^\d+$/.test(term)) {
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return {
    layout,
    lines,
    pageNumber: pageNumberOf(lines),
    identifiers: identifiersIn(lines.join('\n')),
    counts,
  };
}

const identifier =
  /\b(invoice|receipt|order|policy|contract|claim|case|statement|customer|reference|patent)[ ]*(?:no\b\.?|number|#|id\b)[ :#]*(\w*\d[\w/-]*)/gi;

function identifiersIn(text: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(text.matchAll(identifier), ([, kind = '', value = '']) => [
      kind.toLowerCase(),
      value,
    ]),
  );
}

function layoutEvidence(before: PageLayout | null, page: PageLayout | null): number {
  if (before === null || page === null) {
    return 0;
  }
  const turned = before.width === page.height && before.height === page.width;
  const resized =
    Math.abs(before.width - page.width) > 3 || Math.abs(before.height - page.height) > 3;
  // One document may have a wide table among its upright pages.
  const size = resized ? (turned ? 0.5 : 3) : -0.2;
  const title = page.titleRatio >= 1.35 && page.titleRatio > before.titleRatio * 1.1 ? 1 : 0;
  return size + title + fontEvidence(before.fonts, page.fonts);
}

function fontEvidence(before: readonly string[], page: readonly string[]): number {
  if (before.length === 0 || page.length === 0) {
    return 0;
  }
  const shared = page.filter((font) => before.includes(font)).length;
  // A page of one font may well follow one of many: what counts is the smaller set.
  const overlap = shared / Math.min(before.length, page.length);
  return overlap === 0 ? 2.5 : 0.8 - 1.6 * overlap;
}

/**
 * Cosine between the words of the two pages before and of the two from here on; `undefined` where
 * one side has no words.
 */
function cohesionAt(readings: readonly Reading[], at: number): number | undefined {
  const left = sum(readings.slice(Math.max(0, at - 2), at));
  const right = sum(readings.slice(at, at + 2));
  let dot = 0;
  for (const [term, count] of left) {
    dot += count * (right.get(term) ?? 0);
  }
  const norms = Math.sqrt(squares(left) * squares(right));
  return norms === 0 ? undefined : dot / norms;
}

function sum(readings: readonly Reading[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const { counts } of readings) {
    for (const [term, count] of counts) {
      // Logarithmic, so that one word said fifty times does not drown the others.
      total.set(term, (total.get(term) ?? 0) + Math.log1p(count));
    }
  }
  return total;
}

function squares(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) {
    total += count * count;
  }
  return total;
}

function cohesionEvidence(cosine: number | undefined): number {
  return cosine === undefined ? 0 : Math.max(-1.5, Math.min(1.5, 8 * (0.22 - cosine)));
}

function numberEvidence(before: Reading, page: Reading): number {
  const { pageNumber: last } = before;
  const { pageNumber: number } = page;
  if (number === undefined) {
    return last?.number !== undefined && last.number === last.of ? 1.5 : 0;
  }
  if (last === undefined) {
    return number.number === 1 ? 1.2 : 0;
  }
  if (number.of !== last.of) {
    return 2.5;
  }
  if (number.number === last.number + 1) {
    return -3;
  }
  return number.number === 1 ? 3 : 0.5;
}

function identifierEvidence(
  before: ReadonlyMap<string, string>,
  page: ReadonlyMap<string, string>,
): number {
  const shared = [...page].filter(([kind]) => before.has(kind));
  if (shared.length === 0) {
    return 0;
  }
  return shared.every(([kind, value]) => before.get(kind) === value) ? -2.5 : 3;
}

/** Lines at the edges of both pages that differ in their figures at most. */
function runningLineEvidence(before: Reading, page: Reading): number {
  const edges = edgesOf(before);
  return edgesOf(page).some((line) => edges.includes(line)) ? -2.5 : 0;
}

function edgesOf({ lines }: Reading): readonly string[] {
  return [...lines.slice(0, 2), ...lines.slice(-2)]
    .map((line) =>
      line
        .toLowerCase()
        .replace(/\bpage\b/g, '')
        .replace(/\d+/g, '#'),
    )
    .filter((line) => /\p{L}{4}/u.test(line));
}

const openings =
  /^(?:abstract|dear\b|invoice\b|receipt\b|memo(?:randum)?\b|résumé\b|resume\b|curriculum vitae|(?:this|the) \w+(?: \w+)? agreement|purchase order|statement of|minutes of|press release|for immediate release|table of contents)/i;
const endings =
  /^(?:(?:yours )?(?:sincerely|faithfully|truly)|(?:best|kind) regards|signature|in witness whereof|(?:the )?end\b|thank you for|amount due|amount paid|total due)/i;
const bibliography = /^(?:\[\d+\]|\d+\.) .*(?:19|20)\d\d/;

function openingEvidence(before: Reading, page: Reading): number {
  const head = page.lines.slice(0, 12);
  const tail = before.lines.slice(-8);
  const opens = head.some((line) => openings.test(line)) ? 1.5 : 0;
  const ended = tail.some((line) => endings.test(line)) ? 0.8 : 0;
  const listed = tail.filter((line) => bibliography.test(line)).length >= 2;
  const listsOn = head.filter((line) => bibliography.test(line)).length >= 2;
  const references = listed && !listsOn ? 1.5 : 0;
  return opens + ended + references + continuationEvidence(before, page);
}

/** Whether a sentence goes on from one page to the next, past headers and page numbers. */
function continuationEvidence(before: Reading, page: Reading): number {
  const last = before.lines.findLast(isProse);
  const first = page.lines.find(isProse);
  if (last === undefined || first === undefined) {
    return 0;
  }
  const broken = !/[.!?:;)"”]$/.test(last);
  return broken && /^\p{Ll}/u.test(first) ? -2 : 0;
}

function isProse(line: string): boolean {
  return line.split(' ').length >= 5;
}
