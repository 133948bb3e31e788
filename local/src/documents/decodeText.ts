import { createRequire } from 'node:module';
import { TextDecoder } from 'node:util';

/** Bytes that are looked at to tell an encoding. */
const sampled = 64 * 1024;

/** Below this the detector merely guesses. */
const leastConfidence = 0.03;

/** Encodings under the names that the detector has for them and decoders have not. */
const labels: ReadonlyMap<string, string> = new Map([
  ['CP932', 'shift_jis'],
  ['CP949', 'euc-kr'],
  ['GB2312', 'gb18030'],
]);

/**
 * Decodes text: as a byte order mark says, else as UTF-8 where it is that, else in the encoding
 * that the document itself declares, else in the one that it most likely is, such as Shift-JIS,
 * GB18030, Windows-1251 or CP866, else as Windows-1252, which has a character for every byte.
 * Line ends become `\n`; the mark and NULs are dropped.
 */
export function decodeText(bytes: Uint8Array, declared?: string): string {
  return decode(bytes, declared).replaceAll(/\r\n?/g, '\n').replaceAll('\0', '');
}

function decode(bytes: Uint8Array, declared: string | undefined): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return new TextDecoder('utf-16le').decode(bytes);
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return new TextDecoder('utf-16be').decode(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const isUseful = declared !== undefined && !/^utf-?8$/i.test(declared);
    return decoderFor(isUseful ? declared : likelyEncoding(bytes)).decode(bytes);
  }
}

function likelyEncoding(bytes: Uint8Array): string {
  // Its tables take seven megabytes, which most documents do without.
  const { detect } = createRequire(import.meta.url)('jschardet') as typeof import('jschardet');
  const start = Math.max(0, bytes.findIndex((byte) => byte > 127) - 1_024);
  const { encoding, confidence } = detect(Buffer.from(bytes.subarray(start, start + sampled)));
  const isKnown = encoding !== null && confidence >= leastConfidence;
  return isKnown ? (labels.get(encoding) ?? encoding) : 'windows-1252';
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder('windows-1252');
  }
}
