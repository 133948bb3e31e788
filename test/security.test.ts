import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { faultsOfSuite } from '../scripts/reliabilityReport.ts';

const root = join(import.meta.dirname, '..');
const faults = faultsOfSuite();

/** A test that SECURITY.md names. */
interface NamedTest {
  readonly file: string;
  readonly title: string;
}

/** The promises of SECURITY.md, each with the tests that hold it. */
function promises(text: string): { readonly promise: string; readonly tests: NamedTest[] }[] {
  return text
    .split('\n')
    .filter((line) => /^\| (?!Promise|-)/.test(line))
    .map((line) => {
      const [promise = '', tests = ''] = line.split('|').slice(1);
      const named = tests.matchAll(/\[[^\]]+\]\(([^)]+)\): (.*?)(?=; \[|\s*$)/g);
      return {
        promise: promise.trim(),
        tests: [...named].map(([, file = '', title = '']) => ({ file, title })),
      };
    });
}

/** The titles of a test file as they are written: those of `fault` with their number. */
function titlesOf(file: string): string[] {
  const content = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest);
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const [title] = node.arguments;
      // `it`, `marbles`, and what `it.each` gives.
      if (title && ts.isStringLiteralLike(title) && /^(it|marbles)\b/.test(nameOf(node))) {
        titles.push(title.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  const numbered = faults.filter((fault) => fault.file === file);
  return [...titles, ...numbered.map(({ id, name }) => `${id}. ${name}`)];
}

/** The name that a chain of calls and properties begins with. */
function nameOf(node: ts.Expression): string {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) {
    return nameOf(node.expression);
  }
  return ts.isIdentifier(node) ? node.text : '';
}

/** The tests that are named and not there. */
function missing(text: string): NamedTest[] {
  return promises(text)
    .flatMap(({ tests }) => tests)
    .filter(({ file, title }) => !existsSync(join(root, file)) || !titlesOf(file).includes(title));
}

describe('SECURITY.md', () => {
  const text = readFileSync(join(root, 'SECURITY.md'), 'utf8');

  it('names tests for every promise', () => {
    expect(promises(text).length).toBeGreaterThan(20);
    expect(promises(text).filter(({ tests }) => tests.length === 0)).toEqual([]);
  });

  it('names tests that are there', () => {
    expect(missing(text)).toEqual([]);
  });
});

describe('the supported version', () => {
  it('is the one of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    const minor = version.replace(/\.\d+$/, '');
    expect(readFileSync(join(root, 'SECURITY.md'), 'utf8')).toContain(
      `the latest minor version, which is ${minor}.`,
    );
  });
});

describe('the check itself', () => {
  it('finds a test that is not there, a file that is not there, and a fault of another number', () => {
    const rows = [
      '| One. | [a](test/security.test.ts): names tests that are there; [b](test/security.test.ts): nothing |',
      '| Two. | [c](test/nowhere.test.ts): something |',
      '| Three. | [d](test/faults/statuses.test.ts): 37. a redirect to another origin |',
    ];
    expect(missing(rows.join('\n')).map(({ title }) => title)).toEqual([
      'nothing',
      'something',
      '37. a redirect to another origin',
    ]);
  });
});
