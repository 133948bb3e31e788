/** One page of a list. */
export interface Page<T> {
  /**
   * The page's items in the server's order. Absent or empty ones may still have pages after them.
   */
  readonly items?: readonly T[];
  /** Names the next page. Absent, `null` or empty on the last one. */
  readonly next_page_token?: string | null;
  /**
   * How many items all pages hold together, where the server says so. May be an estimate; one below what the pages have
   * held so far counts as none.
   */
  readonly total_size?: number | null;
}

/** Where a list with page tokens starts and how it is cut. */
export interface PageQuery {
  /** Items fetched with one request, at most. The server chooses when it is left out. */
  readonly page_size?: number | null | undefined;
  /** Starts at the page that this token names, instead of at the first. */
  readonly page_token?: string | null | undefined;
}
