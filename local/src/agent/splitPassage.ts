import { isOnlyLinks } from './isOnlyLinks.ts';

/** A piece of a passage that can be quoted alone: a sentence, a heading or a row of a table. */
export interface Excerpt {
  readonly kind: 'sentence' | 'heading' | 'row';
  /** Where it starts in the passage, 0-based, in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  /** The text from start to end with each run of white space (and the `>` of a quoted block's next line) made one space. */
  readonly text: string;
  /** The headings above it, outermost first; for a row also the table's header row. */
  readonly context: readonly string[];
  /** The number of its block (paragraph, list item, table), so that neighbours can be told from strangers. */
  readonly block: number;
  /** Where the header of its table is, for a row. */
  readonly header?: { readonly start: number; readonly end: number };
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

// The segmenter breaks inside addresses and links too; a sentence ends at white space or at the
// full stops of scripts that have none after them.
const endsHere = /[\s。！？।]$/u;

// The segmenter breaks after these although the sentence goes on.
const abbreviation =
  /(?:^|[\s([])(?:e\.g|i\.e|cf|vs|al|etc|approx|resp|ca|no|nos|fig|figs|eq|eqs|sec|ch|vol|pp?|ed|eds|dr|mr|mrs|ms|prof|st|jr|sr|inc|ltd|co|[A-Z])\.$/iu;
const longestAbbreviation = 12;

const headingMark = /^ {0,3}(#{1,6})\s+/;
// The marks that may close a heading.
const headingEnd = /(?<![\s#])[\s#]+$/;
const listItem = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/;
const tableRow = /^\s*\|.*\|\s*$/;
const tableRule = /^\s*\|(?:\s*:?-{2,}:?\s*\|)+\s*$/;
// A field of a description, as in "**Default:** 5 minutes."
const labelled = /^[^\p{L}\p{N}_]*\p{L}+:/u;
const fence = /^\s*(?:```|~~~)/;
const commentStart = /^\s*<!--(?!.*-->)/;
const commentEnd = /-->/;
const bareFence = /^\s*(?:```|~~~)\s*$/;
const quoteMark = /^\s*>\s?/;
// Of a line without the white space around it.
const nothingToQuote =
  /^(?:[-*_=]{3,}|<!--.*-->|\[[^\]]+\]:\s.*|<\/?[a-z][^>]*>|(?:>\s*)?\[![a-z]+\])$/i;

/**
 * Splits a passage of plain text or Markdown into what can be quoted from it, in the order of the
 * text. Every excerpt is verbatim: nothing but white space differs from the passage. Line breaks
 * inside a paragraph do not end a sentence, as PDF text breaks anywhere. Fenced code is left out
 * unless it reads like prose, which is how PDF columns sometimes arrive.
 */
export function splitPassage(passage: string): Excerpt[] {
  const found: Excerpt[] = [];
  let headings: { level: number; title: string }[] = [];
  let block = 0;
  let paragraph: Line[] = [];
  let gap = false;
  let header: Line | undefined;

  const context = () => headings.map(({ title }) => title);
  const endParagraph = () => {
    const first = paragraph[0];
    const last = paragraph.at(-1);
    if (first !== undefined && last !== undefined) {
      const lead = (listItem.exec(first.text) ?? quoteMark.exec(first.text))?.[0].length ?? 0;
      for (const [start, end] of sentenceRanges(passage, first.start + lead, last.end)) {
        const text = collapse(passage.slice(start, end));
        found.push({ kind: 'sentence', start, end, text, context: context(), block });
      }
    }
    paragraph = [];
    gap = false;
    block += 1;
  };

  for (const line of visibleLines(passage)) {
    const mark = headingMark.exec(line.text);
    if (mark !== null) {
      endParagraph();
      const level = mark[1]?.length ?? 0;
      headings = headings.filter((above) => above.level < level);
      const title = line.text.slice(mark[0].length).replace(headingEnd, '');
      const start = line.start + mark[0].length;
      const text = collapse(title);
      found.push({
        kind: 'heading',
        start,
        end: start + title.length,
        text,
        context: context(),
        block,
      });
      headings.push({ level, title: text });
      block += 1;
    } else if (tableRow.test(line.text)) {
      if (header === undefined) {
        endParagraph();
        header = line;
      } else if (!tableRule.test(line.text)) {
        const { start, end, text } = line;
        const above = { start: header.start, end: header.end };
        found.push({
          kind: 'row',
          start,
          end,
          text: collapse(text),
          context: [...context(), collapse(header.text)],
          block,
          header: above,
        });
      }
      continue;
    } else if (line.text.trim() === '') {
      gap = true;
    } else if (nothingToQuote.test(line.text.trim())) {
      endParagraph();
    } else {
      if (listItem.test(line.text) || (gap && !goesOn(paragraph, line))) {
        endParagraph();
      }
      gap = false;
      paragraph.push(line);
    }
    header = undefined;
  }
  endParagraph();
  return found;
}

/** The lines of a passage without its code and its comments. */
function* visibleLines(passage: string): Generator<Line> {
  const lines = [...passage.matchAll(/[^\n]*(?:\n|$)/g)]
    .filter(([text]) => text !== '')
    .map((match) => lineAt(match.index, match[0]));
  const fences = lines.filter((line) => fence.test(line.text));
  // Otherwise the passage begins inside a block of code.
  const isWhole = fences.length % 2 === 0 || !bareFence.test(fences[0]?.text ?? '');
  for (let at = isWhole ? 0 : endOf(lines, 0, fence) + 1; at < lines.length; at += 1) {
    const line = lines[at];
    if (line === undefined) {
      return;
    }
    if (fence.test(line.text)) {
      const end = endOf(lines, at + 1, fence);
      const body = lines.slice(at + 1, end);
      at = end;
      yield endOfBlock(line);
      if (readsLikeProse(body)) {
        yield* body;
        yield endOfBlock(line);
      }
    } else if (commentStart.test(line.text)) {
      yield endOfBlock(line);
      at = endOf(lines, at + 1, commentEnd);
    } else {
      yield line;
    }
  }
}

/** The place of the first line from `start` on that matches; behind the last line where none does. */
function endOf(lines: readonly Line[], start: number, last: RegExp): number {
  for (let at = start; at < lines.length; at += 1) {
    if (last.test(lines[at]?.text ?? '')) {
      return at;
    }
  }
  return lines.length;
}

/** A rule in the place of a fence: it is not quoted, and a sentence never runs across it. */
function endOfBlock(line: Line): Line {
  return { ...line, text: '---' };
}

/** Whether a paragraph that was cut by an empty line, as PDF parsers do, goes on in this line. */
function goesOn(paragraph: readonly Line[], line: Line): boolean {
  const before = paragraph.at(-1)?.text ?? '';
  return /^[\s*_]*\p{Ll}/u.test(line.text) && !/[.!?:;]["'’”)\]*_\s]*$/u.test(before);
}

function lineAt(start: number, raw: string): Line {
  const text = raw.replace(/\r?\n$/, '');
  return { start, end: start + text.length, text };
}

function readsLikeProse(lines: readonly Line[]): boolean {
  const text = lines.map((line) => line.text).join(' ');
  const signs = text.match(/[{}<>=;$`_\\|/]|\(\)/g)?.length ?? 0;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters > 80 && signs / letters < 0.01;
}

function sentenceRanges(passage: string, from: number, to: number): [number, number][] {
  // One character for one, so that positions stay those of the passage.
  const text = passage.slice(from, to).replace(/[\r\n\u2028\u2029]/g, ' ');
  const ranges: [number, number][] = [];
  let start = 0;
  for (const { index, segment } of sentences.segment(text)) {
    const end = index + segment.length;
    const piece = text.slice(start, end);
    // Its end alone is looked at, as it is looked at again with each segment that is added.
    const last = piece.trimEnd().slice(-longestAbbreviation);
    if (end < text.length && (!endsHere.test(piece.slice(-1)) || abbreviation.test(last))) {
      continue;
    }
    const quoted = withoutHalfEmphasis(piece.trim());
    const first = from + start + piece.indexOf(quoted);
    const before = ranges.at(-1);
    if (
      before !== undefined &&
      quoted.length < 60 &&
      (wordsIn(quoted) < 3 || labelled.test(quoted))
    ) {
      // "Default: 5." says nothing without the sentence that it belongs to.
      before[1] = first + quoted.length;
    } else if (wordsIn(quoted) > 0 && !isOnlyLinks(quoted)) {
      ranges.push([first, first + quoted.length]);
    }
    start = end;
  }
  return ranges;
}

function wordsIn(text: string): number {
  return text.match(/\p{sc=Han}|\p{L}{2,}|\p{N}+/gu)?.length ?? 0;
}

/** A sentence cut out of bold text keeps no lone `**` at its ends. */
function withoutHalfEmphasis(sentence: string): string {
  const halves = sentence.split('**').length - 1;
  if (halves % 2 === 0) {
    return sentence;
  }
  const rest = sentence.replace(/^\*\*\s*/, '');
  return rest.endsWith('**') ? rest.slice(0, -2).trimEnd() : rest;
}

function collapse(text: string): string {
  return text
    .replace(/\n[^\S\n]*>\s?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
