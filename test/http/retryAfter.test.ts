import { describe, expect, it } from 'vitest';
import { retryAfter } from '../../src/http/retryAfter.ts';

const now = Date.UTC(2026, 0, 2, 3, 4, 0);

describe('retryAfter', () => {
  it.each([
    ['120', 120_000],
    ['0', 0],
    ['7 ', 7_000],
    ['99999999999', 99_999_999_999_000],
    ['Fri, 02 Jan 2026 03:05:00 GMT', 60_000],
    ['Friday, 02-Jan-26 03:05:00 GMT', 60_000],
    ['Fri Jan  2 03:05:00 2026', 60_000],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ...['1.5', '-5', '+5', '1e3', '0x10', '12abc', '5, 10', 'soon', '', '2026-01-02'].map(
      (junk): [string, undefined] => [junk, undefined],
    ),
  ])('reads %j as %s ms', (value, expected) => {
    expect(retryAfter({ 'retry-after': value }, now)).toBe(expected);
  });

  it('measures a date against the clock of the server', () => {
    const headers = {
      date: 'Fri, 02 Jan 2026 03:04:50 GMT',
      'retry-after': 'Fri, 02 Jan 2026 03:05:00 GMT',
    };
    expect(retryAfter(headers, now - 3_600_000)).toBe(10_000);
  });

  it('prefers milliseconds and passes over what is not a number', () => {
    expect(retryAfter({ 'retry-after-ms': '250', 'retry-after': '9' })).toBe(250);
    expect(retryAfter({ 'retry-after-ms': 'x', 'retry-after': '9' })).toBe(9_000);
    expect(retryAfter({})).toBeUndefined();
  });
});
