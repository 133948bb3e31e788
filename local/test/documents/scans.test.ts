import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encode as encodeJpeg } from 'jpeg-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParsedDocument } from '../../src/documents/parsedDocument.ts';
import { parseDocument } from '../../src/documents/parseDocument.ts';
import type { Reading } from '../../src/documents/reading.ts';
import { readPages } from '../../src/split/readPages.ts';
import { pdf } from '../support/documents.ts';
import { bmpOf, pdfOf, pngOf, type Scan, scan, spoil, tiffOf } from '../support/scan.ts';

let folder: string;
let receipt: Scan;

const lines = 'Green Grocer Graz\n\nApples 2 kg   3.98\nBread   4.20\n\nTotal paid   8.18 EUR';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scans-'));
  receipt = top(await scan(pdf([lines]), 1, 150));
});

afterAll(() => rm(folder, { recursive: true }));

/** The printed part of the page: the receipt is small. */
function top({ width, height, pixels }: Scan): Scan {
  const kept = Math.round(height / 3);
  return { width, height: kept, pixels: pixels.slice(0, width * kept) };
}

async function parse(
  name: string,
  content: Uint8Array,
  reading?: Reading,
): Promise<ParsedDocument> {
  const path = join(folder, 'blob');
  await writeFile(path, content);
  return parseDocument(path, name, reading);
}

function jpegOf({ width, height, pixels }: Scan): Uint8Array {
  const data = Buffer.alloc(width * height * 4, 255);
  pixels.forEach((pixel, at) => data.fill(pixel, at * 4, at * 4 + 3));
  return encodeJpeg({ width, height, data }, 85).data;
}

describe('a picture of a receipt', () => {
  it.each([
    ['PNG', pngOf],
    ['JPEG', jpegOf],
    ['BMP', bmpOf],
    ['TIFF', (picture: Scan) => tiffOf([picture])],
  ])('is read from %s', async (_, write) => {
    const { pages, warnings } = await parse('receipt', write(receipt));

    expect(pages).toMatchObject([{ number: 1, needsOcr: false }]);
    expect(pages[0]?.text).toMatch(
      /Green Grocer Graz[^]*Bread[ |]+4\.20[^]*Total paid[ |]+8\.18 EUR/,
    );
    expect(warnings).toEqual([]);
  });

  it.each([90, 180, 270] as const)(
    'is set upright when it is turned by %i degrees',
    async (turned) => {
      const { pages } = await parse('receipt.png', pngOf(spoil(receipt, { turned })));

      expect(pages[0]?.text).toMatch(/Apples 2 ?kg[ |]+3\.98[^]*Total paid[ |]+8\.18 EUR/);
    },
  );

  it('is a page each where a TIFF has several', async () => {
    const second = top(await scan(pdf(['The second page speaks of rhubarb.']), 1, 150));

    const { pages } = await parse('pages.tif', tiffOf([receipt, second]));

    expect(pages.map(({ text }) => text)).toEqual([
      expect.stringContaining('Apples'),
      expect.stringContaining('rhubarb'),
    ]);
  });

  it('stays unread where OCR is turned off', async () => {
    const { pages, warnings } = await parse('receipt.png', pngOf(receipt), {
      ocr: false,
      languages: ['en'],
    });

    expect(pages).toEqual([{ number: 1, text: '', needsOcr: true }]);
    expect(warnings).toEqual([
      'receipt.png needs OCR, which disable_ocr turned off, on page 1: text is missing there.',
    ]);
  });

  it('names the languages that are not installed', async () => {
    const { pages, warnings } = await parse('receipt.png', pngOf(receipt), {
      ocr: true,
      languages: ['cy', 'en'],
    });

    expect(pages[0]?.text).toContain('Apples');
    expect(warnings).toEqual([
      'The language cy is not installed for OCR, text was read as eng: npm install @tesseract.js-data/cym.',
    ]);
  });
});

describe('a picture without text', () => {
  it('is named, unless it is blank', async () => {
    const blob = { width: 300, height: 300, pixels: new Uint8Array(90_000).fill(255) };
    blob.pixels.fill(0, 20_000, 60_000);

    const { pages, warnings } = await parse('blob.png', pngOf(blob));

    expect(pages).toEqual([{ number: 1, text: '', needsOcr: true }]);
    expect(warnings).toEqual(['blob.png shows a picture on page 1 in which OCR finds no text.']);
  });

  it('is refused when damaged, and when it has more pixels than the memory', async () => {
    await expect(parse('cut.png', pngOf(receipt).slice(0, 12))).rejects.toThrow(
      /^cut\.png could not/,
    );
    const huge = pngOf({ width: 1, height: 1, pixels: new Uint8Array(1) });
    new DataView(huge.buffer, huge.byteOffset).setUint32(16, 30_000);
    new DataView(huge.buffer, huge.byteOffset).setUint32(20, 30_000);
    await expect(parse('huge.png', huge)).rejects.toThrow('huge.png has 30000 by 30000 pixels');
  });
});

describe('a scanned PDF', () => {
  it('is read on the pages that are pictures, also those in form objects', async () => {
    const page = await scan(pdf([lines]), 1, 120);

    const { pages, warnings } = await parse('scan.pdf', pdfOf([page]));

    expect(pages).toMatchObject([{ number: 1, needsOcr: false }]);
    expect(pages[0]?.text).toMatch(/Total paid[ |]+8\.18 EUR/);
    expect(warnings).toEqual([]);
  });

  it('can be split by its text', async () => {
    const path = join(folder, 'blob');
    await writeFile(path, pdfOf([await scan(pdf([lines]), 1, 120)]));

    const pages = await readPages(path, 'scan.pdf');

    expect(pages.map(({ text }) => text)).toEqual([expect.stringContaining('Green Grocer')]);
  });
});
