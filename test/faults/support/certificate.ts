import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** A certificate that signs itself, and its key, both as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate says. */
export interface CertificateClaims {
  /** The one host that it is for. */
  readonly host: string;
  /** When it stops being valid. @defaultValue in an hour */
  readonly expires?: Date | undefined;
}

/**
 * Makes a certificate on the spot, so that no key is kept in the repository and none gets old. The structure is that
 * of RFC 5280, section 4.1, with as little in it as TLS asks for.
 */
export function selfSigned({ host, expires = inAnHour() }: CertificateClaims): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(objectId('2a8648ce3d040302'));
  const name = sequence(set(sequence(objectId('550403'), der(0x0c, Buffer.from(host)))));
  const subjectAltName = sequence(der(0x82, Buffer.from(host)));
  const toBeSigned = sequence(
    der(0xa0, integer(2)),
    integer(1),
    ecdsaWithSha256,
    name,
    sequence(time(new Date('2020-01-01')), time(expires)),
    name,
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
      type: 'spki',
      format: 'der',
    }),
    der(0xa3, sequence(sequence(objectId('551d11'), der(0x04, subjectAltName)))),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  const whole = sequence(
    toBeSigned,
    ecdsaWithSha256,
    der(0x03, Buffer.concat([Buffer.of(0), signature])),
  );
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function inAnHour(): Date {
  return new Date(Date.now() + 3_600_000);
}

/** One element: tag, length, content (ITU-T X.690, 8.1). */
function der(tag: number, content: Uint8Array): Buffer {
  const size = content.byteLength;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(part: Uint8Array): Buffer {
  return der(0x31, part);
}

function integer(value: number): Buffer {
  return der(0x02, Buffer.of(value));
}

function objectId(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

/** As GeneralizedTime, which has four digits for the year. */
function time(date: Date): Buffer {
  return der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));
}
