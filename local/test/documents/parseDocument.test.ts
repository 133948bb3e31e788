import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { writeOds } from 'hucre/ods';
import { writeXlsx } from 'hucre/xlsx';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentError } from '../../src/documents/documentError.ts';
import type { ParsedDocument } from '../../src/documents/parsedDocument.ts';
import { parseDocument } from '../../src/documents/parseDocument.ts';
import { docx, pdf, pptx, shape } from '../support/documents.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'documents-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Parses bytes that are stored, as the server stores them, under a name without extension. */
async function parse(name: string, content: Uint8Array | string): Promise<ParsedDocument> {
  const path = join(folder, 'blob');
  await writeFile(path, content);
  return parseDocument(path, name);
}

function texts(document: ParsedDocument): string[] {
  return document.pages.map((page) => page.text);
}

describe('PDF', () => {
  it('becomes one page of text per page', async () => {
    const document = await parse(
      'two.pdf',
      pdf(['The first page\nsays this.', 'The second page.']),
    );

    expect(texts(document)).toEqual([
      expect.stringMatching(/The first page\s+says this\./),
      expect.stringContaining('The second page.'),
    ]);
    expect(document.pages.map((page) => page.number)).toEqual([1, 2]);
    expect(document.warnings).toEqual([]);
  });

  it('takes a page of one colour for a blank one', async () => {
    const document = await parse('blank.pdf', pdf(['A page of readable text.', '']));

    expect(texts(document)).toEqual(['A page of readable text.', '']);
    expect(document.pages.map((page) => page.needsOcr)).toEqual([false, false]);
    expect(document.warnings).toEqual([]);
  });

  it('is recognised by its content when the name says nothing', async () => {
    const document = await parse('download', pdf(['Named badly.']));

    expect(document.pages[0]?.text).toContain('Named badly.');
  });

  it('is refused with its name when damaged', async () => {
    const damaged = pdf(['Lost.']).slice(0, 40);

    await expect(parse('cut.pdf', damaged)).rejects.toThrow(DocumentError);
    await expect(parse('cut.pdf', damaged)).rejects.toThrow(/^cut\.pdf could not be parsed/);
  });
});

describe('Word', () => {
  const paragraph = (text: string): string => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`;

  it('keeps headings and tables as markdown', async () => {
    const heading =
      '<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>Rent</w:t></w:r></w:p>';
    const cell = (text: string): string => `<w:tc>${paragraph(text)}</w:tc>`;
    const row = (...cells: string[]): string => `<w:tr>${cells.map(cell).join('')}</w:tr>`;
    const table = `<w:tbl>${row('City', 'Price')}${row('Graz', '900')}</w:tbl>`;

    const document = await parse('rent.docx', docx(`${heading}${paragraph('Per month:')}${table}`));

    expect(texts(document)).toEqual([
      '# Rent\n\nPer month:\n\n| City | Price |\n| --- | --- |\n| Graz | 900 |',
    ]);
  });

  it('breaks pages where the author did and where Word did', async () => {
    const explicit = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>';
    const rendered = '<w:p><w:r><w:lastRenderedPageBreak/><w:t>three</w:t></w:r></w:p>';
    const body = [paragraph('one'), explicit, rendered.replace('three', 'two'), rendered];

    expect(texts(await parse('pages.docx', docx(body.join(''))))).toEqual(['one', 'two', 'three']);
  });

  it('is refused with advice when encrypted', async () => {
    const encrypted = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);

    await expect(parse('secret.docx', encrypted)).rejects.toThrow(/secret\.docx is encrypted/);
  });
});

describe('PowerPoint', () => {
  it('becomes one page per slide in the order of the show, with notes', async () => {
    const cell = (text: string): string => `<a:tc><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:tc>`;
    const table = `<p:graphicFrame><a:tbl><a:tr>${cell('a')}${cell('b')}</a:tr></a:tbl></p:graphicFrame>`;
    const slides = [
      { shapes: `${shape('Caf&#233; &amp; bar', 'title')}<p:grpSp>${shape('Inside')}</p:grpSp>` },
      { shapes: `${shape('Opening', 'ctrTitle')}${shape('7', 'sldNum')}${table}`, notes: 'Smile.' },
    ];

    expect(texts(await parse('show.pptx', pptx(slides, [2, 1])))).toEqual([
      '# Opening\n\n| a | b |\n| --- | --- |\n\nNotes:\n\nSmile.',
      '# Café & bar\n\nInside',
    ]);
  });

  it('is refused when the archive inflates to more than it may', async () => {
    const bomb = Buffer.from(zipSync({ 'ppt/presentation.xml': new Uint8Array(1_000) }));
    const entry = bomb.indexOf('PK\x01\x02');
    bomb.writeUInt32LE(257 * 1024 * 1024, entry + 24);

    await expect(parse('bomb.pptx', bomb)).rejects.toThrow(/bomb\.pptx inflates to more than 256/);
  });
});

describe('spreadsheets', () => {
  const sheets = [
    {
      name: 'Prices',
      rows: [
        ['Item', 'Price'],
        ['Bread', 2.5],
        ['Salt | pepper', null],
      ],
    },
    { name: 'Dates', rows: [[new Date('2026-01-15')]] },
  ];

  it('become one page per Excel sheet, as a table', async () => {
    expect(texts(await parse('shop.xlsx', await writeXlsx({ sheets })))).toEqual([
      '# Prices\n\n| Item | Price |\n| --- | --- |\n| Bread | 2.5 |\n| Salt \\| pepper |  |',
      '# Dates\n\n| 2026-01-15 |\n| --- |',
    ]);
  });

  it('read OpenDocument the same', async () => {
    const [prices] = texts(await parse('shop.ods', await writeOds({ sheets })));

    expect(prices).toContain('| Bread | 2.5 |');
  });

  it('keep the rows that OpenDocument sets in an outline or a print header', async () => {
    const parts = unzipSync(await writeOds({ sheets }));
    const xml = strFromU8(parts['content.xml'] ?? new Uint8Array()).replace(
      /<table:table-row>.*?<\/table:table-row>/s,
      (row) => `<table:table-header-rows>${row}</table:table-header-rows>`,
    );
    const ods = zipSync({ ...parts, 'content.xml': strToU8(xml) });

    expect(texts(await parse('shop.ods', ods))[0]).toContain('| Item | Price |');
  });

  it('read CSV with any usual delimiter and quotes', async () => {
    const document = await parse('list.csv', 'name;note\nAnna;"one; two"\n\nBen;\n');

    expect(texts(document)).toEqual([
      '| name | note |\n| --- | --- |\n| Anna | one; two |\n| Ben |  |',
    ]);
  });
});

describe('HTML', () => {
  it('keeps structure and drops scripts', async () => {
    const html =
      '<!doctype html><title>Shop &amp; co</title><style>p{}</style><p>Open <b>daily</b></p><script>x()</script><table><tr><td>Mo</td><td>9|17</td></tr></table>';

    expect(texts(await parse('page.html', html))).toEqual([
      '# Shop & co\n\nOpen **daily**\n\n| Mo | 9\\|17 |\n| --- | --- |',
    ]);
  });
});

describe('text', () => {
  it('is decoded as a web page declares', async () => {
    const page = '<html><meta charset="windows-1251"><p>\xcf\xf0\xe8\xe2\xe5\xf2</p>';

    expect(texts(await parse('page.htm', Buffer.from(page, 'latin1')))).toEqual(['Привет']);
  });

  it('is kept as it is, a page per form feed', async () => {
    expect(texts(await parse('notes.md', '# One\r\n\r\ntwo\fthree'))).toEqual([
      '# One\n\ntwo',
      'three',
    ]);
  });

  it.each([
    ['UTF-16', Buffer.from('\ufeffGrüße', 'utf16le')],
    ['Windows-1252', Buffer.from('Grüße', 'latin1')],
    ['UTF-8', Buffer.from('\ufeffGrüße')],
  ])('is decoded from %s', async (_, bytes) => {
    expect(texts(await parse('gruss.txt', bytes))).toEqual(['Grüße']);
  });

  it('is what a file of unknown name without binary bytes is', async () => {
    expect(texts(await parse('Makefile', 'all:\n\ttrue\n'))).toEqual(['all:\n\ttrue\n']);
  });
});

describe('what cannot be read', () => {
  it('is refused with the formats that would do', async () => {
    await expect(parse('old.ppt', Uint8Array.of(0xd0, 0xcf))).rejects.toThrow(/save it as PDF/);
    await expect(parse('old.doc', Uint8Array.of(0xd0, 0xcf))).rejects.toThrow(
      /^old\.doc could not/,
    );
    await expect(parse('blob.bin', Uint8Array.of(1, 0, 2))).rejects.toThrow(DocumentError);
  });

  it('is refused when empty', async () => {
    await expect(parse('void.txt', '')).rejects.toThrow('void.txt is empty');
  });
});
