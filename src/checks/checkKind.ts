import { shown } from './shown.ts';

type Kind =
  'object' | 'array' | 'vector' | 'function' | 'text' | 'observable' | 'iterable' | 'source';

const kinds: Readonly<Record<Kind, readonly [name: string, is: (value: unknown) => boolean]>> = {
  object: ['an object', (value) => isObject(value) && !Array.isArray(value)],
  array: ['an array', Array.isArray],
  vector: ['an array of numbers', (value) => Array.isArray(value) || ArrayBuffer.isView(value)],
  function: ['a function', (value) => typeof value === 'function'],
  text: ['a text that is not empty', (value) => typeof value === 'string' && value !== ''],
  observable: ['an Observable', (value) => isObject(value) && typeof value.pipe === 'function'],
  iterable: [
    'an iterable or an async iterable',
    (value) =>
      typeof value === 'string' ||
      (isObject(value) && (Symbol.iterator in value || Symbol.asyncIterator in value)),
  ],
  source: [
    'an Observable or an async iterable',
    (value) =>
      isObject(value) && (typeof value.pipe === 'function' || Symbol.asyncIterator in value),
  ],
};

/**
 * Refuses what is of another kind than a function can work with.
 *
 * @param what - The function and its argument or option: `fuse: options`.
 * @throws TypeError that says what is taken and what was given.
 */
export function checkKind(what: string, value: unknown, kind: Kind): void {
  const [name, isOfKind] = kinds[kind];
  if (!isOfKind(value)) {
    throw new TypeError(`${what} must be ${name}, got ${shown(value)}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<PropertyKey, unknown>> {
  return typeof value === 'object' && value !== null;
}
