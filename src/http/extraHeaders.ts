import { kindOf, shown } from '../checks/shown.ts';

/** Headers by their names, or pairs of both, as `Headers` and `Map` have them. */
export type ExtraHeaders =
  Readonly<Record<string, string>> | Iterable<readonly [name: string, value: string]>;

/** Headers that say who asks, where, or how the body is written: the connection's own affair. */
const reserved = new Set([
  'accept',
  'accept-encoding',
  'authorization',
  'connection',
  'cookie',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The headers of a connection, names in lower case. @throws TypeError for what cannot be one; no value is repeated. */
export function extraHeaders(headers: ExtraHeaders | undefined): Readonly<Record<string, string>> {
  const checked: Record<string, string> = {};
  if (headers === undefined) {
    return checked;
  }
  const given: unknown = headers;
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`connect: headers must be an object of texts, got ${kindOf(given)}`);
  }
  const entries: Iterable<unknown> =
    Symbol.iterator in given ? (given as Iterable<unknown>) : Object.entries(given);
  for (const entry of entries) {
    const [name, value] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof name !== 'string' || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
      throw new TypeError(`connect: headers has what is no name of a header: ${shown(name)}`);
    }
    const key = name.toLowerCase();
    if (reserved.has(key) || key.startsWith('content-')) {
      throw new TypeError(
        `connect: headers cannot have ${name}, which the connection sets itself. ` +
          'Credentials are given as token or session',
      );
    }
    if (value === undefined) {
      continue;
    }
    // The value is not repeated: it may be a secret.
    if (typeof value !== 'string' || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
      const what =
        typeof value === 'string'
          ? 'a text with a line break or another such character'
          : kindOf(value);
      throw new TypeError(
        `connect: headers.${name} must be a text that a header can have, got ${what}`,
      );
    }
    if (key in checked) {
      throw new TypeError(`connect: headers has ${name} twice`);
    }
    checked[key] = value;
  }
  return checked;
}
