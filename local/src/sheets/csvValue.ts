import type { CellValue } from 'hucre';

const number = /^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)?(?:\.\d+)?(?:e[+-]?\d{1,3})?$/i;
const time = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** More digits than a number keeps. */
const mostDigits = 15;

/**
 * What a text in a CSV file stands for: a number, `true` or `false`, or an ISO 8601 date or time
 * with a zone. Texts that would lose by it stay as they are: codes with leading zeros, and numbers
 * of more than 15 digits. Blank text is `null`.
 */
export function csvValue(text: string): CellValue {
  const trimmed = text.trim();
  if (/^(?:true|false)$/i.test(trimmed)) {
    return trimmed.length === 4;
  }
  if (time.test(trimmed)) {
    const date = new Date(trimmed);
    return Number.isNaN(date.getTime()) ? text : date;
  }
  const digits = trimmed.replaceAll(/e.*$|\D/gi, '');
  const isCode = /^[+-]?0\d/.test(trimmed);
  if (digits !== '' && digits.length <= mostDigits && !isCode && number.test(trimmed)) {
    return Number(trimmed.replaceAll(',', ''));
  }
  return trimmed === '' ? null : text;
}
