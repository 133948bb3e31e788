import WordExtractor from 'word-extractor';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/**
 * Reads a document of Word 97 to 2003 into plain text: the body, a page per page break, then what
 * stands beside it. It has neither headings nor tables.
 */
export async function readDoc(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const document = await new WordExtractor().extract(Buffer.from(bytes));
  const beside = [
    ['Header and footer', document.getHeaders({ includeFooters: true })],
    ['Text boxes', document.getTextboxes({ includeHeadersAndFooters: false })],
    ['Footnotes', document.getFootnotes()],
    ['Endnotes', document.getEndnotes()],
    ['Comments', document.getAnnotations()],
  ].flatMap(([title = '', text = '']) =>
    text.trim() === '' ? [] : [`${title}:\n\n${text.trim()}`],
  );
  const pages = document
    .getBody()
    .split('\f')
    .map((page) => page.trim());
  const last = pages.pop() ?? '';
  return {
    ...textPages([...pages, [last, ...beside].filter((part) => part !== '').join('\n\n')]),
    warnings: [`The headings, tables and pictures of ${name} are not read: save it as DOCX.`],
  };
}
