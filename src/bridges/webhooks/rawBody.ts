/**
 * The bytes of a body that a middleware has kept as it came: a `Buffer` of `express.raw`, the `rawBody` of Nest and of
 * Fastify's plugin, a text of `express.text`. `undefined` for anything else, such as what a JSON parser has made.
 */
export function rawBody(...candidates: readonly unknown[]): Buffer | undefined {
  for (const body of candidates) {
    if (typeof body === 'string') {
      return Buffer.from(body);
    }
    if (body instanceof ArrayBuffer || body instanceof SharedArrayBuffer) {
      return Buffer.from(body);
    }
    if (ArrayBuffer.isView(body)) {
      return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    }
  }
  return undefined;
}
