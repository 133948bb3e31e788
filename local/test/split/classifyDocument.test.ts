import { describe, expect, it } from 'vitest';
import type { ParsedPage } from '../../src/documents/parsedDocument.ts';
import { classifyDocument } from '../../src/split/classifyDocument.ts';
import * as writings from '../support/writings.ts';

const rules = [
  { type: 'invoice', description: 'Asks for the payment of goods or services' },
  { type: 'contract', description: 'Binds two parties to what they have agreed' },
  { type: 'scientific_article', description: 'Reports research, with references' },
  { type: 'apiary', description: 'Notes on bees, their hives, queens and honey' },
];

function pages(...texts: readonly string[]): ParsedPage[] {
  return texts.map((text, at) => ({ number: at + 1, text, needsOcr: text === '' }));
}

describe('classifyDocument', () => {
  it.each([
    ['invoice', writings.invoice],
    ['invoice', writings.secondInvoice],
    ['contract', writings.lease],
    ['scientific_article', writings.paper],
    ['apiary', writings.beekeeping],
  ])('finds %s', (type, text) => {
    expect(classifyDocument(pages(text), rules)).toMatchObject({ type });
  });

  it('names its evidence', () => {
    const { reason, confidence } = classifyDocument(pages(writings.invoice), rules);

    expect(reason).toMatch(/^The text fits "invoice": it has .*an invoice number or date/);
    expect(reason).toContain('the rule\'s words "invoice" and "payment"');
    expect(confidence).toBeGreaterThan(0.9);
  });

  it('goes by the words of a rule where it knows no signs, and is less sure', () => {
    const { reason, confidence } = classifyDocument(pages(writings.beekeeping), rules);

    expect(reason).toContain('"bees"');
    expect(confidence).toBeLessThan(0.8);
  });

  it('fits no rule to a text that has nothing of any', () => {
    expect(classifyDocument(pages(writings.essay), rules)).toMatchObject({
      type: null,
      reason: expect.stringMatching(/^No rule has enough evidence/) as string,
    });
  });

  it('heeds what a rule rules out', () => {
    const text =
      'Citations [1] and [2], footnotes, endnotes; more citations, footnotes and endnotes.';
    const find = (description: string) =>
      classifyDocument(pages(text), [{ type: 'plain', description }]).type;

    expect(find('It has citations or footnotes or endnotes')).toBe('plain');
    expect(find('It has no citations or footnotes or endnotes')).toBeNull();
  });

  it('reads the first five pages unless told otherwise', () => {
    const blank = 'Left blank on purpose.';
    const document = pages(blank, blank, blank, blank, blank, writings.invoice);

    expect(classifyDocument(document, rules).type).toBeNull();
    expect(classifyDocument(document, rules, { max_pages: 6 }).type).toBe('invoice');
    expect(classifyDocument(document, rules, { max_pages: null }).type).toBe('invoice');
    expect(classifyDocument(document, rules, { target_pages: [5] }).type).toBe('invoice');
    expect(classifyDocument(document, rules, { target_pages: [0, 5], max_pages: 1 }).type).toBe(
      null,
    );
  });

  it('says so when there is nothing to read', () => {
    expect(classifyDocument(pages('', ''), rules)).toMatchObject({
      type: null,
      confidence: 0,
      reason: expect.stringContaining('OCR') as string,
    });
  });

  it('stays quick on texts that are made to keep patterns busy', () => {
    const hard = [
      'a'.repeat(50_000),
      '1,'.repeat(50_000),
      'a('.repeat(50_000),
      '\n\t'.repeat(50_000),
    ];
    const everyKind =
      'invoice receipt contract letter email resume paper essay news annual bank patent slides manual medical minutes form insurance';
    const start = performance.now();

    for (const text of hard) {
      classifyDocument(
        pages(text),
        everyKind.split(' ').map((type) => ({ type, description: `It is a ${type}.` })),
      );
    }

    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
