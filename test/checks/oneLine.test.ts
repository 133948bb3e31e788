import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine } from '../../src/checks/oneLine.ts';
import {
  FileError,
  HttpError,
  JobError,
  NetworkError,
  ResponseError,
  StreamError,
} from '../../src/errors.ts';

const acting = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe('a text as one line', () => {
  it.each([
    ['a line break', 'a\r\nb', 'a\\r\\nb'],
    ['a terminal escape', '\x1b[31mred', '\\u001b[31mred'],
    ['one of C1', '\x9b2J', '\\u009b2J'],
    ['a mark of direction', 'exe.\u202efdp', 'exe.\\u202efdp'],
    ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
    ['half a character', '\ud83d', '\\ud83d'],
    ['letters of any script, emoji and their joiners', 'né 漢字 שלום 👩‍🚀', 'né 漢字 שלום 👩‍🚀'],
  ])('has %s as it can be shown', (_, text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });

  it('holds nothing that acts, whatever the text is, and is itself when taken again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = oneLine(text);
        return !acting.test(line) && oneLine(line) === line;
      }),
    );
  });
});

describe('the message of every error', () => {
  const forged = 'x\n2026-01-01 login ok \x1b[2K\u202e\x85';
  const context = { route: 'GET /api/v1/things', requestId: forged };
  it.each([
    new HttpError(forged, { ...context, status: 400, body: forged, detail: [] }),
    new NetworkError(forged, { ...context, kind: 'connect', ambiguous: false }),
    new ResponseError(forged, { ...context, kind: 'parse' }),
    new StreamError(forged, { ...context, kind: 'parse', received: [] }),
    new FileError(forged, { ...context, kind: 'unreadable', path: forged }),
    new JobError(forged, { ...context, kind: 'failed', job: undefined }),
  ])('is one line, and so is its request id: $name', (error) => {
    expect(error.message).not.toMatch(acting);
    expect(error.requestId).not.toMatch(acting);
    expect(error.message).toContain('login ok');
  });

  it('ends after 4,096 characters', () => {
    const error = new JobError('x'.repeat(1_000_000), { kind: 'failed', job: 1 });
    expect(error.message).toHaveLength(4096);
  });
});
