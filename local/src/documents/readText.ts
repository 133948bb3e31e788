import { decodeText } from './decodeText.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';

/** Reads plain text, markdown, JSON, source code: as it is, a page per form feed. */
export function readText(bytes: Uint8Array): ParsedDocument {
  return textPages(decodeText(bytes).split('\f'));
}
