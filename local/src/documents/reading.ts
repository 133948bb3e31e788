/** How a document is to be read, where that is left open. */
export interface Reading {
  /** Whether text is recognised from pixels, on pages that have no other. */
  readonly ocr: boolean;
  /** The languages of such text, as codes of `ParserLanguage`; at least one. */
  readonly languages: readonly string[];
}

/** What happens when nobody asks for anything else. */
export const usualReading: Reading = { ocr: true, languages: ['en'] };
