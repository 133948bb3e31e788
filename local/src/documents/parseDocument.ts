import { readFile } from 'node:fs/promises';
import { DocumentError } from './documentError.ts';
import { documentKind } from './documentKind.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { type Reading, usualReading } from './reading.ts';

/**
 * Reads the document at `path` into pages of text. `name` is what its owner calls it: the
 * extension picks the reader, and messages quote it.
 *
 * PDF, Word, PowerPoint, Excel, OpenDocument, RTF, EPUB, mails, CSV, HTML and everything that is
 * plain text.
 * Pictures and pages that show text as pixels go through OCR, unless `reading` says otherwise; what
 * stays unread comes back as an empty page with `needsOcr`, and is named in a warning.
 *
 * Rejects with `DocumentError` for what cannot be read. It works hard in this thread; a server
 * should go through `createParserPool`.
 */
export async function parseDocument(
  path: string,
  name: string,
  reading: Reading = usualReading,
): Promise<ParsedDocument> {
  const bytes = await readFile(path);
  if (bytes.byteLength === 0) {
    throw new DocumentError(`${name} is empty: there is nothing to parse.`);
  }
  try {
    return withinReason(await readDocument(bytes, name, reading), name);
  } catch (error) {
    if (error instanceof DocumentError) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new DocumentError(`${name} could not be parsed, it may be damaged: ${reason}`, {
      cause: error,
    });
  }
}

/** Characters of one document that are kept; a novel has half a million. */
const mostCharacters = 10_000_000;

/** The document without the text beyond {@link mostCharacters}, and with a warning that says so. */
function withinReason(document: ParsedDocument, name: string): ParsedDocument {
  let left = mostCharacters;
  const isTooLong = document.pages.reduce((sum, { text }) => sum + text.length, 0) > left;
  if (!isTooLong) {
    return document;
  }
  return {
    ...document,
    pages: document.pages.map((page) => {
      const text = page.text.slice(0, left).toWellFormed();
      left -= text.length;
      return { ...page, text };
    }),
    warnings: [
      ...document.warnings,
      `${name} has more text than is kept of one document: what follows the first ${mostCharacters} characters is left out. Split it up.`,
    ],
  };
}

// Each reader is imported when first needed: together they take half a second to load.
async function readDocument(
  bytes: Uint8Array,
  name: string,
  reading: Reading,
): Promise<ParsedDocument> {
  switch (documentKind(name, bytes)) {
    case 'pdf':
      return (await import('./readPdf.ts')).readPdf(bytes, name, reading);
    case 'docx':
      return (await import('./readDocx.ts')).readDocx(bytes, name);
    case 'pptx':
      return (await import('./readPptx.ts')).readPptx(bytes, name);
    case 'spreadsheet':
      return (await import('./readSpreadsheet.ts')).readSpreadsheet(bytes, name);
    case 'csv':
      return (await import('./readCsv.ts')).readCsv(bytes, name);
    case 'html':
      return (await import('./readHtml.ts')).readHtml(bytes);
    case 'email':
      return (await import('./readEmail.ts')).readEmail(bytes, name);
    case 'msg':
      return (await import('./readMsg.ts')).readMsg(bytes, name);
    case 'doc':
      return (await import('./readDoc.ts')).readDoc(bytes, name);
    case 'rtf':
      return (await import('./readRtf.ts')).readRtf(bytes);
    case 'openDocument':
      return (await import('./readOpenDocument.ts')).readOpenDocument(bytes, name);
    case 'epub':
      return (await import('./readEpub.ts')).readEpub(bytes, name);
    case 'text':
      return (await import('./readText.ts')).readText(bytes);
    case 'image':
      return (await import('./readImage.ts')).readImage(bytes, name, reading);
    case 'unsupported':
      throw new DocumentError(
        `${name} is of a kind that cannot be parsed: save it as PDF, DOCX, PPTX, XLSX, HTML, CSV or text.`,
      );
  }
}
