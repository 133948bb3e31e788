import { oneLine } from './oneLine.ts';

const LONGEST_TEXT = 60;
const MOST_FIELDS = 4;

/** A value as a complaint about it names it: short, in one line, and of an object only what it is. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
    return oneLine(JSON.stringify(cut));
  }
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : kindOf(value);
}

/** The same for what may be a secret: a text, too, is named by what it is. */
export function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value === '' ? 'an empty text' : 'a text';
    case 'object':
      return value === null ? 'null' : kindOfObject(value);
    case 'undefined':
      return 'undefined';
    default:
      return `a ${typeof value}`;
  }
}

function kindOfObject(value: object): string {
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty array' : 'an array';
  }
  const prototype = Object.getPrototypeOf(value) as { readonly constructor?: unknown } | null;
  const maker = prototype?.constructor;
  if (maker === Promise) {
    return 'a promise, which has to be awaited first';
  }
  if (typeof maker === 'function' && maker !== Object && maker.name !== '') {
    return `an object of the class ${oneLine(maker.name.slice(0, LONGEST_TEXT))}`;
  }
  const names = Object.keys(value);
  const fields = names.slice(0, MOST_FIELDS).join(', ') + (names.length > MOST_FIELDS ? ', …' : '');
  return names.length === 0
    ? 'an empty object'
    : `an object with ${oneLine(fields.slice(0, LONGEST_TEXT))}`;
}
