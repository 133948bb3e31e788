import type { ParsedPage } from '../documents/parsedDocument.ts';
import { unspacedRun } from './terms.ts';

/** A passage of a file: the unit that is searched and found. */
export interface Chunk {
  /** Its place among the chunks of the file, 0-based. */
  readonly index: number;
  /** Where it starts in the file's text, in UTF-16 units. */
  readonly start_char: number;
  /** Where it ends there, exclusive: `text.slice(start_char, end_char)` is `content`. */
  readonly end_char: number;
  /** The first page it touches, 1-based. */
  readonly page_start: number;
  /** The last page it touches, 1-based. */
  readonly page_end: number;
  /** An estimate, since models differ: a token per four bytes of UTF-8. */
  readonly token_count: number;
  readonly content: string;
}

/** Where a page begins. */
export interface PageStart {
  /** 1-based. */
  readonly number: number;
  /** In the file's text, in UTF-16 units. */
  readonly start_char: number;
}

/** A stretch of the text that is not cut any further. */
interface Block {
  readonly start: number;
  readonly end: number;
  readonly words: number;
  readonly page: number;
  readonly isHeading: boolean;
}

/** Chunks are closed before they get longer than this. */
const mostWords = 200;
/** A heading or a page that begins closes a chunk of at least this many words. */
const enoughWords = 60;

/**
 * Joins pages into the text of the file, and cuts that into passages of at most 200 words at
 * headings, pages, paragraphs and, in long paragraphs, at lines or sentences. Passages do not
 * overlap, and white space between them belongs to none.
 */
export function chunkDocument(pages: readonly ParsedPage[]): {
  readonly text: string;
  readonly chunks: readonly Chunk[];
  /** The pages in order, empty ones too. */
  readonly pages: readonly PageStart[];
} {
  // SQLite keeps neither NUL nor half a surrogate pair, and offsets must hold for what it keeps.
  const texts = pages.map((page) => page.text.replaceAll('\0', ' ').toWellFormed());
  let start = 0;
  const starts = texts.map((text, index) => {
    const page = { number: pages[index]?.number ?? index + 1, start_char: start };
    start += text.length + pageSeparator.length;
    return page;
  });
  const blocks = starts.flatMap(({ number, start_char }, index) =>
    blocksOf(texts[index] ?? '', start_char, number),
  );
  const text = texts.join(pageSeparator);
  const chunks = group(blocks)
    .filter((members) => members.some((block) => block.words > 0))
    .map((members, index) => toChunk(text, members, index));
  return { text, chunks, pages: starts };
}

const pageSeparator = '\n\n';

function blocksOf(text: string, offset: number, page: number): Block[] {
  return spans(text, /\n[^\S\n]*\n\s*/g).flatMap(({ start, end }) => {
    const paragraph = text.slice(start, end);
    return cut(paragraph).map((part) => {
      const content = paragraph.slice(part.start, part.end);
      return {
        start: offset + start + part.start,
        end: offset + start + part.end,
        words: countWords(content),
        page,
        isHeading: /^#{1,6} .*$/.test(content),
      };
    });
  });
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** What stands between the separators, without the white space around it. */
function spans(text: string, separator: RegExp): Span[] {
  const found: Span[] = [];
  let start = 0;
  for (const match of [...text.matchAll(separator), { index: text.length, 0: '' }]) {
    found.push(trimmed(text, { start, end: match.index }));
    start = match.index + match[0].length;
  }
  return found.filter((span) => span.end > span.start);
}

function trimmed(text: string, { start, end }: Span): Span {
  const content = text.slice(start, end);
  const from = start + content.length - content.trimStart().length;
  return { start: from, end: Math.max(from, start + content.trimEnd().length) };
}

/** Cuts a long paragraph: tables and lists into rows, prose into sentences, data anywhere. */
function cut(text: string, splitters = [rows, sentences, pieces]): Span[] {
  const [split, ...finer] = splitters;
  return countWords(text) <= mostWords || split === undefined
    ? [{ start: 0, end: text.length }]
    : split(text).flatMap(({ start, end }) =>
        cut(text.slice(start, end), finer).map((part) => ({
          start: start + part.start,
          end: start + part.end,
        })),
      );
}

/** The lines of a table, a list or code; a wrapped paragraph stays whole. */
function rows(text: string): Span[] {
  const lines = spans(text, /\n/g);
  const isRow = ({ start }: Span): boolean => /^[|\-*+>\d]/.test(text.charAt(start));
  const isIndented = /\n[ \t]/.test(text);
  return isIndented || lines.filter(isRow).length * 2 > lines.length
    ? lines
    : [{ start: 0, end: text.length }];
}

const sentenceSegmenter = new Intl.Segmenter('und', { granularity: 'sentence' });

function sentences(text: string): Span[] {
  // A line end always ends a sentence for the segmenter, and seldom does in a wrapped paragraph.
  const unwrapped = text.replaceAll('\n', ' ');
  return Array.from(sentenceSegmenter.segment(unwrapped), ({ index, segment }) =>
    trimmed(text, { start: index, end: index + segment.length }),
  ).filter((span) => span.end > span.start);
}

/** Cuts after every so many words, and inside what has no white space at all. */
function pieces(text: string): Span[] {
  return Array.from(text.matchAll(/(?:\S{1,100}\s*){1,20}/gu), ({ index, 0: piece }) =>
    trimmed(text, { start: index, end: index + piece.length }),
  );
}

/** Packs blocks, in order, into the groups that become chunks. */
function group(blocks: readonly Block[]): Block[][] {
  const groups: Block[][] = [];
  let current: Block[] = [];
  let words = 0;
  for (const block of blocks) {
    const beginsPart = block.isHeading || block.page !== current.at(-1)?.page;
    const isFull = words + block.words > mostWords || (beginsPart && words >= enoughWords);
    if (isFull && current.length > 0) {
      // A heading belongs to what follows it.
      const body = current.findLastIndex((each) => !each.isHeading) + 1;
      const kept = body === 0 ? current.length : body;
      groups.push(current.slice(0, kept));
      current = current.slice(kept);
      words = current.reduce((sum, each) => sum + each.words, 0);
    }
    current.push(block);
    words += block.words;
  }
  return current.length === 0 ? groups : [...groups, current];
}

function toChunk(text: string, members: readonly Block[], index: number): Chunk {
  const first = members[0];
  const last = members.at(-1);
  const start = first?.start ?? 0;
  const end = last?.end ?? start;
  const content = text.slice(start, end);
  return {
    index,
    start_char: start,
    end_char: end,
    page_start: first?.page ?? 1,
    page_end: last?.page ?? 1,
    token_count: Math.ceil(Buffer.byteLength(content) / 4),
    content,
  };
}

/**
 * Words between spaces that have a letter or digit. Two characters of a script without spaces, or
 * twenty of what is longer than a word, count as one.
 */
function countWords(text: string): number {
  let unspaced = 0;
  const rest = text.replaceAll(unspacedRun, (run) => {
    unspaced += run.length;
    return ' ';
  });
  const words = (rest.match(/\S+/g) ?? []).filter((word) => /[\p{L}\p{N}]/u.test(word));
  return words.reduce((sum, word) => sum + Math.ceil(word.length / 20), Math.ceil(unspaced / 2));
}
