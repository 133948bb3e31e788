import TurndownService from 'turndown';
import { oneLine } from './oneLine.ts';
import { boundDepth } from './boundDepth.ts';

/** What a page break becomes: the form feed, which no document has in its own text. */
export const pageBreak = '\f';

/** The part of the DOM that the rules below look at. */
interface HtmlNode {
  readonly nodeName: string;
  readonly parentNode: HtmlNode | null;
  readonly previousSibling: HtmlNode | null;
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
    replacement: (content) => ` ${oneLine(content).replaceAll('|', String.raw`\|`)} |`,
  });
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node: HtmlNode) => {
      const row = `\n|${content}`;
      const cells = Array.from(node.childNodes).filter((child) => /^T[DH]$/.test(child.nodeName));
      return isFirstRow(node) ? `${row}\n|${' --- |'.repeat(cells.length)}` : row;
    },
  });
  service.addRule('section', {
    filter: ['thead', 'tbody', 'tfoot'],
    replacement: (content) => content,
  });
  service.addRule('table', {
    filter: 'table',
    replacement: (content) => `\n\n${content.trim()}\n\n`,
  });
}

function isFirstRow(row: HtmlNode): boolean {
  const section = row.parentNode;
  const isFirst = (node: HtmlNode): boolean => previousElement(node) === null;
  return isFirst(row) && (section?.nodeName === 'TABLE' || section === null || isFirst(section));
}

function previousElement(node: HtmlNode): HtmlNode | null {
  let previous = node.previousSibling;
  while (previous !== null && !/^(?:TR|THEAD|TBODY|TFOOT)$/.test(previous.nodeName)) {
    previous = previous.previousSibling;
  }
  return previous;
}

function isInside(node: HtmlNode, name: string): boolean {
  let parent = node.parentNode;
  while (parent !== null && parent.nodeName !== name) {
    parent = parent.parentNode;
  }
  return parent !== null;
}
