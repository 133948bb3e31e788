import { decodeText } from './decodeText.ts';
import { htmlToMarkdown } from './htmlToMarkdown.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Reads a web page into one page of markdown, headed by its title where it has no heading. */
export function readHtml(bytes: Uint8Array): ParsedDocument {
  const head = Buffer.from(bytes.subarray(0, 1_024)).toString('latin1');
  const html = decodeText(bytes, /charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1]);
  const markdown = htmlToMarkdown(html);
  const title = /<title[^<>]*>([^<]*)<\/title>/i.exec(html)?.[1];
  return textPages([
    title === undefined || /^# /m.test(markdown)
      ? markdown
      : `# ${htmlToMarkdown(title)}\n\n${markdown}`,
  ]);
}
