import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How a sender proves itself. */
export interface SenderProof {
  readonly signingSecrets: readonly string[];
  readonly signatureHeader: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Reads a header; the names are in lower case. */
export type HeaderReader = (name: string) => string | null;

/**
 * What is wrong with the headers that the sender was given, in words without their values; `undefined` when they are all
 * there. Takes as long for a wrong one as for a right one.
 */
export function headerFault(proof: SenderProof, header: HeaderReader): string | undefined {
  const faults = proof.headers.map(([name, value]) => {
    const given = header(name);
    const isRight = timingSafeEqual(digest(given ?? ''), digest(value));
    return isRight
      ? []
      : [given === null ? `there is no header ${name}` : `the header ${name} has another value`];
  });
  return faults.flat().join(', ') || undefined;
}

/** What is wrong with the signature, in words; `undefined` when one of the secrets made it, or there are none. */
export function signatureFault(
  proof: SenderProof,
  header: HeaderReader,
  body: Buffer,
): string | undefined {
  const { signingSecrets, signatureHeader } = proof;
  if (signingSecrets.length === 0) {
    return undefined;
  }
  const text = header(signatureHeader);
  const [, digits] = /^sha256=([\da-f]{64})$/i.exec(text ?? '') ?? [];
  const given = Buffer.from(digits ?? '', 'hex');
  const isSigned = signingSecrets
    .map((secret) => createHmac('sha256', secret).update(body).digest())
    .map((expected) => given.length === expected.length && timingSafeEqual(given, expected))
    .some(Boolean);
  if (isSigned) {
    return undefined;
  }
  if (text === null) {
    return `there is no header ${signatureHeader}: has the job a webhook_signing_secret?`;
  }
  return digits === undefined
    ? `the header ${signatureHeader} holds no signature of the form sha256=…`
    : `the signature is by another secret, or of another body: has something on the way parsed it or changed it?`;
}

/** Texts of any length as bytes of one length, which is what can be compared in constant time. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
