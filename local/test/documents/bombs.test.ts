import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ParsedDocument } from '../../src/documents/parsedDocument.ts';
import { parseDocument } from '../../src/documents/parseDocument.ts';
import { docx } from '../support/documents.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bombs-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function parse(name: string, content: Uint8Array | string): Promise<ParsedDocument> {
  const path = join(folder, 'blob');
  await writeFile(path, content);
  return parseDocument(path, name);
}

describe('a document that is made to cost', () => {
  it.each([
    ['div', `${'<div>'.repeat(200_000)}deep${'</div>'.repeat(200_000)}<p>after</p>`],
    ['list', `${'<ul><li>'.repeat(100_000)}deep${'</li></ul>'.repeat(100_000)}<p>after</p>`],
    ['table', `${'<table><tr><td>'.repeat(50_000)}deep${'</table>'.repeat(50_000)}<p>after</p>`],
    ['bold', `${'<b>'.repeat(200_000)}deep${'</b>'.repeat(200_000)}<p>after</p>`],
  ])('is read at once when its elements nest without end: %s', async (_, html) => {
    const [page] = (await parse('deep.html', html)).pages;

    expect(page?.text).toContain('deep');
    expect(page?.text).toContain('after');
  });

  it('keeps the first ten million characters, and says so', async () => {
    const { pages, warnings } = await parse(
      'long.txt',
      `${'line of text\n'.repeat(1_000_000)}\fend`,
    );

    expect(pages.map(({ text }) => text.length)).toEqual([10_000_000, 0]);
    expect(warnings).toEqual([expect.stringContaining('long.txt has more text than is kept')]);
  });

  it('is kept short when it is a table of one endless line', async () => {
    const csv = `${'value,'.repeat(500_000)}\nnext,line`;

    const { pages, warnings } = await parse('wide.csv', csv);

    expect(pages[0]?.text.length).toBeLessThan(300_000);
    expect(pages[0]?.text).toContain('| next | line |');
    expect(warnings).toEqual([expect.stringMatching(/^wide\.csv has lines of more than/)]);
  });

  it('resolves no entity of its own making', async () => {
    const xml =
      '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><p:presentation xmlns:p="p">&b;</p:presentation>';

    const { pages } = await parse('laughs.pptx', zipSync({ 'ppt/presentation.xml': strToU8(xml) }));

    expect(pages).toEqual([]);
  });

  it('is refused when its XML nests without end', async () => {
    const deep = `${'<w:r>'.repeat(100_000)}x${'</w:r>'.repeat(100_000)}`;

    await expect(parse('deep.docx', docx(`<w:p>${deep}</w:p>`))).rejects.toThrow(/^deep\.docx /);
  });
});
