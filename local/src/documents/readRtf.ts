import { TextDecoder } from 'node:util';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Groups that hold no text of the document. */
const silent: ReadonlySet<string> = new Set(
  'fonttbl colortbl stylesheet info pict object themedata colorschememapping datastore latentstyles listtable listoverridetable rsidtbl generator xmlnstbl mmathPr filetbl revtbl fldinst'.split(
    ' ',
  ),
);

/** Words that stand for characters. */
const characters: ReadonlyMap<string, string> = new Map([
  ['par', '\n\n'],
  ['line', '\n'],
  ['tab', '\t'],
  ['cell', ' | '],
  ['nestcell', ' | '],
  ['row', '\n'],
  ['nestrow', '\n'],
  ['page', '\f'],
  ['sect', '\f'],
  ['emdash', '\u2014'],
  ['endash', '\u2013'],
  ['bullet', '\u2022'],
  ['lquote', '\u2018'],
  ['rquote', '\u2019'],
  ['ldblquote', '\u201c'],
  ['rdblquote', '\u201d'],
]);

interface Group {
  isSilent: boolean;
  /** Characters that follow a Unicode one for readers that do not know it. */
  fallback: number;
}

/** A control word with its number, a control symbol, a brace, or a run of text. */
const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[^\\{}]+/gi;

/**
 * Reads rich text into plain text, a page per page break. Cells of tables are parted by bars. There is no
 * kept reader of the format that does not bring a hundred megabytes of others along.
 */
export function readRtf(bytes: Uint8Array): ParsedDocument {
  const source = Buffer.from(bytes).toString('latin1');
  const decoder = decoderOf(/\\ansicpg(\d{1,5})/.exec(source.slice(0, 4_096))?.[1]);
  const groups: Group[] = [];
  let group: Group = { isSilent: false, fallback: 1 };
  let skip = 0;
  let pending: number[] = [];
  const parts: string[] = [];
  const flush = (): void => {
    if (pending.length > 0) {
      parts.push(decoder.decode(Uint8Array.from(pending)));
      pending = [];
    }
  };
  const say = (text: string): void => {
    flush();
    if (!group.isSilent) {
      parts.push(text);
    }
  };
  for (const [all, word, number, hex, symbol, brace] of source.matchAll(token)) {
    if (hex !== undefined) {
      if (skip > 0) {
        skip -= 1;
      } else if (!group.isSilent) {
        // Encodings of East Asia take two of them for a character.
        pending.push(Number.parseInt(hex, 16));
      }
      continue;
    }
    if (brace === '{') {
      flush();
      groups.push({ ...group });
      skip = 0;
    } else if (brace === '}') {
      flush();
      group = groups.pop() ?? group;
      skip = 0;
    } else if (symbol !== undefined) {
      if (symbol === '*') {
        // A destination that older readers are to leave out.
        group.isSilent = true;
      } else if (symbol === '~') {
        say(' ');
      } else if (symbol === '_') {
        say('-');
      } else if (symbol === '\n' || symbol === '\r') {
        say('\n\n');
      } else if ('\\{}'.includes(symbol)) {
        say(symbol);
      }
    } else if (word === 'u') {
      const unit = Number(number);
      say(String.fromCharCode(unit < 0 ? unit + 65_536 : unit));
      skip = group.fallback;
    } else if (word === 'uc') {
      group.fallback = Math.min(Number(number), 8);
    } else if (word !== undefined) {
      if (silent.has(word)) {
        flush();
        group.isSilent = true;
      } else {
        const character = characters.get(word);
        if (character !== undefined) {
          say(character);
        }
      }
    } else {
      const text = all.replaceAll(/[\r\n]/g, '');
      say(text.slice(skip));
      skip = Math.max(0, skip - text.length);
    }
  }
  flush();
  const pages = parts
    .join('')
    .toWellFormed()
    .split('\f')
    .map((page) =>
      page
        .replaceAll(/ ?\| ?\n/g, '\n')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trim(),
    );
  return textPages(pages.filter((page, index) => page !== '' || index === 0));
}

function decoderOf(codePage = '1252'): TextDecoder {
  const labels: Readonly<Record<string, string>> = {
    932: 'shift_jis',
    936: 'gb18030',
    949: 'euc-kr',
    950: 'big5',
    866: 'ibm866',
    65001: 'utf-8',
  };
  try {
    return new TextDecoder(labels[codePage] ?? `windows-${codePage}`);
  } catch {
    return new TextDecoder('windows-1252');
  }
}
