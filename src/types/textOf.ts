/**
 * A text from outside, which services leave out, send `null` for, or write as a number whatever the schema says: a number
 * as its digits, a list of parts as the texts in it, one after the other, and '' for what is no text.
 */
export function textOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
      return String(value);
    default:
      return Array.isArray(value) ? value.map(partText).join('') : '';
  }
}

/** The text of one part: it is one, or has one, as models write their content. */
function partText(part: unknown): string {
  return typeof part === 'object' && part !== null && 'text' in part
    ? textOf(part.text)
    : Array.isArray(part)
      ? ''
      : textOf(part);
}
