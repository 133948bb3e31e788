import type { ClassifyParsingConfiguration } from '../../../src/types/classify.ts';
import type { ParsedPage } from '../documents/parsedDocument.ts';

/** Characters of a document that are looked at; its kind shows long before. */
const mostCharacters = 40_000;

/**
 * The text by which a document is classified: of its first five pages, or as `parsing` wants it.
 * `target_pages` are 0-based and chosen first, `max_pages` then says how many of them are read.
 */
export function classifiedText(
  pages: readonly ParsedPage[],
  parsing: ClassifyParsingConfiguration = {},
): string {
  const { max_pages = 5, target_pages } = parsing;
  return pages
    .filter(({ number }) => target_pages?.includes(number - 1) ?? true)
    .slice(0, max_pages ?? undefined)
    .map(({ text }) => text)
    .join('\n')
    .slice(0, mostCharacters);
}
