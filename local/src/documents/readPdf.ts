import { LiteParse, type PageComplexityStats, type ParsedPage } from '@llamaindex/liteparse';
import { recognizePages } from '../ocr/recognizePages.ts';
import type { Picture } from '../ocr/recognizePicture.ts';
import { DocumentError } from './documentError.ts';
import { fromPdfHeader } from './fromPdfHeader.ts';
import type { ParsedDocument } from './parsedDocument.ts';
import { pdfNotes } from './pdfNotes.ts';
import type { Reading } from './reading.ts';
import { withoutEmptyTables } from './withoutEmptyTables.ts';

/** Dots per inch at which pages are drawn to be recognised. */
const dpi = 200;

/** A page that would be larger is drawn coarser; A3 has 10 million. */
const mostPixels = 25_000_000;

/**
 * Reads a PDF into one markdown page per page. Pages whose text is pixels or outlines are drawn, and
 * read by OCR.
 */
export async function readPdf(
  file: Uint8Array,
  name: string,
  reading: Reading,
): Promise<ParsedDocument> {
  const bytes = fromPdfHeader(file);
  const parser = new LiteParse({
    // Pages that need it go through `recognizePages`, which knows where the training data is.
    ocrEnabled: false,
    outputFormat: 'markdown',
    imageMode: 'off',
    // What stands there once is no ornament: the footer of an invoice has its account and its VAT id.
    keepHeadersFooters: true,
    extractFormFields: true,
    extractAnnotations: true,
    includeComplexity: true,
    continueOnPageError: true,
    quiet: true,
    numWorkers: 1,
  });
  const { pages, pageErrors } = await parser.parse(bytes).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DocumentError(`${name} could not be parsed: ${reason}`, { cause: error });
  });
  const pictured = pages.filter(isOutOfReach);
  const { texts, warnings } = await recognizePages(
    pictured.map((page) => ({ number: page.pageNum, draw: () => drawPage(bytes, page) })),
    name,
    reading,
  );
  const needing = new Set(pictured.map(({ pageNum }) => pageNum));
  return {
    pages: pages.map((page) => {
      const number = page.pageNum;
      const printed = textOf(page);
      const recognized = texts.get(number);
      const isGarbled = page.complexity?.isGarbled === true;
      // What is drawn holds the text that the page has as such, unless nothing was recognised.
      const text =
        recognized !== undefined && (isGarbled || recognized.length > printed.length)
          ? recognized
          : printed;
      return { number, text, needsOcr: needing.has(number) && recognized === undefined };
    }),
    hasScreenshots: true,
    warnings: [
      ...pageErrors.map(
        (error) => `Page ${error.pageNum} of ${name} could not be read: ${error.message}`,
      ),
      ...warnings,
    ],
  };
}

/** The page as markdown, and where that has lost everything as text; then its notes. */
function textOf(page: ParsedPage): string {
  const markdown = withoutEmptyTables(page.markdown);
  const isEmpty = markdown.split('\n').every((line) => /^(?:\s*$|\s*```)/.test(line));
  const text = isEmpty ? page.text.trim() : markdown.trim();
  return [text, pdfNotes(page)].filter((part) => part !== '').join('\n\n');
}

/**
 * Whether a page's text is pixels or outlines. LiteParse's own verdict is also true of pages that
 * hold a single line, and of pictures beside the text; and it does not see a picture that lies in
 * a form object, so that every page without text is one.
 */
function isOutOfReach(page: ParsedPage): boolean {
  const { complexity } = page;
  return textOf(page) === '' || (complexity !== undefined && isMostlyPicture(complexity));
}

function isMostlyPicture(page: PageComplexityStats): boolean {
  const hasPicture = page.fullPageImage || page.imageBlockCount > 0;
  const isOutlined = page.reasons.includes('vector-text');
  // Scanners and archives stamp a line or two on the picture of a page.
  const isStamped = page.largestImageCoverage > 0.5 && page.textLength < 200;
  return page.isGarbled || isStamped || (page.textLength < 50 && (hasPicture || isOutlined));
}

async function drawPage(
  bytes: Uint8Array,
  { pageNum, width, height }: ParsedPage,
): Promise<Picture | undefined> {
  const fitting = 72 * Math.sqrt(mostPixels / (width * height));
  const drawer = new LiteParse({
    ocrEnabled: false,
    dpi: Math.max(1, Math.min(dpi, fitting)),
    renderFormFields: true,
    quiet: true,
    numWorkers: 1,
  });
  const [shot] = await drawer.screenshot(bytes, [pageNum]);
  return shot === undefined || shot.isSolidFill
    ? undefined
    : { bytes: shot.imageBuffer, width: shot.width, height: shot.height };
}
