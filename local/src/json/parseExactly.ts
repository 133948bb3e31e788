/** TypeScript does not know yet that a reviver is told how a number was written. */
const reviveJson = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
) => unknown;

/**
 * `JSON.parse`, where an integer is a `bigint` once it is too large for a number to tell it from its neighbours.
 * `toJson` writes it as it was.
 */
export function parseExactly(text: string): unknown {
  // With a reviver it takes many times as long.
  return /\d{16}/.test(text) ? reviveJson(text, exactInteger) : JSON.parse(text);
}

function exactInteger(
  _key: string,
  value: unknown,
  { source = '' }: { readonly source?: string },
): unknown {
  return typeof value === 'number' &&
    Number.isFinite(value) &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(source)
    ? BigInt(source)
    : value;
}
