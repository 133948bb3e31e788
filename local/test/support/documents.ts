/** Small documents, built part by part, for tests that need real files of a kind. */

import { strToU8, zipSync } from 'fflate';

/** A PDF with one page of text per entry; an empty entry is a page that shows a picture only. */
export function pdf(pages: readonly string[]): Uint8Array {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pages.length}/Kids[${pages.map((_, page) => `${5 + page * 2} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    stream(
      '<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8',
      'x',
    ),
    ...pages.flatMap((text, page) => [
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>/XObject<</I1 4 0 R>>>>/Contents ${6 + page * 2} 0 R>>`,
      stream('<<', text === '' ? 'q 612 0 0 792 0 0 cm /I1 Do Q' : textOperators(text)),
    ]),
  ];
  const head = '%PDF-1.4\n';
  const bodies = objects.map((object, index) => `${index + 1} 0 obj\n${object}\nendobj\n`);
  const offsets = bodies.map((_, index) => head.length + bodies.slice(0, index).join('').length);
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  return strToU8(
    `${head}${bodies.join('')}xref\n0 ${size}\n0000000000 65535 f \n${table}` +
      `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${head.length + bodies.join('').length}\n%%EOF\n`,
  );
}

function stream(dictionary: string, content: string): string {
  return `${dictionary}/Length ${content.length}>>\nstream\n${content}\nendstream`;
}

function textOperators(text: string): string {
  const lines = text.split('\n').map((line) => `(${line}) Tj T*`);
  return `BT /F1 12 Tf 14 TL 72 720 Td ${lines.join(' ')} ET`;
}

/** A Word document around the given body XML. */
export function docx(body: string): Uint8Array {
  return archive({
    '[Content_Types].xml': contentTypes(
      '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>',
    ),
    '_rels/.rels': relationships([['rId1', 'officeDocument', 'word/document.xml']]),
    'word/document.xml': `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
  });
}

/** One slide of {@link pptx}: DrawingML shapes, and the speaker's notes. */
export interface Slide {
  readonly shapes: string;
  readonly notes?: string;
}

/** A presentation; `order` lists the numbers of the slide files as they are shown. */
export function pptx(slides: readonly Slide[], order: readonly number[]): Uint8Array {
  const parts: Record<string, string> = {
    'ppt/presentation.xml': `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>${order.map((number) => `<p:sldId id="${255 + number}" r:id="rId${number}"/>`).join('')}</p:sldIdLst></p:presentation>`,
    'ppt/_rels/presentation.xml.rels': relationships(
      order.map((number) => [`rId${number}`, 'slide', `slides/slide${number}.xml`]),
    ),
  };
  for (const [index, { shapes, notes }] of slides.entries()) {
    const name = `slide${index + 1}.xml`;
    parts[`ppt/slides/${name}`] =
      `<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>${shapes}</p:spTree></p:cSld></p:sld>`;
    if (notes !== undefined) {
      parts[`ppt/slides/_rels/${name}.rels`] = relationships([
        ['rId1', 'notesSlide', `../notesSlides/notes${index + 1}.xml`],
      ]);
      parts[`ppt/notesSlides/notes${index + 1}.xml`] =
        `<p:notes xmlns:p="p" xmlns:a="a">${shape(notes, 'body')}${shape(String(index + 1), 'sldNum')}</p:notes>`;
    }
  }
  return archive(parts);
}

/** A text shape of a slide, as a placeholder of the given type where there is one. */
export function shape(text: string, placeholder?: string): string {
  const kind = placeholder === undefined ? '' : `<p:nvPr><p:ph type="${placeholder}"/></p:nvPr>`;
  return `<p:sp>${kind}<p:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:txBody></p:sp>`;
}

function contentTypes(overrides: string): string {
  return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides}</Types>`;
}

function relationships(
  list: readonly (readonly [id: string, type: string, target: string])[],
): string {
  const base = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${list.map(([id, type, target]) => `<Relationship Id="${id}" Type="${base}/${type}" Target="${target}"/>`).join('')}</Relationships>`;
}

function archive(parts: Record<string, string>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(parts).map(([path, xml]) => [path, strToU8(xml)])),
  );
}
