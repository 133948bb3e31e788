/**
 * What acts on a terminal, a log or a line of text in place of being seen: control characters of both sets (C0, C1), line
 * and paragraph separators, marks that turn the direction of writing, halves of characters.
 */
const acting = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A text as one line that can be printed and logged anywhere: what would act is escaped as JavaScript writes it
 * (`\n`, `\u001b`), and everything else stays.
 */
export function oneLine(text: string): string {
  return text.replace(
    acting,
    (sign) => short[sign] ?? `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
