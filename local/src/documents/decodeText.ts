import { TextDecoder } from 'node:util';

/**
 * Decodes text: as a byte order mark says, else as UTF-8 where it is that, else in the encoding
 * that the document itself declares, else as Windows-1252, which has a character for every byte.
 * Line ends become `\n`; the mark and NULs are dropped.
 */
export function decodeText(bytes: Uint8Array, declared = 'windows-1252'): string {
  return decode(bytes, declared).replaceAll(/\r\n?/g, '\n').replaceAll('\0', '');
}

function decode(bytes: Uint8Array, declared: string): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return new TextDecoder('utf-16le').decode(bytes);
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff) {
    return new TextDecoder('utf-16be').decode(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decoderFor(declared).decode(bytes);
  }
}

function decoderFor(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder('windows-1252');
  }
}
