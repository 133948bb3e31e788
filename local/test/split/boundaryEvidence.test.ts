import { describe, expect, it } from 'vitest';
import { boundaryEvidence } from '../../src/split/boundaryEvidence.ts';
import type { Page, PageLayout } from '../../src/split/page.ts';

const layout: PageLayout = { width: 612, height: 792, fonts: ['Times'], titleRatio: 1 };

/** The evidence that the second of two pages begins a document. */
function between(before: string, after: string, change: Partial<PageLayout> = {}): number {
  const pages: Page[] = [
    { number: 1, text: before, layout },
    { number: 2, text: after, layout: { ...layout, ...change } },
  ];
  return boundaryEvidence(pages)[1] ?? Number.NaN;
}

const rivers = 'The river carries gravel past the mill and leaves it where the current is slow.';
const tax = 'Returns have to reach the revenue office before the end of the calendar year.';

describe('boundaryEvidence', () => {
  it('is certain of the first page', () => {
    expect(boundaryEvidence([{ number: 1, text: '', layout: null }])).toEqual([Infinity]);
  });

  it('grows with other paper, other fonts and a title on top', () => {
    const plain = between(rivers, rivers);

    expect(between(rivers, rivers, { width: 595, height: 842 })).toBeGreaterThan(plain + 2);
    expect(between(rivers, rivers, { fonts: ['Courier'] })).toBeGreaterThan(plain + 2);
    expect(between(rivers, rivers, { titleRatio: 1.8 })).toBeGreaterThan(plain);
  });

  it('takes a page on its side for a table in the same document', () => {
    const turned = between(rivers, rivers, { width: 792, height: 612 });

    expect(turned).toBeLessThan(between(rivers, rivers, { width: 595, height: 842 }) - 2);
  });

  it('is less where both pages speak of the same', () => {
    expect(between(rivers, rivers)).toBeLessThan(between(rivers, tax) - 1);
  });

  it.each([
    ['go on counting', 'Page 4 of 9', 'Page 5 of 9', false],
    ['start again', '7', '1', true],
    ['count to another total', 'page 2 / 2', 'page 1 / 6', true],
  ])('heeds page numbers that %s', (_, last, first, begins) => {
    const evidence = between(`${rivers}\n${last}`, `${tax}\n${first}`);
    const without = between(rivers, tax);

    expect(Math.sign(evidence - without)).toBe(begins ? 1 : -1);
  });

  it('parts invoices by their numbers', () => {
    const same = between('Invoice no. 17-4\nOak boards', 'Invoice no. 17-4\nDelivery');
    const other = between('Invoice no. 17-4\nOak boards', 'Invoice no. 17-5\nDelivery');

    expect(same).toBeLessThan(0);
    expect(other).toBeGreaterThan(same + 4);
  });

  it('holds pages together by a running header and by a sentence that goes on', () => {
    const header = 'Handbook of Rivers, part';
    const broken = 'The gravel that the river leaves behind at the mill is taken by';

    expect(between(`${header} 1\n${rivers}`, `${header} 2\n${tax}`)).toBeLessThan(
      between(rivers, tax) - 2,
    );
    expect(between(broken, 'the next flood and carried on to the sea.')).toBeLessThan(
      between(`${broken} men.`, 'The next flood carries it on to the sea.'),
    );
  });
});
