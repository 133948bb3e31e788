import { isRecord } from '../types/isRecord.ts';

/**
 * What an event is to who reads the stream: one of its events (`value`), nothing at all, the word that something went
 * wrong on the other side (`trouble`), or something that cannot be understood (`garbage`).
 */
export type EventMeaning = 'value' | 'nothing' | 'trouble' | 'garbage';

/** An event that is none of those that the API describes. */
export interface UnknownEvent {
  /** Its name, where it has one. */
  readonly name: string | undefined;
  readonly data: string;
  /** The data as JSON; `undefined` where it is not JSON. */
  readonly json: unknown;
  /** The types of events that the API describes. */
  readonly types: ReadonlySet<string>;
}

/** Names of events, as servers and gateways write them. */
const keepAliveName = /^(?:ping|pong|heart-?_?beat|hb|keep-?_?alive|no-?_?op|comment)$/i;
const troubleName = /error|exception|fail/i;

/** Data of events without a name: such a word, and no others with it, but maybe a time. */
const keepAliveText =
  /^[\W_]*(?:ping|pong|heart[-_ ]?beat|keep[-_ ]?alive|no-?op|done)[\W\d_TZ]*$/i;
const LONGEST_KEEP_ALIVE = 64;

/**
 * Judges an event that the API does not describe. Such events come from gateways and from servers that are newer than
 * this code. What tells nothing is passed over; what could be a part of the content that is lost is an error.
 *
 * - An event that its name, its `type` or, where it has no `type`, its field `error` or `detail` says to be about an
 *   error is `trouble`, whatever its data is.
 * - Blank data and an object without fields are `nothing`, and so is all that has the name of a keep-alive.
 * - Any other object is a `value`, so that new types of events reach who knows them.
 * - Of the rest, data with a name that the API does not know is `nothing`: the content comes in objects. It is `garbage`
 *   where it begins like an object or a list of them, which may be a broken piece of the content.
 * - Of data without a name the words of keep-alives and `[DONE]` are `nothing`, and the rest is `garbage`, `null` too:
 *   it stands where a piece of the content is due.
 */
export function eventMeaning({ name = 'message', data, json, types }: UnknownEvent): EventMeaning {
  if (troubleName.test(name) && !types.has(name)) {
    return 'trouble';
  }
  if (keepAliveName.test(name) || tellsNothing(data, json)) {
    return 'nothing';
  }
  if (isRecord(json)) {
    return isTrouble(json) ? 'trouble' : 'value';
  }
  const isMeant = name === 'message' || types.has(name) || /^[\s[]*\{/.test(data);
  return isMeant && !isKeepAliveText(data) ? 'garbage' : 'nothing';
}

function tellsNothing(data: string, json: unknown): boolean {
  return data.trim() === '' || (isRecord(json) && Object.keys(json).length === 0);
}

function isTrouble({ type, error, detail }: Readonly<Record<string, unknown>>): boolean {
  return typeof type === 'string' ? /^error$/i.test(type) : Boolean(error ?? detail);
}

function isKeepAliveText(data: string): boolean {
  const isHalf = data.startsWith('[') !== data.endsWith(']');
  return !isHalf && data.length <= LONGEST_KEEP_ALIVE && keepAliveText.test(data);
}
