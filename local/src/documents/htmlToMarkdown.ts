import TurndownService from 'turndown';
import { oneLine } from './oneLine.ts';
import { boundDepth } from './boundDepth.ts';
import { layTable, type TableCell } from './layTable.ts';

/** What a page break becomes: the form feed, which no document has in its own text. */
export const pageBreak = '\f';

/** The part of the DOM that the rules below look at. */
interface HtmlNode {
  readonly nodeName: string;
  readonly parentNode: HtmlNode | null;
  readonly childNodes: ArrayLike<HtmlNode>;
  getAttribute(name: string): string | null;
}

/**
 * Converts HTML to markdown, keeping headings, lists, links, code and tables; scripts, styles and
 * pictures go. An `<hr class="pagebreak">` outside a table becomes a {@link pageBreak}.
 */
export function htmlToMarkdown(html: string): string {
  const service = new TurndownService({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    emDelimiter: '*',
  });
  service.remove(['script', 'style', 'noscript', 'title']);
  service.addRule('picture', {
    filter: 'img',
    replacement: (_, node: HtmlNode) => node.getAttribute('alt') ?? '',
  });
  service.addRule('pageBreak', {
    filter: (node: HtmlNode) =>
      node.nodeName === 'HR' && node.getAttribute('class') === 'pagebreak',
    replacement: (_, node: HtmlNode) => (isInside(node, 'TABLE') ? ' ' : `\n\n${pageBreak}\n\n`),
  });
  addTableRules(service);
  return service.turndown(boundDepth(html));
}

// The published GFM plugin leaves a table without header cells as HTML, and Word writes few others.
function addTableRules(service: TurndownService): void {
  service.addRule('cell', {
    filter: ['td', 'th'],
    replacement: (content) => `${oneLine(content).replaceAll('|', String.raw`\|`)}${cellEnd}`,
  });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node: HtmlNode) => {
      const cells = Array.from(node.childNodes).filter((child) => /^T[DH]$/.test(child.nodeName));
      const texts = content.split(cellEnd);
      return `${rowStart}${cells
        .map((cell, at) => `${span(cell, 'colspan')},${span(cell, 'rowspan')},${texts[at] ?? ''}`)
        .join(cellEnd)}`;
    },
  });
  service.addRule('section', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  });
  service.addRule('table', {
    filter: 'table',
    replacement: (content) => {
      const [before = '', ...rows] = content.split(rowStart);
      const table = layTable(rows.map((row) => row.trim().split(cellEnd).map(toCell)));
      return `\n\n${[before.trim(), table].filter((part) => part !== '').join('\n\n')}\n\n`;
    },
  });
}

// Characters that no document has in its own text part the cells until the table is complete.
const cellEnd = '\u{f8f0}';
const rowStart = '\u{f8f1}';

function span(cell: HtmlNode, name: string): number {
  const count = Number.parseInt(cell.getAttribute(name) ?? '1', 10);
  return Math.min(Math.max(count || 1, 1), 1_000);
}

function toCell(text: string): TableCell {
  const [columns = '1', rows = '1', ...words] = text.split(',');
  return { columns: Number(columns) || 1, rows: Number(rows) || 1, text: words.join(',').trim() };
}

function isInside(node: HtmlNode, name: string): boolean {
  let parent = node.parentNode;
  while (parent !== null && parent.nodeName !== name) {
    parent = parent.parentNode;
  }
  return parent !== null;
}
