import { expect, it } from 'vitest';
import { csvValue } from '../../src/sheets/csvValue.ts';

it.each([
  ['12', 12],
  ['-1.5', -1.5],
  ['.5', 0.5],
  ['1e3', 1_000],
  ['1,234,567.5', 1_234_567.5],
  ['0', 0],
  ['0.25', 0.25],
  ['TRUE', true],
  ['false', false],
  ['2026-01-31', new Date('2026-01-31T00:00:00Z')],
  ['2026-01-31T10:00:00+02:00', new Date('2026-01-31T08:00:00Z')],
  ['  ', null],
])('"%s" is read as what it stands for', (text, value) => {
  expect(csvValue(text)).toEqual(value);
});

it.each(['01234', '12345678901234567', '1,23', '1.2.3', '5%', '-', '.', 'e5', '2026-13-45', 'yes'])(
  '"%s" stays text',
  (text) => {
    expect(csvValue(text)).toBe(text);
  },
);
