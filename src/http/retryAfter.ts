import { headerValues } from './headerValues.ts';

/** The three date formats of RFC 9110, 5.6.7, strictly: what else `Date.parse` reads is not a date here. */
const fixdate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850 = /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctime = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [\d ]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/** The instant in milliseconds since 1970, NaN for what is not a date of HTTP. */
export function parseHttpDate(text: string): number {
  if (fixdate.test(text) || rfc850.test(text)) {
    return Date.parse(text);
  }
  // This format names no zone and means UTC; V8 would read it as local time.
  return asctime.test(text) ? Date.parse(`${text} GMT`) : NaN;
}

/**
 * How long an answer asks to wait, in milliseconds, or `undefined` when it does not say so in a form that
 * RFC 9110 (10.2.3) knows: whole seconds or a date. `retry-after-ms` is read first. Where one of them comes more than
 * once, as when both a server and the gateway before it ask for patience, the longest wait counts.
 *
 * A date is measured against the server's own `date` header, so that a wrong clock on this side does not
 * matter; against `now` where there is none. A date in the past is 0.
 */
export function retryAfter(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number = Date.now(),
): number | undefined {
  const milliseconds = headerValues(headers, 'retry-after-ms').filter(isWhole).map(Number);
  if (milliseconds.length > 0) {
    return Math.max(...milliseconds);
  }
  const dates = headerValues(headers, 'date').map(parseHttpDate).filter(isInstant);
  const serverNow = dates.length > 0 ? Math.min(...dates) : now;
  const waits = headerValues(headers, 'retry-after')
    .map((wait) => (isWhole(wait) ? Number(wait) * 1000 : parseHttpDate(wait) - serverNow))
    .filter(isInstant);
  return waits.length > 0 ? Math.max(0, ...waits) : undefined;
}

function isWhole(text: string): boolean {
  return /^\d+$/.test(text);
}

function isInstant(time: number): boolean {
  return !Number.isNaN(time);
}
