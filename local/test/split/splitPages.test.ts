import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentError } from '../../src/documents/documentError.ts';
import type { Page } from '../../src/split/page.ts';
import { readPages } from '../../src/split/readPages.ts';
import { type AllowUncategorized, splitPages } from '../../src/split/splitPages.ts';
import { pdf } from '../support/documents.ts';
import { type Manuscript, settings, typeset } from '../support/typeset.ts';
import * as writings from '../support/writings.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'split-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: Uint8Array | string): Promise<readonly Page[]> {
  const path = join(folder, 'blob');
  await writeFile(path, content);
  return readPages(path, name);
}

function pagesOf(...manuscripts: readonly Manuscript[]): Promise<readonly Page[]> {
  return read('all.pdf', typeset(manuscripts).pdf);
}

const categories = [
  { name: 'essay', description: 'Personal essays for general readers' },
  { name: 'research_paper', description: 'Academic papers with methods, results and references' },
  { name: 'invoice', description: 'Bills for goods or services' },
  { name: 'lease', description: 'Agreements between a landlord and a tenant' },
  { name: 'letter' },
  { name: 'beekeeping', description: 'Bees, hives, queens and honey' },
];

const { book, office, plain, typewriter } = settings;

/** The segments in short: `essay 1-2`. */
function outline(
  pages: readonly Page[],
  allowed: AllowUncategorized = 'include',
  among = categories,
): readonly string[] {
  return splitPages(pages, among, allowed).map(
    ({ category, pages: [first, ...rest] }) => `${category} ${first}-${rest.at(-1) ?? first}`,
  );
}

describe('splitPages', () => {
  it('finds documents that differ in kind and look', async () => {
    const pages = await pagesOf(
      { text: writings.essay, setting: book },
      { text: writings.invoice, setting: office },
      { text: writings.paper, setting: plain },
      { text: writings.letter, setting: typewriter },
    );

    expect(outline(pages)).toEqual([
      'essay 1-2',
      'invoice 3-3',
      'research_paper 4-5',
      'letter 6-6',
    ]);
  });

  it('parts documents of one kind that look the same', async () => {
    const pages = await pagesOf(
      { text: writings.invoice, setting: office },
      { text: writings.secondInvoice, setting: office },
    );

    expect(outline(pages)).toEqual(['invoice 1-1', 'invoice 2-2']);
  });

  it('goes by the text alone where there is no layout', async () => {
    const text = [writings.lease, writings.beekeeping, writings.secondInvoice].join('\f');

    expect(outline(await read('all.md', text))).toEqual([
      'lease 1-1',
      'beekeeping 2-2',
      'invoice 3-3',
    ]);
  });

  it('keeps one document in one piece', async () => {
    const pages = await pagesOf({ text: writings.essay.repeat(3), setting: book });

    expect(pages.length).toBeGreaterThan(3);
    expect(outline(pages)).toEqual([`essay 1-${pages.length}`]);
  });

  it('does not part a document whose later pages have no signs of their own', async () => {
    const filler = 'The tables are continued here, with figures for each district and each year.';
    const plainPages = Array.from({ length: 8 }, (_, at) => `Yearbook\n${filler}\n${at + 3}`);
    const text = [`Yearbook\n${writings.beekeeping}\n1`, `Yearbook\n${writings.beekeeping}\n2`];

    expect(outline(await read('yearbook.md', [...text, ...plainPages].join('\f')))).toEqual([
      'beekeeping 1-10',
    ]);
  });

  it('includes, forbids or omits pages that fit no category', async () => {
    const pages = await pagesOf(
      { text: writings.beekeeping, setting: book },
      { text: writings.invoice, setting: office },
    );
    const among = categories.filter(({ name }) => name === 'invoice' || name === 'lease');

    expect(outline(pages, 'include', among)).toEqual(['uncategorized 1-1', 'invoice 2-2']);
    expect(outline(pages, 'omit', among)).toEqual(['invoice 2-2']);
    expect(outline(pages, 'forbid', among).at(-1)).toBe('invoice 2-2');
    expect(outline(pages, 'forbid', among).join()).not.toContain('uncategorized');
  });

  it('is sure of what has many signs and unsure of what has none', async () => {
    const pages = await pagesOf(
      { text: writings.beekeeping, setting: book },
      { text: writings.invoice, setting: office },
    );
    const among = categories.filter(({ name }) => name === 'invoice' || name === 'lease');

    expect(
      splitPages(pages, among, 'forbid').map(({ confidence_category }) => confidence_category),
    ).toEqual(['low', 'high']);
  });

  it('tells scans apart by their neighbours only', async () => {
    const pages = await read('scans.pdf', pdf(['Invoice no. 5\nTotal due: $4.00', '', '']));

    expect(outline(pages)).toEqual(['invoice 1-3']);
  });

  it('takes the categories from labels and the cuts from the pages', async () => {
    const pages = await pagesOf(
      { text: writings.invoice, setting: office },
      { text: writings.secondInvoice, setting: office },
      { text: writings.beekeeping, setting: book },
    );
    const labels = [
      { category: 'essay', probability: 0.9 },
      { category: 'essay', probability: 0.9 },
      { category: null, probability: 0.9 },
    ];

    expect(
      splitPages(pages, categories, 'include', labels).map(({ category, pages }) => [
        category,
        ...pages,
      ]),
    ).toEqual([
      ['essay', 1],
      ['essay', 2],
      ['uncategorized', 3],
    ]);
  });

  it('splits eighty random files with few mistakes', async () => {
    const random = mulberry32(7);
    const categoryOf: Record<string, string> = {
      secondInvoice: 'invoice',
      paper: 'research_paper',
    };
    const documents: { category: string; pages: readonly Page[] }[] = [];
    for (const [name, text] of Object.entries(writings)) {
      const setting = documents.length % 2 === 0 ? book : plain;
      documents.push({
        category: categoryOf[name] ?? name,
        pages: await pagesOf({ text, setting }),
      });
    }
    const counts = { cuts: 0, falseCuts: 0, missedCuts: 0, pages: 0, wrongPages: 0 };
    for (let round = 0; round < 80; round += 1) {
      const picked = documents
        .map((document) => ({ document, order: random() }))
        .sort((a, b) => a.order - b.order)
        .slice(0, 4)
        .map(({ document }) => document);
      const truth = picked.flatMap(({ category, pages }) =>
        pages.map((page, at) => ({ page, category, begins: at === 0 })),
      );
      const pages = truth.map(({ page }, at) => ({ ...page, number: at + 1 }));
      const segments = splitPages(pages, categories, 'include');
      const found = segments.flatMap(({ category, pages }) =>
        pages.map((_, at) => ({ category, begins: at === 0 })),
      );
      truth.forEach(({ category, begins }, at) => {
        counts.pages += 1;
        counts.wrongPages += Number(found[at]?.category !== category);
        counts.cuts += Number(begins);
        counts.missedCuts += Number(begins && found[at]?.begins === false);
        counts.falseCuts += Number(!begins && found[at]?.begins === true);
      });
    }

    expect(counts.wrongPages / counts.pages).toBeLessThan(0.03);
    expect(counts.missedCuts / counts.cuts).toBeLessThan(0.08);
    expect(counts.falseCuts / counts.cuts).toBeLessThan(0.03);
  });
});

describe('readPages', () => {
  it('keeps what a search leaves out: page numbers and the look of a page', async () => {
    const pages = await pagesOf({ text: writings.essay, setting: book });

    expect(pages[1]).toMatchObject({
      number: 2,
      text: expect.stringMatching(/\n\s*2\s*$/) as string,
      layout: { width: 612, height: 792, fonts: ['Times-Roman'] },
    });
    expect(pages[0]?.layout?.titleRatio).toBeGreaterThan(1.4);
  });

  it('refuses what has no text at all', async () => {
    await expect(read('scan.pdf', pdf(['', '']))).rejects.toThrow(DocumentError);
    await expect(read('scan.pdf', pdf(['', '']))).rejects.toThrow(/^scan\.pdf has no text on any/);
  });
});

/** The same numbers between 0 and 1 on every run. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
