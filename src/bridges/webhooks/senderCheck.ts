import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How a sender proves itself. */
export interface SenderProof {
  readonly signingSecrets: readonly string[];
  readonly signatureHeader: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Reads a header; the names are in lower case. */
export type HeaderReader = (name: string) => string | null;

/** Whether the request has every header that the sender was given. Takes as long for a wrong one as for a right one. */
export function hasSecretHeaders(proof: SenderProof, header: HeaderReader): boolean {
  return proof.headers
    .map(([name, value]) => timingSafeEqual(digest(header(name) ?? ''), digest(value)))
    .every(Boolean);
}

/** Whether the body is signed with one of the secrets, when there are any. */
export function isSigned(proof: SenderProof, header: HeaderReader, body: Buffer): boolean {
  const { signingSecrets, signatureHeader } = proof;
  if (signingSecrets.length === 0) {
    return true;
  }
  const [, digits] = /^sha256=([\da-f]{64})$/i.exec(header(signatureHeader) ?? '') ?? [];
  const given = Buffer.from(digits ?? '', 'hex');
  return signingSecrets
    .map((secret) => createHmac('sha256', secret).update(body).digest())
    .map((expected) => given.length === expected.length && timingSafeEqual(given, expected))
    .some(Boolean);
}

/** Texts of any length as bytes of one length, which is what can be compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
