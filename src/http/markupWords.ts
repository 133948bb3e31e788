/** Words of a page or of XML stand in its beginning. */
const LOOKED_AT = 4096;

/** The elements that say what went wrong, in this order: of S3 and other XML, of SOAP, of pages. */
const telling = ['message', 'faultstring', 'detail', 'title', 'h1'];

const entities: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&apos;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

/** Whether a text is a page of HTML or XML. */
export function isMarkup(text: string): boolean {
  return text.trimStart().startsWith('<');
}

/** What a page of HTML or XML says in a line, by its title or message; `undefined` when it has none. */
export function markupWords(text: string): string | undefined {
  const beginning = text.trimStart().slice(0, LOOKED_AT);
  const folded = beginning.toLowerCase();
  for (const name of telling) {
    const words = contentOf(name, beginning, folded);
    if (words) {
      return words;
    }
  }
  return undefined;
}

/** The text right in the first element of this name that has one. */
function contentOf(name: string, text: string, folded: string): string | undefined {
  let at = 0;
  while ((at = folded.indexOf(`<${name}`, at)) >= 0) {
    at += name.length + 1;
    const start = folded.indexOf('>', at);
    if (start < 0) {
      return undefined;
    }
    const isWhole = /[\s>]/.test(folded.charAt(at));
    at = start + 1;
    const end = folded.indexOf('<', at);
    const words = isWhole ? text.slice(at, end < 0 ? undefined : end) : '';
    const plain = words.replace(
      /&(?:lt|gt|quot|#39|apos|nbsp|amp);/g,
      (one) => entities[one] ?? one,
    );
    const line = plain.split(/\s+/).filter(Boolean).join(' ');
    if (line) {
      return line;
    }
  }
  return undefined;
}
