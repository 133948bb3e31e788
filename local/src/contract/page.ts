import { z } from 'zod';

/** The page of a list with tokens, for a list that does not count. */
export function uncountedPage<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next_page_token: z.string().nullish() });
}

/** The page of a list. */
export function page<T extends z.ZodType>(item: T) {
  return uncountedPage(item).extend({ total_size: z.int().nullish() });
}
