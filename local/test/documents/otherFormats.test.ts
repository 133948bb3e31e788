import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { burn } from '@kenjiuno/msgreader/lib/Burner.js';
import { TypeEnum } from '@kenjiuno/msgreader/lib/Reader.js';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParsedDocument } from '../../src/documents/parsedDocument.ts';
import { parseDocument } from '../../src/documents/parseDocument.ts';
import { pdf } from '../support/documents.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'formats-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function parse(name: string, content: Uint8Array | string): Promise<ParsedDocument> {
  const path = join(folder, 'blob');
  await writeFile(path, content);
  return parseDocument(path, name);
}

async function texts(name: string, content: Uint8Array | string): Promise<string[]> {
  return (await parse(name, content)).pages.map(({ text }) => text);
}

function zip(parts: Record<string, string>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(parts).map(([path, part]) => [path, strToU8(part)])),
    { level: 0 },
  );
}

describe('a mail', () => {
  const eml = [
    'From: =?utf-8?Q?J=C3=BCrgen?= <jurgen@example.com>',
    'To: Anna <anna@example.com>, office@example.com',
    'Subject: =?utf-8?B?UmVjaG51bmcgZsO8ciBNw6Ryeg==?=',
    'Date: Mon, 2 Mar 2026 09:30:00 +0100',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    'Content-Type: text/html; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('<p>Due: <b>41 €</b></p>').toString('base64'),
    '--b',
    'Content-Type: application/pdf',
    'Content-Disposition: attachment; filename="bill.pdf"',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('%PDF-').toString('base64'),
    '--b--',
    '',
  ].join('\r\n');

  it.each(['mail.eml', 'mail'])('is who wrote what to whom, and no code, as %s', async (name) => {
    const { pages, warnings } = await parse(name, eml);

    expect(pages.map(({ text }) => text)).toEqual([
      [
        '# Rechnung für März',
        '',
        'From: Jürgen <jurgen@example.com>',
        'To: Anna <anna@example.com>, <office@example.com>',
        'Date: 2026-03-02T08:30:00.000Z',
        'Attachments: bill.pdf',
        '',
        'Due: **41 €**',
      ].join('\n'),
    ]);
    expect(warnings).toEqual([`The attachment bill.pdf of ${name} is not read.`]);
  });
});

describe('a mail of Outlook', () => {
  it('is read as other mails are', async () => {
    const text = (property: string, value: string) => {
      const content = Uint8Array.from(Buffer.from(value, 'utf16le'));
      return {
        name: `__substg1.0_${property}001F`,
        type: TypeEnum.DOCUMENT,
        binaryProvider: () => content,
        length: content.length,
      };
    };
    const properties = Buffer.alloc(32);
    const streams = [
      text('001A', 'IPM.Note'),
      text('0037', 'Angebot für März'),
      text('0C1A', 'Jürgen'),
      text('1000', 'Es kostet 41 €.'),
      {
        name: '__properties_version1.0',
        type: TypeEnum.DOCUMENT,
        binaryProvider: () => properties,
        length: properties.length,
      },
    ];
    const root = {
      name: 'Root Entry',
      type: TypeEnum.ROOT,
      length: 0,
      children: streams.map((_, index) => index + 1),
    };

    expect(await texts('mail.msg', burn([root, ...streams]))).toEqual([
      '# Angebot für März\n\nFrom: Jürgen\n\nEs kostet 41 €.',
    ]);
  });
});

describe('rich text', () => {
  it('is read with its characters, its tables and its pages, and without its fonts', async () => {
    const rtf = String.raw`{\rtf1\ansi\ansicpg1252\uc1{\fonttbl{\f0 Arial;}}{\*\generator Word;}{\info{\title No}}
Gr\'fc\'dfe aus K\u246?ln\par \{Zwei\}\~Punkte\page
\trowd Stadt\cell Preis\cell\row Graz\cell 900 \u8364?\cell\row}`;

    expect(await texts('brief.rtf', rtf)).toEqual([
      'Grüße aus Köln\n\n{Zwei} Punkte',
      'Stadt | Preis\nGraz | 900 €',
    ]);
  });

  it('is recognised whatever it is called, also in the encodings of East Asia', async () => {
    const japanese = String.raw`{\rtf1\ansi\ansicpg932 \'90\'bf\'8b\'81\'8f\'91}`;

    expect(await texts('old.doc', japanese)).toEqual(['請求書']);
  });
});

describe('OpenDocument', () => {
  const odt = (body: string): Uint8Array =>
    zip({
      mimetype: 'application/vnd.oasis.opendocument.text',
      'content.xml': `<office:document-content xmlns:office="o"><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
      'styles.xml': '<s><style:footer><text:p>VAT ATU123</text:p></style:footer></s>',
    });

  it('text keeps headings, lists, tables, notes and footers', async () => {
    const cell = (text: string): string =>
      `<table:table-cell><text:p>${text}</text:p></table:table-cell>`;
    const body = [
      '<text:h text:outline-level="2">Rent</text:h>',
      '<text:p>Per <text:span>month</text:span><text:s text:c="2"/>from<text:line-break/>May<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>or June</text:p></text:note-body></text:note>.</text:p>',
      '<text:list><text:list-item><text:p>one</text:p></text:list-item><text:list-item><text:p>two</text:p></text:list-item></text:list>',
      `<table:table><table:table-row>${cell('City')}${cell('Price')}</table:table-row><table:table-row>${cell('Graz')}${cell('900')}</table:table-row></table:table>`,
    ].join('');

    expect(await texts('rent.odt', odt(body))).toEqual([
      [
        '## Rent',
        'Per month  from\nMay (or June).',
        '- one\n- two',
        '| City | Price |\n| --- | --- |\n| Graz | 900 |',
        'Header and footer:',
        'VAT ATU123',
      ].join('\n\n'),
    ]);
  });

  it('slides are a page each, with their notes', async () => {
    const odp = zip({
      mimetype: 'application/vnd.oasis.opendocument.presentation',
      'content.xml':
        '<d><office:body><office:presentation><draw:page><draw:frame><draw:text-box><text:p>First</text:p></draw:text-box></draw:frame><presentation:notes><text:p>Smile</text:p></presentation:notes></draw:page><draw:page><text:p>Second</text:p></draw:page></office:presentation></office:body></d>',
    });

    expect(await texts('show', odp)).toEqual(['First\n\nNotes:\n\nSmile', 'Second']);
  });
});

describe('an e-book', () => {
  it('is a page per chapter in the order of reading, and names what is missing', async () => {
    const epub = zip({
      mimetype: 'application/epub+zip',
      'META-INF/container.xml':
        '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
      'OEBPS/book.opf':
        '<package><manifest><item id="a" href="a%20b.xhtml"/><item id="z" href="z.xhtml"/><item id="m" href="lost.xhtml"/></manifest><spine><itemref idref="z"/><itemref idref="a"/><itemref idref="m"/></spine></package>',
      'OEBPS/a b.xhtml': '<html><body><h1>Second</h1></body></html>',
      'OEBPS/z.xhtml': '<html><body><h1>First</h1><p>It begins.</p></body></html>',
    });

    const { pages, warnings } = await parse('book.epub', epub);

    expect(pages.map(({ text }) => text)).toEqual(['# First\n\nIt begins.', '# Second']);
    expect(warnings).toEqual(['The chapter OEBPS/lost.xhtml of book.epub is not in the file.']);
  });
});

describe('a file that its name is wrong about', () => {
  it.each([
    ['HTML', '<html><table><tr><td>City</td></tr><tr><td>Graz</td></tr></table></html>'],
    ['a table of HTML', '\ufeff  <table><tr><td>City</td></tr><tr><td>Graz</td></tr></table>'],
    ['tabs', 'City\t\nGraz\t\n'],
  ])('is read as what it is: %s named .xls', async (_, content) => {
    expect(await texts('report.xls', content)).toEqual(['| City |\n| --- |\n| Graz |']);
  });

  it('is a PDF also where other bytes come first', async () => {
    const wrapped = Buffer.concat([Buffer.from('x'.repeat(3_000)), pdf(['Hidden away.'])]);

    expect((await texts('late.pdf', wrapped))[0]).toContain('Hidden away.');
  });
});

describe('an encoding that nothing declares', () => {
  it.each([
    [
      'Shift-JIS',
      '90bf8b818f91814082a8817c95a582a282cd8c8e96968e82dc82c582c982a88aa882a282b582dc82b7',
      /請求書/,
    ],
    ['GB18030', 'd0d5c3fb2cbdf0b6ee0ad5c5c8fd2c3130300ac0eecbc42c3230300a', /张三/],
    [
      'Windows-1251',
      'cfeef1f2e0e2f9e8ea3a20cef0e8eeed2e20d1f3ecece02031303020f0f3e1ebe5e9',
      /Поставщик/,
    ],
    ['CP866', '8fe0a8a2a5e22c20aca8e02e2091e3acaca020313030e0e3a1aba5a9', /Привет, мир/],
    ['Windows-1252', '4772fcdf65206175732057fc727a62757267', /Grüße aus Würzburg/],
  ])('is told by the text: %s', async (_, hex, expected) => {
    expect((await texts('note.txt', Buffer.from(hex, 'hex')))[0]).toMatch(expected);
  });
});

describe('merged cells', () => {
  it('leave each cell in its column', async () => {
    const html =
      '<table><tr><th rowspan="2">City</th><th colspan="2">Price</th></tr><tr><th>2025</th><th>2026</th></tr><tr><td>Graz</td><td>880</td><td>900</td></tr></table>';

    expect(await texts('prices.html', html)).toEqual([
      '| City | Price |  |\n| --- | --- | --- |\n|  | 2025 | 2026 |\n| Graz | 880 | 900 |',
    ]);
  });

  it('may spread over as much as they like', async () => {
    const html =
      '<table><tr><td colspan="4000000000" rowspan="9">wide</td></tr><tr><td>b</td></tr></table>';

    expect((await texts('wide.html', html))[0]).toMatch(/^\| wide \|/);
  });
});
