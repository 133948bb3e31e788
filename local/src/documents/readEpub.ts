import { posix } from 'node:path';
import { strFromU8 } from 'fflate';
import { decodeText } from './decodeText.ts';
import { DocumentError } from './documentError.ts';
import { htmlToMarkdown } from './htmlToMarkdown.ts';
import { openOfficeArchive } from './officeArchive.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';
import { descendants, parseXml, type XmlElement } from './xmlElement.ts';

/** Reads an e-book into a page for each of its chapters, in the order of reading. */
export function readEpub(bytes: Uint8Array, name: string): ParsedDocument {
  const parts = openOfficeArchive(bytes, name);
  const read = (path: string): XmlElement | undefined => {
    const part = parts[path];
    return part === undefined ? undefined : parseXml(strFromU8(part));
  };
  if ('META-INF/encryption.xml' in parts && 'META-INF/rights.xml' in parts) {
    throw new DocumentError(`${name} is protected against copying, and cannot be read.`);
  }
  const container = read('META-INF/container.xml');
  const [rootFile] = container === undefined ? [] : descendants(container, 'rootfile');
  const packagePath = rootFile?.attributes['full-path'] ?? '';
  const book = read(packagePath);
  if (book === undefined) {
    throw new DocumentError(`${name} is damaged: it does not say what its chapters are.`);
  }
  const paths = new Map(
    named(book, 'item').map(({ attributes }) => [
      attributes.id,
      posix.join(posix.dirname(packagePath), decodeURIComponent(attributes.href ?? '')),
    ]),
  );
  const chapters = named(book, 'itemref').map(
    ({ attributes }) => paths.get(attributes.idref) ?? '',
  );
  const missing = chapters.filter((path) => !(path in parts));
  return {
    ...textPages(
      chapters
        .flatMap((path) => parts[path] ?? [])
        .map((chapter) => htmlToMarkdown(decodeText(chapter)).trim()),
    ),
    warnings: missing.map((path) => `The chapter ${path} of ${name} is not in the file.`),
  };
}

/** Elements of the package, which some books write with a prefix. */
function named(root: XmlElement, name: string): XmlElement[] {
  return [...descendants(root, name), ...descendants(root, `opf:${name}`)];
}
