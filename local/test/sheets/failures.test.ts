import { strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DocumentError } from '../../src/documents/documentError.ts';
import { plain, take, xlsx } from '../support/workbooks.ts';

const twoSheets = () =>
  xlsx(
    plain('First', [
      ['Name', 'Count'],
      ['a', 1],
      ['b', 2],
    ]),
    plain('Second', [['x', 1]]),
  );

describe('what cannot be taken apart', () => {
  it.each([
    ['notes.txt', 'hello', 'notes.txt is not a spreadsheet'],
    ['broken.xlsx', 'PK\x03\x04 and then nothing', 'broken.xlsx cannot be read'],
    ['secret.xlsx', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'secret.xlsx is encrypted'],
  ])('%s fails with a sentence that names it', async (name, content, message) => {
    const failure = take(name, Buffer.from(content, 'latin1'));

    await expect(failure).rejects.toThrow(DocumentError);
    await expect(failure).rejects.toThrow(message);
  });

  it('fails alone when it is one sheet of several', async () => {
    const parts = unzipSync(await twoSheets());
    const broken = zipSync({ ...parts, 'xl/worksheets/sheet2.xml': strToU8('<worksheet><she') });

    await using taken = await take('a.xlsx', broken);

    expect(taken.regions).toMatchObject([{ sheet_name: 'First', location: 'A1:B3' }]);
    expect(taken.failures).toEqual([
      expect.stringMatching(/^Sheet "Second" of a\.xlsx is damaged/),
    ]);
  });

  it('is a sheet that is not there, beside those that are', async () => {
    await using taken = await take('a.xlsx', await twoSheets(), {
      sheet_names: ['First', 'Third'],
    });

    expect(taken.worksheets.map(({ sheet_name }) => sheet_name)).toEqual(['First']);
    expect(taken.failures).toEqual(['There is no sheet "Third"; the file has "First", "Second".']);
  });

  it('is a whole file none of whose sheets was meant', async () => {
    await expect(take('a.xlsx', await twoSheets(), { sheet_names: ['Third'] })).rejects.toThrow(
      'There is no sheet "Third"',
    );
    await expect(
      take('a.xlsx', await twoSheets(), { extraction_range: 'Third!A1:B2' }),
    ).rejects.toThrow('There is no sheet "Third"');
    await expect(take('a.xlsx', await twoSheets(), { extraction_range: 'X1:Z9' })).rejects.toThrow(
      'No sheet of a.xlsx has a value in X1:Z9',
    );
  });

  it('is a sheet that is larger than the memory has room for', async () => {
    const corners = await xlsx({
      name: 'Sheet',
      rows: [['a']],
      cells: new Map([['5000,5000', { value: 1 }]]),
    });

    await expect(take('a.xlsx', corners)).rejects.toThrow('a.xlsx cannot be read');
  });

  it('is nothing on an empty sheet', async () => {
    await using taken = await take('a.xlsx', await xlsx(plain('Blank', [])));

    expect(taken).toMatchObject({ regions: [], failures: [], notes: [] });
    expect(taken.worksheets).toMatchObject([{ description: 'No cell has a value.' }]);
  });
});
