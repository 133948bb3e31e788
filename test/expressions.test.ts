import { describe, expect, it } from 'vitest';
import {
  allExpressions,
  expressionsOf,
  objectionTo,
  safeExpressions,
} from '../scripts/checkExpressions.ts';

/** Expressions that the checker cannot pass, by their beginning, and why each may stand. */
const exceptions: Readonly<Record<string, string>> = {
  '/\\bhow much\\b.*\\b(?:cost': 'a question is 1,000 characters at most',
  '/\\bhow (?:long|often)\\b': 'a question is 1,000 characters at most',
  '/^[ \\t]*(?:yours (?:sincerely': 'a line is read once, up to its first words',
  '/^[ \\t]*(?:(?:first|last|full) name': 'a line is read once, up to its first words',
  '/^[ \\t]*\\d(?:\\.\\d){0,2}': 'a line is read once, and its words have one way to be told apart',
};

/** Expressions that are made while the program runs, and why each may stand. */
const made: Readonly<Record<string, string>> = {
  'local/src/contract/docsPage.ts': 'of the names in our own contract',
  'local/src/retrieval/grepWorker.ts':
    'what a caller asks for, in a thread that is stopped after a second',
  'local/src/sheets/readOpenDocument.ts': 'of the names that this file looks for',
};

const expressions = allExpressions();

describe('regular expressions', () => {
  it('take linear time, whatever the text', { timeout: 60_000 }, () => {
    const safe = new Set(safeExpressions());
    const unknown = expressions.filter(
      ({ literal }) =>
        literal !== undefined &&
        !safe.has(literal) &&
        !Object.keys(exceptions).some((beginning) => literal.startsWith(beginning)),
    );
    const objections = unknown.flatMap(({ file, line, literal = '' }) => {
      const objection = objectionTo(literal, 10_000);
      return objection === undefined ? [] : [`${file}:${line} ${literal} ${objection}`];
    });
    expect(objections).toEqual([]);
  });

  it('are written as they are, but where the text of a caller is meant', () => {
    const files = expressions.flatMap(({ file, literal }) => (literal === undefined ? [file] : []));
    expect([...new Set(files)]).toEqual(Object.keys(made));
  });

  it('have no exception that nothing needs', () => {
    const unused = Object.keys(exceptions).filter(
      (beginning) => !expressions.some(({ literal }) => literal?.startsWith(beginning)),
    );
    expect(unused).toEqual([]);
  });

  it.each([
    ['an exponential one', '/^(a+)+$/'],
    ['a quadratic one', '/\\s+$/'],
    ['a cubic one', '/^ *(\\w+) *(\\w*) *$/'],
  ])('are seen to be slow: %s', (_, literal) => {
    expect(objectionTo(literal, 10_000)).toMatch(/polynomial|exponential/);
  });

  it('are found where they are made of constants', () => {
    const found = expressionsOf(
      'x.ts',
      'const a = "b+"; const c = new RegExp(`${a}$`, "g"); /d/.test(e);',
    );
    expect(found.map(({ literal }) => literal)).toEqual(['/b+$/g', '/d/']);
  });
});
