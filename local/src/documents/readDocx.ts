import { strFromU8, strToU8 } from 'fflate';
import mammoth from 'mammoth';
import { htmlToMarkdown, pageBreak } from './htmlToMarkdown.ts';
import { openOfficeArchive, packOfficeArchive } from './officeArchive.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/**
 * Reads a Word document into markdown. Pages end where its author broke them and where Word last
 * laid them out to break; a document that Word never opened has explicit breaks only.
 */
export async function readDocx(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const parts = openOfficeArchive(bytes, name);
  const { value, messages } = await mammoth.convertToHtml(
    { buffer: Buffer.from(packOfficeArchive(withRenderedBreaks(parts))) },
    {
      styleMap: ["br[type='page'] => hr.pagebreak"],
      convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: '' })),
      externalFileAccess: false,
    },
  );
  const pages = htmlToMarkdown(value)
    .split(pageBreak)
    .map((page) => page.trim());
  const errors = messages.filter((message) => message.type === 'error');
  return {
    // An explicit break and the rendered one it causes stand side by side and are one break.
    ...textPages(pages.filter((page, index) => page !== '' || index === 0)),
    warnings: errors.map((error) => `${name}: ${error.message}`),
  };
}

/** Turns the marks of Word's own page layout, which mammoth skips, into page breaks. */
function withRenderedBreaks(parts: Record<string, Uint8Array>): Record<string, Uint8Array> {
  const path = 'word/document.xml';
  const body = parts[path];
  if (body === undefined) {
    return parts;
  }
  const xml = strFromU8(body).replaceAll(
    /<w:lastRenderedPageBreak\s*\/>/g,
    '<w:br w:type="page"/>',
  );
  return { ...parts, [path]: strToU8(xml) };
}
