import { readFile } from 'node:fs/promises';
import { LiteParse, type ParsedPage, type TextItem } from '@llamaindex/liteparse';
import { DocumentError } from '../documents/documentError.ts';
import { documentKind } from '../documents/documentKind.ts';
import { fromPdfHeader } from '../documents/fromPdfHeader.ts';
import { parseDocument } from '../documents/parseDocument.ts';
import type { Page, PageLayout } from './page.ts';

/**
 * Reads the document at `path` into pages, with their layout where it is a PDF. `name` is what its
 * owner calls it.
 *
 * Scanned pages go through OCR. Rejects with `DocumentError` for what cannot be read, and for a
 * document of which no page has any text. It works hard in this thread.
 */
export async function readPages(path: string, name: string): Promise<readonly Page[]> {
  const bytes = await readFile(path);
  const pages =
    // A file of no bytes is for the other reader, which says so.
    bytes.byteLength > 0 && documentKind(name, bytes) === 'pdf'
      ? await readPdfPages(bytes, name)
      : (await parseDocument(path, name)).pages.map(({ number, text }) => ({
          number,
          text,
          layout: null,
        }));
  const read = pages.some(isEmpty) ? await withRecognized(pages, path, name) : pages;
  if (read.every(isEmpty)) {
    throw new DocumentError(`${name} has no text on any page, and OCR finds none either.`);
  }
  return read;
}

function isEmpty({ text }: Page): boolean {
  return text.trim() === '';
}

/** The pages, with what the other reader finds on those that are empty. */
async function withRecognized(
  pages: readonly Page[],
  path: string,
  name: string,
): Promise<readonly Page[]> {
  if (pages.every(({ layout }) => layout === null)) {
    return pages;
  }
  const document = await parseDocument(path, name);
  const texts = new Map(document.pages.map(({ number, text }) => [number, text]));
  return pages.map((page) =>
    isEmpty(page) ? { ...page, text: texts.get(page.number) ?? '' } : page,
  );
}

// Not the reader that parses for search: that one leaves out the running headers and the page
// numbers, which say most about where a document begins.
async function readPdfPages(bytes: Uint8Array, name: string): Promise<readonly Page[]> {
  const parser = new LiteParse({
    // Scanned pages are left to the other reader, which knows where the training data is.
    ocrEnabled: false,
    outputFormat: 'text',
    continueOnPageError: true,
    quiet: true,
    numWorkers: 1,
  });
  const { pages, pageErrors } = await parser.parse(fromPdfHeader(bytes)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DocumentError(`${name} could not be parsed: ${reason}`, { cause });
  });
  const unreadable = pageErrors.map(({ pageNum }) => ({ number: pageNum, text: '', layout: null }));
  return [...pages.map(toPage), ...unreadable].sort((a, b) => a.number - b.number);
}

function toPage({ pageNum, text, width, height, textItems }: ParsedPage): Page {
  return {
    number: pageNum,
    text,
    layout: {
      width: Math.round(width),
      height: Math.round(height),
      fonts: [...new Set(textItems.flatMap(({ fontName }) => fontName ?? []).map(familyOf))],
      titleRatio: titleRatio(textItems, height),
    },
  };
}

/** A font's name without the six letters that mark it as a subset: `ABCDEF+Inter` is `Inter`. */
function familyOf(font: string): string {
  return font.replace(/^[A-Z]{6}\+/, '');
}

function titleRatio(items: readonly TextItem[], pageHeight: number): PageLayout['titleRatio'] {
  const charactersOfHeight = new Map<number, number>();
  for (const { height, text } of items) {
    const rounded = Math.round(height);
    charactersOfHeight.set(rounded, (charactersOfHeight.get(rounded) ?? 0) + text.length);
  }
  const [body] = [...charactersOfHeight].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  const title = items
    .filter(({ y, text }) => y < pageHeight / 3 && /\p{L}{3}/u.test(text))
    .reduce((largest, { height }) => Math.max(largest, height), 0);
  return body === 0 ? 0 : title / body;
}
