import { extname } from 'node:path';

/** The reader that a document goes to. */
export type DocumentKind =
  'pdf' | 'docx' | 'pptx' | 'spreadsheet' | 'csv' | 'html' | 'image' | 'text' | 'unsupported';

const kindByExtension: ReadonlyMap<string, DocumentKind> = new Map([
  ...list('pdf', '.pdf'),
  ...list('docx', '.docx .docm .dotx .dotm'),
  ...list('pptx', '.pptx .pptm .ppsx .ppsm .potx .potm'),
  ...list('spreadsheet', '.xlsx .xlsm .xltx .xltm .xls .ods'),
  ...list('csv', '.csv .tsv .tab'),
  ...list('html', '.html .htm .xhtml'),
  ...list('image', '.png .jpg .jpeg .gif .bmp .tif .tiff .webp .heic .heif .avif .ico'),
  ...list('unsupported', '.doc .dot .ppt .pps .pot .rtf .odt .odp .pages .numbers .key .epub'),
  ...list('unsupported', '.zip .gz .tgz .tar .7z .rar .exe .dll .mp3 .mp4 .wav .mov .avi .mkv'),
]);

function list(kind: DocumentKind, extensions: string): [string, DocumentKind][] {
  return extensions.split(' ').map((extension) => [extension, kind]);
}

/**
 * Decides which reader a document goes to: by the extension of its name, and where that says
 * nothing, by its first bytes. A name without a known extension whose content has no binary bytes
 * is text.
 *
 * A PDF is recognised whatever it is called, since servers often hand them out under other names.
 */
export function documentKind(name: string, bytes: Uint8Array): DocumentKind {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 4_096));
  // Acrobat, and so every producer, allows up to 1,024 bytes before the header.
  if (head.subarray(0, 1_024).includes('%PDF-')) {
    return 'pdf';
  }
  return kindByExtension.get(extname(name).toLowerCase()) ?? kindByContent(head);
}

function kindByContent(head: Buffer): DocumentKind {
  const start = head.toString('latin1');
  if (start.startsWith('PK\x03\x04')) {
    return kindOfArchive(start);
  }
  if (/^(?:\x89PNG|\xff\xd8\xff|GIF8|BM|II\*\0|MM\0\*|RIFF.{4}WEBP)/s.test(start)) {
    return 'image';
  }
  if (/^\s*(?:<!doctype html|<html)/i.test(start)) {
    return 'html';
  }
  const isUtf16 = start.startsWith('\xff\xfe') || start.startsWith('\xfe\xff');
  return isUtf16 || !head.includes(0) ? 'text' : 'unsupported';
}

/** The entry names of an Office archive stand in its first bytes, uncompressed. */
function kindOfArchive(start: string): DocumentKind {
  if (start.includes('word/')) {
    return 'docx';
  }
  if (start.includes('ppt/')) {
    return 'pptx';
  }
  return start.includes('xl/') || start.includes('opendocument.spreadsheet')
    ? 'spreadsheet'
    : 'unsupported';
}
