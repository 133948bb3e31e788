/** A page of a list by token. */
export interface TokenPage<T> {
  readonly items: readonly T[];
  readonly next_page_token: string | null;
}

/** Walks through the items of all pages in a plain loop; a page is asked for when the one before it is handled. */
export async function walkPages<T>(
  fetchPage: (query: string) => Promise<TokenPage<T>>,
  handle: (item: T) => void,
): Promise<void> {
  let query = '';
  do {
    const page = await fetchPage(query);
    for (const item of page.items) {
      handle(item);
    }
    query = page.next_page_token === null ? '' : `?page_token=${page.next_page_token}`;
  } while (query !== '');
}
