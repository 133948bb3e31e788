import type { ValidationDetail } from '../errors.ts';
import { complaintWords } from './complaintWords.ts';
import { isMarkup, markupWords } from './markupWords.ts';

/** What a server has to say about why it refuses. */
export interface Complaint {
  /** The JSON that it sent; text where it was not JSON, cut to 2 KiB. */
  readonly body: unknown;
  /** One entry for each input that is wrong; empty when there is no such list. */
  readonly detail: readonly ValidationDetail[];
  /** Its own words, short enough for one line. */
  readonly words: string | undefined;
}

const LONGEST_TEXT = 2048;
const LONGEST_LINE = 300;

/**
 * Reads the body of a refusal, which may be anything.
 *
 * @param redact - Takes what must not be seen out of a text.
 */
export function complaintOf(text: string, redact: (text: string) => string): Complaint {
  const body = parseOrCut(text.replace(/^\uFEFF/, ''), redact);
  const entries = field(body, 'detail');
  const isText = typeof body === 'string';
  const words = isText && isMarkup(body) ? markupWords(body) : complaintWords(body);
  return {
    body,
    detail: Array.isArray(entries) ? entries.filter(isDetail) : [],
    // Bytes that are no text say nothing.
    words: words === undefined || (isText && /[\0\ufffd]/.test(body)) ? undefined : cut(words),
  };

  function cut(whole: string): string {
    // Once more: entities and escapes can spell a secret.
    const safe = redact(whole);
    return safe.length > LONGEST_LINE ? `${safe.slice(0, LONGEST_LINE)}…` : safe;
  }
}

function parseOrCut(text: string, redact: (text: string) => string): unknown {
  try {
    const body = JSON.parse(text) as unknown;
    // Once more without escapes: a secret can be written with them.
    const plain = JSON.stringify(body);
    const safe = redact(plain);
    return safe === plain ? body : (JSON.parse(safe) as unknown);
  } catch {
    return redact(text).slice(0, LONGEST_TEXT);
  }
}

function isDetail(entry: unknown): entry is ValidationDetail {
  const loc = field(entry, 'loc');
  return Array.isArray(loc) && loc.every(isName) && typeof field(entry, 'msg') === 'string';
}

function isName(part: unknown): part is string | number {
  return typeof part === 'string' || typeof part === 'number';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
