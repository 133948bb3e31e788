import { LiteParse, type PageComplexityStats } from '@llamaindex/liteparse';
import { DocumentError } from './documentError.ts';
import type { ParsedDocument } from './parsedDocument.ts';

/** Reads a PDF into one markdown page per page. */
export async function readPdf(bytes: Uint8Array, name: string): Promise<ParsedDocument> {
  const parser = new LiteParse({
    // On, it would download its training data at the first scanned page.
    ocrEnabled: false,
    outputFormat: 'markdown',
    imageMode: 'off',
    includeComplexity: true,
    continueOnPageError: true,
    quiet: true,
    numWorkers: 1,
  });
  const { pages, pageErrors } = await parser.parse(bytes).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DocumentError(`${name} could not be parsed: ${reason}`, { cause: error });
  });
  const parsed = pages.map((page) => {
    // Markdown leaves out running headers and footers; a page made of nothing else is kept as text.
    const text = page.markdown.trim() || page.text.trim();
    const needsOcr = page.complexity !== undefined && isOutOfReach(page.complexity);
    return { number: page.pageNum, text, needsOcr };
  });
  const scanned = parsed.filter((page) => page.needsOcr).map((page) => page.number);
  return {
    pages: parsed,
    hasScreenshots: true,
    warnings: [
      ...pageErrors.map(
        (error) => `Page ${error.pageNum} of ${name} could not be read: ${error.message}`,
      ),
      ...(scanned.length === 0
        ? []
        : [
            `${name} needs OCR, which is not available here, on ${pageList(scanned)}: text is missing there.`,
          ]),
    ],
  };
}

/**
 * Whether a page's text is pixels or outlines. LiteParse's own verdict is also true of pages that
 * hold a single line, and of pictures beside the text.
 */
function isOutOfReach(page: PageComplexityStats): boolean {
  const hasPicture = page.fullPageImage || page.imageBlockCount > 0;
  const isOutlined = page.reasons.includes('vector-text');
  return page.isGarbled || (page.textLength < 50 && (hasPicture || isOutlined));
}

function pageList(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 10).join(', ');
  const more = numbers.length > 10 ? ` and ${numbers.length - 10} more` : '';
  return `${numbers.length === 1 ? 'page' : 'pages'} ${shown}${more}`;
}
