/**
 * A PDF from its header on. Mail gateways and printers put bytes before it, and the places that the
 * file names inside itself count from the header.
 */
export function fromPdfHeader(bytes: Uint8Array): Uint8Array {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf('%PDF-');
  return start > 0 ? bytes.subarray(start) : bytes;
}
