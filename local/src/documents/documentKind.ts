import { extname } from 'node:path';

/** The reader that a document goes to. */
export type DocumentKind =
  | 'pdf'
  | 'docx'
  | 'pptx'
  | 'spreadsheet'
  | 'csv'
  | 'html'
  | 'image'
  | 'text'
  | 'email'
  | 'msg'
  | 'doc'
  | 'rtf'
  | 'openDocument'
  | 'epub'
  | 'unsupported';

const kindByExtension: ReadonlyMap<string, DocumentKind> = new Map([
  ...list('pdf', '.pdf'),
  ...list('docx', '.docx .docm .dotx .dotm'),
  ...list('pptx', '.pptx .pptm .ppsx .ppsm .potx .potm'),
  ...list('spreadsheet', '.xlsx .xlsm .xltx .xltm .xlsb .xls .ods .ots'),
  ...list('csv', '.csv .tsv .tab'),
  ...list('html', '.html .htm .xhtml'),
  ...list('image', '.png .jpg .jpeg .gif .bmp .tif .tiff .webp .heic .heif .avif .ico'),
  ...list('email', '.eml .mht .mhtml'),
  ...list('msg', '.msg'),
  ...list('doc', '.doc .dot'),
  ...list('rtf', '.rtf'),
  ...list('openDocument', '.odt .ott .odp .otp'),
  ...list('epub', '.epub'),
  ...list('unsupported', '.ppt .pps .pot .pages .numbers .key'),
  ...list('unsupported', '.zip .gz .tgz .tar .7z .rar .exe .dll .mp3 .mp4 .wav .mov .avi .mkv'),
]);

function list(kind: DocumentKind, extensions: string): [string, DocumentKind][] {
  return extensions.split(' ').map((extension) => [extension, kind]);
}

/** Kinds that are made of plain text, which a name may well be wrong about. */
const plain: ReadonlySet<DocumentKind | undefined> = new Set([
  'csv',
  'html',
  'text',
  'email',
  undefined,
]);

/**
 * Decides which reader a document goes to: by its content, and where that says nothing, by the
 * extension of its name. A table in text or HTML that was named `.xls`, as many programs do, is what
 * it is. A name without a known extension whose content has no binary bytes is text.
 */
export function documentKind(name: string, bytes: Uint8Array): DocumentKind {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const head = whole.subarray(0, 4_096);
  const named = kindByExtension.get(extname(name).toLowerCase());
  const found = kindByContent(whole, head, named);
  if (found !== undefined) {
    return found;
  }
  const isText = isWideText(head) || !head.includes(0);
  if (named !== undefined && (plain.has(named) || !isText)) {
    return named;
  }
  if (!isText) {
    return 'unsupported';
  }
  return named === 'spreadsheet' && hasColumns(head) ? 'csv' : (named ?? textKind(head));
}

/** Whether text that claims to be a spreadsheet is a table: its first line is parted. */
function hasColumns(head: Buffer): boolean {
  const text = isWideText(head) ? head.toString('utf16le') : head.toString('latin1');
  return /[\t,;]/.test(text.trimStart().split('\n', 1)[0] ?? '');
}

function isWideText(head: Buffer): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

function kindByContent(
  whole: Buffer,
  head: Buffer,
  named: DocumentKind | undefined,
): DocumentKind | undefined {
  // Readers look for the header wherever it is; within 1,024 bytes whatever the name.
  if (head.subarray(0, 1_024).includes('%PDF-') || (named === 'pdf' && whole.includes('%PDF-'))) {
    return 'pdf';
  }
  const start = head.toString('latin1');
  if (start.startsWith('PK\x03\x04')) {
    return kindOfArchive(whole) ?? named ?? 'unsupported';
  }
  if (start.startsWith('\xd0\xcf\x11\xe0')) {
    return kindOfCompound(whole) ?? named ?? 'unsupported';
  }
  if (start.startsWith(String.raw`{\rtf`)) {
    return 'rtf';
  }
  if (/^(?:\x89PNG|\xff\xd8\xff|GIF8|BM.{4}\0\0\0\0|II\*\0|MM\0\*|RIFF.{4}WEBP)/s.test(start)) {
    return 'image';
  }
  // Text that is written as text goes to the reader that its name asks for.
  const isOffice = named === 'spreadsheet' || named === 'doc' || named === 'msg';
  if ((named === undefined || isOffice) && isHtml(start)) {
    return 'html';
  }
  return undefined;
}

function isHtml(start: string): boolean {
  return /^(?:\xef\xbb\xbf)?\s{0,100}(?:<!doctype html|<html|<table|<meta)/i.test(start);
}

/** A mail that was saved without an extension begins with its header. */
function textKind(head: Buffer): DocumentKind {
  const lines = head.toString('latin1').split(/\r?\n/, 40);
  const isField = (line: string | undefined): boolean => /^[A-Z][\w-]{1,40}:\s/i.test(line ?? '');
  const names = lines.filter(isField).map((line) => line.slice(0, line.indexOf(':')).toLowerCase());
  const isMail =
    isField(lines[0]) &&
    names.includes('from') &&
    ['received', 'mime-version', 'message-id'].some((field) => names.includes(field));
  return isMail ? 'email' : 'text';
}

/** The names of an archive's entries stand in it uncompressed, and so does the type of OpenDocument. */
function kindOfArchive(archive: Buffer): DocumentKind | undefined {
  const start = archive.subarray(0, 200).toString('latin1');
  if (start.includes('opendocument.spreadsheet')) {
    return 'spreadsheet';
  }
  if (/opendocument\.(?:text|presentation)/.test(start)) {
    return 'openDocument';
  }
  if (start.includes('application/epub+zip')) {
    return 'epub';
  }
  const kinds = [
    ['word/document', 'docx'],
    ['ppt/presentation', 'pptx'],
    ['xl/workbook', 'spreadsheet'],
    ['word/', 'docx'],
    ['ppt/', 'pptx'],
    ['xl/', 'spreadsheet'],
  ] as const;
  return kinds.find(([entry]) => archive.includes(entry))?.[1];
}

/** The streams of a compound file, in which Office kept its documents until 2007. */
function kindOfCompound(file: Buffer): DocumentKind | undefined {
  const has = (stream: string): boolean => file.includes(Buffer.from(stream, 'utf16le'));
  if (has('EncryptedPackage')) {
    return undefined;
  }
  if (has('__substg1.0_')) {
    return 'msg';
  }
  if (has('WordDocument')) {
    return 'doc';
  }
  if (has('PowerPoint Document')) {
    return 'unsupported';
  }
  return has('Workbook') || has('Book') ? 'spreadsheet' : undefined;
}
