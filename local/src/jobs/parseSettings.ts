import { DocumentError } from '../documents/documentError.ts';
import type { ParsedPage } from '../documents/parsedDocument.ts';
import { type Reading, usualReading } from '../documents/reading.ts';
import type { ParseParameters } from '../../../src/types/parseParameters.ts';

/** Parameters that {@link composeText}, the batch runner and its webhooks carry out. */
const honoured: ReadonlySet<string> = new Set<keyof ParseParameters>([
  'custom_metadata',
  'disable_ocr',
  'do_not_cache',
  'invalidate_cache',
  'job_timeout_in_seconds',
  'lang',
  'languages',
  'max_pages',
  'max_pages_enforced',
  'page_prefix',
  'page_separator',
  'page_suffix',
  'priority',
  'target_pages',
  'type',
  'webhook_configurations',
  'webhook_url',
]);

/** Parameters that ask, with these values, for what happens here anyway. */
const natural: ReadonlyMap<string, unknown> = new Map<keyof ParseParameters, unknown>([
  ['disable_image_extraction', true],
  ['fast_mode', true],
  ['parse_mode', 'parse_page_without_llm'],
  ['tier', 'fast'],
]);

/**
 * The parameters that were set and have no effect here, by name. Those that ask for nothing,
 * such as `false` and empty text, are left out.
 */
export function unhonouredParameters(parameters: ParseParameters): readonly string[] {
  return Object.entries(parameters)
    .filter(([name, value]) => !honoured.has(name) && natural.get(name) !== value)
    .filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '')
    .map(([name]) => name);
}

/** How the parameters want a document to be read: `disable_ocr`, `languages` and the older `lang`. */
export function readingOf({ disable_ocr, languages, lang }: ParseParameters): Reading {
  const named = languages ?? (lang === undefined || lang === '' ? [] : [lang]);
  return {
    ocr: disable_ocr !== true,
    languages: named.length === 0 ? usualReading.languages : [...new Set(named)],
  };
}

/**
 * Reads `target_pages`: 0-based page numbers and ranges, `0,2-5`. An empty one means all pages.
 *
 * @throws RangeError when it is written in any other way.
 */
export function targetPages(text: string): (page: number) => boolean {
  if (text.trim() === '') {
    return () => true;
  }
  const ranges = text.split(',').map((part) => {
    const [, first, last = first] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part) ?? [];
    if (first === undefined || Number(last) < Number(first)) {
      throw new RangeError(
        `target_pages takes 0-based pages and ranges such as "0,2-5", not "${text}"`,
      );
    }
    return { first: Number(first), last: Number(last) };
  });
  return (page) => ranges.some(({ first, last }) => first <= page && page <= last);
}

/**
 * The text of a parsed document as the parameters want it: the pages that were asked for, each
 * with its prefix and suffix, and the separator between them. `{pageNumber}` stands for the
 * 1-based number of the page, and in the separator for that of the page which follows.
 *
 * @throws DocumentError when the document has more pages than `max_pages_enforced`.
 */
export function composeText(
  pages: readonly ParsedPage[],
  parameters: ParseParameters,
): { readonly text: string; readonly pages: number } {
  const { max_pages_enforced: allowed, max_pages, target_pages } = parameters;
  if (typeof allowed === 'number' && pages.length > allowed) {
    throw new DocumentError(
      `The document has ${pages.length} pages, and max_pages_enforced allows ${allowed}.`,
    );
  }
  const isWanted = targetPages(target_pages ?? '');
  const wanted = pages
    .filter(({ number }) => isWanted(number - 1))
    .slice(0, max_pages === 0 ? undefined : (max_pages ?? undefined));

  const separator = parameters.page_separator ?? '\n\n---\n\n';
  const numbered = (part: string | null | undefined, { number }: ParsedPage) =>
    (part ?? '').replaceAll('{pageNumber}', String(number));
  const text = wanted
    .map(
      (page, index) =>
        (index === 0 ? '' : numbered(separator, page)) +
        numbered(parameters.page_prefix, page) +
        page.text +
        numbered(parameters.page_suffix, page),
    )
    .join('');
  return { text, pages: wanted.length };
}
