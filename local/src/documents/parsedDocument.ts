/** One page of a document: a PDF page, a slide, a sheet, or a stretch between page breaks. */
export interface ParsedPage {
  /** 1-based. */
  readonly number: number;
  /** Markdown where the format has structure, else plain text; empty where nothing is readable. */
  readonly text: string;
  /** Whether the page shows text as pixels that nothing here can read. */
  readonly needsOcr: boolean;
}

/** What a parser got out of a document. */
export interface ParsedDocument {
  readonly pages: readonly ParsedPage[];
  /** Sentences on what is missing from `pages`, for the owner of the document. */
  readonly warnings: readonly string[];
  /** Whether pictures of its pages can be made; see `drawPages`. */
  readonly hasScreenshots?: boolean;
}

/** A document without scans or losses: the texts become its pages, in order. */
export function textPages(texts: readonly string[]): ParsedDocument {
  return {
    pages: texts.map((text, index) => ({ number: index + 1, text, needsOcr: false })),
    warnings: [],
  };
}
