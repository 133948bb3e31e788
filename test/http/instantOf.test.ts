import { expect, it } from 'vitest';
import { instantOf } from '../../src/http/instantOf.ts';

it.each([
  ['2026-04-22T12:34:41.342245', '2026-04-22T12:34:41.342Z', 245],
  ['2026-04-22T12:34:41', '2026-04-22T12:34:41.000Z', 0],
  ['2026-04-22T12:34:41.3Z', '2026-04-22T12:34:41.300Z', 0],
  ['2026-04-22 14:34:41.342001+02:00', '2026-04-22T12:34:41.342Z', 1],
  ['2026-04-22T12:34:41+0000', '2026-04-22T12:34:41.000Z', 0],
  ['2026-04-22 12:34:41.3+00', '2026-04-22T12:34:41.300Z', 0],
  ['2026-04-22', '2026-04-22T00:00:00.000Z', 0],
])('reads %s to the microsecond', (text, milliseconds, rest) => {
  expect(instantOf(text)).toBe(Date.parse(milliseconds) * 1_000 + rest);
});

it.each(['', 'yesterday', '2026-13-01', '12:30'])('takes %j for no time', (text) => {
  expect(instantOf(text)).toBeNaN();
});
