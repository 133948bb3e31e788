/** PDFs of several pages set from plain text, each document in a type and on a paper of its own. */

import { strToU8 } from 'fflate';

/** How a document is set. */
export interface Setting {
  /** One of the fonts that every PDF reader has. */
  readonly font: 'Times-Roman' | 'Helvetica' | 'Courier';
  /** In points. */
  readonly size: number;
  /** Width and height, in points. */
  readonly paper: readonly [width: number, height: number];
  /** Prints the page's number at its foot. */
  readonly numbered?: boolean;
}

/** A text to set: its first line becomes the title, lines are filled, blank lines part paragraphs. */
export interface Manuscript {
  readonly text: string;
  readonly setting: Setting;
}

const letter = [612, 792] as const;
const a4 = [595, 842] as const;

/** Some usual ways to set a document. */
export const settings = {
  book: { font: 'Times-Roman', size: 11, paper: letter, numbered: true },
  office: { font: 'Helvetica', size: 10, paper: a4 },
  typewriter: { font: 'Courier', size: 10, paper: letter },
  plain: { font: 'Times-Roman', size: 12, paper: letter },
} as const satisfies Record<string, Setting>;

interface SetPage {
  readonly lines: readonly string[];
  readonly setting: Setting;
  readonly number: number;
}

/** The documents one after the other in one PDF, and how many pages each of them takes. */
export function typeset(manuscripts: readonly Manuscript[]): {
  readonly pdf: Uint8Array;
  readonly pageCounts: readonly number[];
} {
  const documents = manuscripts.map(({ text, setting }) => paginate(text, setting));
  return { pdf: write(documents.flat()), pageCounts: documents.map(({ length }) => length) };
}

const margin = 72;

function paginate(text: string, setting: Setting): readonly SetPage[] {
  const [width, height] = setting.paper;
  // Courier is 0.6 of its size wide; the others are about 0.48 on average.
  const measure = (width - 2 * margin) / (setting.size * (setting.font === 'Courier' ? 0.6 : 0.48));
  const lines = text.split('\n').flatMap((line) => fill(line, measure));
  const perPage = Math.floor((height - 2 * margin - 20) / (setting.size * 1.25));
  return Array.from({ length: Math.ceil(lines.length / perPage) }, (_, at) => ({
    lines: lines.slice(at * perPage, (at + 1) * perPage),
    setting,
    number: at + 1,
  }));
}

function fill(paragraph: string, measure: number): readonly string[] {
  const lines = [''];
  for (const word of paragraph.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > measure) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
    }
  }
  return lines;
}

const fonts = ['Times-Roman', 'Helvetica', 'Courier'] as const;

function write(pages: readonly SetPage[]): Uint8Array {
  const firstPage = 3 + fonts.length;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, at) => `${firstPage + 2 * at} 0 R`).join(' ')}]>>`,
    ...fonts.map((font) => `<</Type/Font/Subtype/Type1/BaseFont/${font}>>`),
    ...pages.flatMap((page, at) => {
      const { font, paper } = page.setting;
      const content = operators(page);
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${paper.join(' ')}]/Resources<</Font<</F ${3 + fonts.indexOf(font)} 0 R>>>>/Contents ${firstPage + 2 * at + 1} 0 R>>`,
        `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
      ];
    }),
  ];
  let file = '%PDF-1.4\n';
  const offsets = objects.map((object, at) => {
    const offset = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  return strToU8(
    `${file}xref\n0 ${size}\n0000000000 65535 f \n${offsets.join('')}` +
      `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${file.length}\n%%EOF\n`,
  );
}

function operators({ lines, setting, number }: SetPage): string {
  const { size, paper, numbered } = setting;
  const [width, height] = paper;
  const [title = '', ...rest] = lines;
  const show = (line: string): string => `(${line.replace(/[\\()]/g, '\\$&')}) Tj T*`;
  const head =
    number === 1
      ? `/F ${size * 1.6} Tf ${show(title)} /F ${size} Tf`
      : `/F ${size} Tf ${show(title)}`;
  const foot = numbered === true ? `BT /F ${size} Tf ${width / 2} 40 Td (${number}) Tj ET` : '';
  return `BT ${size * 1.25} TL ${margin} ${height - margin} Td ${head} ${rest.map(show).join(' ')} ET ${foot}`;
}
