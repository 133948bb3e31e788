import { posix } from 'node:path';
import { strFromU8 } from 'fflate';
import { DocumentError } from './documentError.ts';
import { markdownTable } from './markdownTable.ts';
import { openOfficeArchive } from './officeArchive.ts';
import { oneLine } from './oneLine.ts';
import { type ParsedDocument, textPages } from './parsedDocument.ts';
import { descendants, parseXml, type XmlElement } from './xmlElement.ts';

type Parts = Readonly<Record<string, Uint8Array>>;

/**
 * Reads a presentation into one page per slide, in the order of the show: the title as a heading,
 * text and tables in the order they are drawn, then the speaker's notes under "Notes:".
 */
export function readPptx(bytes: Uint8Array, name: string): ParsedDocument {
  const parts: Parts = openOfficeArchive(bytes, name);
  const presentation = readXml(parts, 'ppt/presentation.xml');
  if (presentation === undefined) {
    throw new DocumentError(`${name} is damaged: it has no ppt/presentation.xml.`);
  }
  const targets = relationships(parts, 'ppt/presentation.xml');
  const slides = descendants(presentation, 'p:sldId').map((slide) =>
    targets.find((target) => target.id === slide.attributes['r:id']),
  );
  return textPages(
    slides.map((slide) => (slide === undefined ? '' : slideText(parts, slide.path))),
  );
}

function slideText(parts: Parts, path: string): string {
  const slide = readXml(parts, path);
  const notesPath = relationships(parts, path).find((target) =>
    target.type.endsWith('/notesSlide'),
  )?.path;
  const notes = notesPath === undefined ? undefined : readXml(parts, notesPath);
  const notesText = notes === undefined ? '' : notesBodies(notes).join('\n\n');
  return [
    ...(slide === undefined ? [] : shapeTexts(slide)),
    ...(notesText === '' ? [] : [`Notes:\n\n${notesText}`]),
  ].join('\n\n');
}

/** The texts of shapes and tables, also those inside groups, in the order they are drawn. */
function shapeTexts(element: XmlElement): string[] {
  return element.children.flatMap((child) => {
    if (child.name === 'p:sp') {
      return shapeText(child);
    }
    return child.name === 'a:tbl' ? [tableText(child)] : shapeTexts(child);
  });
}

function shapeText(shape: XmlElement): string[] {
  const text = paragraphs(shape).join('\n');
  if (text === '' || isFurniture(shape)) {
    return [];
  }
  const isTitle = ['title', 'ctrTitle'].includes(placeholder(shape) ?? '');
  return [isTitle ? `# ${oneLine(text)}` : text];
}

function notesBodies(notes: XmlElement): string[] {
  return descendants(notes, 'p:sp')
    .filter((shape) => placeholder(shape) === 'body')
    .map((shape) => paragraphs(shape).join('\n'))
    .filter((text) => text !== '');
}

function tableText(table: XmlElement): string {
  return markdownTable(
    descendants(table, 'a:tr').map((row) =>
      descendants(row, 'a:tc').map((cell) => paragraphs(cell).join('\n')),
    ),
  );
}

function paragraphs(element: XmlElement): string[] {
  return descendants(element, 'a:p')
    .map((paragraph) => runText(paragraph).trim())
    .filter((text) => text !== '');
}

function runText(element: XmlElement): string {
  return element.children
    .map((child) => {
      if (child.name === 'a:t') {
        return child.text;
      }
      return child.name === 'a:br' ? '\n' : runText(child);
    })
    .join('');
}

function placeholder(shape: XmlElement): string | undefined {
  return descendants(shape, 'p:ph')[0]?.attributes.type;
}

/** Page numbers, dates and footers repeat on every slide and say nothing about it. */
function isFurniture(shape: XmlElement): boolean {
  return ['sldNum', 'dt', 'ftr', 'hdr'].includes(placeholder(shape) ?? '');
}

function relationships(
  parts: Parts,
  path: string,
): { readonly id: string; readonly type: string; readonly path: string }[] {
  const folder = posix.dirname(path);
  const file = readXml(parts, `${folder}/_rels/${posix.basename(path)}.rels`);
  return (file?.children ?? []).map(({ attributes }) => {
    const target = attributes.Target ?? '';
    return {
      id: attributes.Id ?? '',
      type: attributes.Type ?? '',
      path: target.startsWith('/') ? target.slice(1) : posix.join(folder, target),
    };
  });
}

function readXml(parts: Parts, path: string): XmlElement | undefined {
  const part = parts[path];
  return part === undefined ? undefined : parseXml(strFromU8(part));
}
