import { strFromU8 } from 'fflate';
import { DocumentError } from './documentError.ts';
import { markdownTable } from './markdownTable.ts';
import { openOfficeArchive } from './officeArchive.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';
import { descendants, parseXml, type XmlElement } from './xmlElement.ts';

/** Reads an OpenDocument text into one page, and a presentation into one for each slide. */
export function readOpenDocument(bytes: Uint8Array, name: string): ParsedDocument {
  const parts = openOfficeArchive(bytes, name);
  const content = parts['content.xml'];
  if (content === undefined) {
    throw new DocumentError(`${name} is damaged: it has no content.xml.`);
  }
  const [body] = descendants(parseXml(strFromU8(content)), 'office:body');
  const slides = body === undefined ? [] : descendants(body, 'draw:page');
  const pages = slides.length > 0 ? slides : body === undefined ? [] : [body];
  const styles = parts['styles.xml'];
  const master = styles === undefined ? [] : [parseXml(strFromU8(styles))];
  const furniture = master
    .flatMap((root) => [...descendants(root, 'style:header'), ...descendants(root, 'style:footer')])
    .map((element) => blocks(element).join('\n'))
    .filter((text) => text !== '');
  const texts = pages.map((page) => blocks(page).join('\n\n'));
  return textPages(
    texts.map((text, index) =>
      index === 0 && furniture.length > 0
        ? `${text}\n\nHeader and footer:\n\n${[...new Set(furniture)].join('\n')}`.trim()
        : text,
    ),
  );
}

/** Paragraphs, headings, list items and tables, in the order they are written. */
function blocks(element: XmlElement, depth = 0): string[] {
  return element.children.flatMap((child): string[] => {
    switch (child.name) {
      case 'text:h': {
        const level = Math.min(6, Number(child.attributes['text:outline-level'] ?? 1) || 1);
        return filled(`${'#'.repeat(level)} `, inline(child));
      }
      case 'text:p':
        return filled('', inline(child));
      case 'text:list-item':
        return [
          blocks(child, depth + 1)
            .map((text) =>
              /^\s*- /.test(text) ? text : `${'  '.repeat(Math.max(0, depth - 1))}- ${text}`,
            )
            .join('\n'),
        ];
      case 'text:list':
        return filled('', blocks(child, depth + 1).join('\n'));
      case 'table:table':
        return filled('', tableOf(child));
      // What was deleted under change tracking is not on the page.
      case 'text:tracked-changes':
        return [];
      case 'presentation:notes': {
        const notes = blocks(child).join('\n\n');
        return notes === '' ? [] : [`Notes:\n\n${notes}`];
      }
      default:
        return blocks(child, depth);
    }
  });
}

function filled(mark: string, text: string): string[] {
  return text.trim() === '' ? [] : [`${mark}${text.trim()}`];
}

function tableOf(table: XmlElement): string {
  return markdownTable(
    descendants(table, 'table:table-row').map((row) =>
      row.children
        .filter(({ name }) => /^table:(?:covered-)?table-cell$/.test(name))
        .flatMap((cell) => {
          const repeated = Number(cell.attributes['table:number-columns-repeated'] ?? 1) || 1;
          // Rows are padded to the sheet's end with one cell that repeats.
          const text = blocks(cell).join('\n');
          return Array<string>(Math.min(repeated, text === '' ? 64 : 1_024)).fill(text);
        }),
    ),
  );
}

function inline({ content }: XmlElement): string {
  return content
    .map((part) => {
      if (typeof part === 'string') {
        return part.replaceAll(/\s+/g, ' ');
      }
      switch (part.name) {
        case 'text:tab':
          return '\t';
        case 'text:line-break':
          return '\n';
        case 'text:s':
          return ' '.repeat(Math.min(100, Number(part.attributes['text:c'] ?? 1) || 1));
        case 'text:note-citation':
          return '';
        case 'text:note':
          return ` (${blocks(part).join(' ')})`;
        case 'office:annotation':
          return ` (Comment: ${blocks(part).join(' ')})`;
        case 'draw:frame':
          return blocks(part).join('\n');
        default:
          return inline(part);
      }
    })
    .join('');
}
