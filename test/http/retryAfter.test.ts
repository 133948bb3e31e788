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
    ...['1.5', '-5', '+5', '1e3', '0x10', '12abc', 'soon', '', '2026-01-02'].map(
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

  it.each<[string | string[], number | undefined]>([
    [['1', '9', '5'], 9_000],
    ['5, 10', 10_000],
    ['10,5', 10_000],
    [['soon', '3'], 3_000],
    ['Fri, 02 Jan 2026 03:05:00 GMT, 7', 60_000],
    ['7, Fri, 02 Jan 2026 03:05:00 GMT', 60_000],
    ['Fri, 02 Jan 2026 03:04:05 GMT,Friday, 02-Jan-26 03:05:00 GMT', 60_000],
    [['90', 'Fri Jan  2 03:05:00 2026'], 90_000],
    [[], undefined],
    [',', undefined],
    [['', 'soon, or later'], undefined],
  ])('takes the longest of several: %j', (value, expected) => {
    expect(retryAfter({ 'retry-after': value }, now)).toBe(expected);
  });

  it('takes the longest of several in milliseconds, and by the earliest of several clocks', () => {
    expect(retryAfter({ 'retry-after-ms': ['250', '40, 900', 'x'] })).toBe(900);
    const dates = ['Fri, 02 Jan 2026 03:04:50 GMT', 'Fri, 02 Jan 2026 03:04:40 GMT'];
    for (const date of [dates, dates.join(', ')]) {
      const headers = { date, 'retry-after': 'Fri, 02 Jan 2026 03:05:00 GMT' };
      expect(retryAfter(headers)).toBe(20_000);
    }
  });
});
