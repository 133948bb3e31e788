/**
 * A count or an amount from outside, which services leave out, send `null` for, or write as text whatever the schema
 * says; `undefined` for what is none: below zero, not finite, no number.
 */
export function countOf(value: unknown): number | undefined {
  const isWritten = typeof value === 'string' && value.trim() !== '';
  const count = isWritten || typeof value === 'bigint' ? Number(value) : value;
  return typeof count === 'number' && count >= 0 && count < Infinity ? count : undefined;
}
