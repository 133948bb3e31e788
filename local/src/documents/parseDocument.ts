import { readFile } from 'node:fs/promises';
import { DocumentError } from './documentError.ts';
import { documentKind } from './documentKind.ts';
import type { ParsedDocument } from './parsedDocument.ts';

/**
 * Reads the document at `path` into pages of text. `name` is what its owner calls it: the
 * extension picks the reader, and messages quote it.
 *
 * PDF, Word, PowerPoint, Excel, OpenDocument sheets, CSV, HTML and everything that is plain text.
 * Nothing is recognised from pixels: images and scanned pages come back as empty pages with
 * `needsOcr` and a warning.
 *
 * Rejects with `DocumentError` for what cannot be read. It works hard in this thread; a server
 * should go through `createParserPool`.
 */
export async function parseDocument(path: string, name: string): Promise<ParsedDocument> {
  const bytes = await readFile(path);
  if (bytes.byteLength === 0) {
    throw new DocumentError(`${name} is empty: there is nothing to parse.`);
  }
  try {
    return await readDocument(bytes, name);
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

// Each reader is imported when first needed: together they take half a second to load.
async function readDocument(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  switch (documentKind(name, bytes)) {
    case 'pdf':
      return (await import('./readPdf.ts')).readPdf(bytes, name);
    case 'docx':
      return (await import('./readDocx.ts')).readDocx(bytes, name);
    case 'pptx':
      return (await import('./readPptx.ts')).readPptx(bytes, name);
    case 'spreadsheet':
      return (await import('./readSpreadsheet.ts')).readSpreadsheet(bytes, name);
    case 'csv':
      return (await import('./readCsv.ts')).readCsv(bytes);
    case 'html':
      return (await import('./readHtml.ts')).readHtml(bytes);
    case 'text':
      return (await import('./readText.ts')).readText(bytes);
    case 'image':
      return {
        pages: [{ number: 1, text: '', needsOcr: true }],
        warnings: [`${name} is an image: its text needs OCR, which is not available here.`],
      };
    case 'unsupported':
      throw new DocumentError(
        `${name} is of a kind that cannot be parsed: save it as PDF, DOCX, PPTX, XLSX, HTML, CSV or text.`,
      );
  }
}
