/** One page of a document that is to be split. */
export interface Page {
  /** 1-based. */
  readonly number: number;
  /** Its text line by line, running headers, footers and page numbers included. */
  readonly text: string;
  /** How it looks; `null` for formats that have no pages of their own. */
  readonly layout: PageLayout | null;
}

/** What tells one document's pages from another's without reading them. */
export interface PageLayout {
  /** In points, rounded. */
  readonly width: number;
  /** In points, rounded. */
  readonly height: number;
  /** Names of the fonts on the page, each once. */
  readonly fonts: readonly string[];
  /** Height of the largest text in the upper third, in heights of the text that fills the page. */
  readonly titleRatio: number;
}
