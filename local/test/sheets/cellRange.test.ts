import { describe, expect, it } from 'vitest';
import { cellName, rangeName, readRange } from '../../src/sheets/cellRange.ts';

describe('readRange', () => {
  it('reads a range, in either order of its corners, with or without dollar signs', () => {
    const range = { top: 1, left: 1, bottom: 39, right: 5 };
    for (const text of ['B2:F40', 'F40:B2', '$B$2:$F$40', 'b2:f40', ' B2:F40 ']) {
      expect(readRange(text)).toEqual({ sheet: undefined, range });
    }
  });

  it('reads a single cell', () => {
    expect(readRange('AA10')?.range).toEqual({ top: 9, left: 26, bottom: 9, right: 26 });
  });

  it('reads whole columns, whole rows and open ends', () => {
    expect(readRange('B:F')?.range).toMatchObject({ top: 0, left: 1, bottom: 1_048_575, right: 5 });
    expect(readRange('2:4')?.range).toMatchObject({ top: 1, left: 0, bottom: 3, right: 16_383 });
    expect(readRange('B2:F')?.range).toMatchObject({
      top: 1,
      left: 1,
      bottom: 1_048_575,
      right: 5,
    });
  });

  it('reads the sheet that a range is on', () => {
    expect(readRange('Budget!A1:B2')?.sheet).toBe('Budget');
    expect(readRange("'Q1 ''26'!A1")?.sheet).toBe("Q1 '26");
  });

  it.each([
    '',
    'A',
    '12',
    'A1:',
    ':B2',
    'A1:B2:C3',
    'A0',
    'XFE1',
    'A1048577',
    'A1-B2',
    '!A1',
    'A:3',
  ])('refuses "%s"', (text) => {
    expect(readRange(text)).toBeUndefined();
  });
});

describe('names in A1 notation', () => {
  it('count columns past Z', () => {
    expect(cellName(0, 25)).toBe('Z1');
    expect(cellName(0, 26)).toBe('AA1');
    expect(cellName(9, 16_383)).toBe('XFD10');
  });

  it('name a range of one cell once', () => {
    expect(rangeName({ top: 1, left: 1, bottom: 1, right: 1 })).toBe('B2');
    expect(rangeName({ top: 1, left: 1, bottom: 3, right: 2 })).toBe('B2:C4');
  });
});
