/** Where the words are in an error that is an object, as APIs and gateways name them, the most telling first. */
const fields = [
  'detail',
  'details',
  'message',
  'error_description',
  'error_message',
  'errormessage',
  'msg',
  'errors',
  'error',
  'faultstring',
  'fault',
  'description',
  'reason',
  'title',
];

/** Deeper than this no service hides its words. */
const DEEPEST = 6;
const MOST_ENTRIES = 10;

/**
 * The words in the JSON of a refusal, whatever it puts them in: a text, lists of complaints, objects within objects, a
 * problem by RFC 9457 with title and detail, complaints by the name of the input. `undefined` where there are none.
 */
export function complaintWords(said: unknown, depth = 0): string | undefined {
  if (typeof said === 'string') {
    return said.trim() || undefined;
  }
  if (typeof said !== 'object' || said === null || depth > DEEPEST) {
    return undefined;
  }
  if (Array.isArray(said)) {
    return joined(said.slice(0, MOST_ENTRIES).map((entry) => complaintWords(entry, depth + 1)));
  }
  const entries = Object.entries(said) as [string, unknown][];
  const named = new Map(entries.map(([name, value]) => [name.toLowerCase(), value]));
  const words = firstOf(named, depth);
  const place = placeOf(named.get('loc'));
  if (words !== undefined) {
    const title = named.get('title');
    const isTitled = typeof title === 'string' && title.trim() !== '' && title.trim() !== words;
    return [isTitled ? title.trim() : undefined, place, words].filter(Boolean).join(': ');
  }
  // Within the answer, what has no name that is known is taken for a list by inputs; the answer itself is no such list.
  return depth === 0
    ? undefined
    : joined(
        entries.slice(0, MOST_ENTRIES).map(([name, value]) => {
          const one = complaintWords(value, depth + 1);
          return one === undefined || typeof value === 'string' ? undefined : `${name}: ${one}`;
        }),
      );
}

function firstOf(named: ReadonlyMap<string, unknown>, depth: number): string | undefined {
  for (const field of fields) {
    const words = complaintWords(named.get(field), depth + 1);
    if (words !== undefined) {
      return words;
    }
  }
  return undefined;
}

/** Where an input is that is complained of, as a 422 tells it. */
function placeOf(loc: unknown): string | undefined {
  const isPlace =
    Array.isArray(loc) && loc.every((part) => /^(?:string|number)$/.test(typeof part));
  return isPlace ? loc.join('.') : undefined;
}

function joined(words: readonly (string | undefined)[]): string | undefined {
  return [...new Set(words)].filter((one) => one !== undefined).join('; ') || undefined;
}
