/**
 * Has a say in what becomes of each value of an answer: the second argument of `JSON.parse`. `context.source` is the text
 * of a number or word as the server wrote it.
 */
export type JsonReviver = (
  this: unknown,
  key: string,
  value: unknown,
  context: { readonly source?: string },
) => unknown;

/** `JSON.parse`, with a reviver if there is one. TypeScript does not know yet that it gets a context. */
export const reviveJson = JSON.parse as (text: string, reviver?: JsonReviver) => unknown;
