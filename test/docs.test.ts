import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as rxjs from 'rxjs';
import * as toolkit from 'rx-llamacloud';
import { describe, expect, it } from 'vitest';
import { contentOf, guides, root, snippetsOf } from './support/snippets.ts';
import { typeCheck } from './support/typeCheck.ts';

const operators = globSync('src/operators/*.ts', { cwd: root }).sort();

describe('the snippets of the guides', () => {
  const snippets = guides().flatMap((file) => snippetsOf(file, 'ts'));
  const complaints = typeCheck(snippets);

  it.each(snippets.map(({ file, line }, at) => [`${file} line ${line}`, complaints[at]]))(
    '%s compiles',
    (_, found) => expect(found).toEqual([]),
  );

  it('are in every guide', () => {
    const silent = globSync('docs/*.md', { cwd: root }).filter(
      (file) => snippetsOf(file, 'ts').length === 0,
    );
    expect(silent).toEqual([]);
  });
});

describe('the examples in doc comments', () => {
  const examples = globSync('src/**/*.ts', { cwd: root })
    .sort()
    .flatMap((file) => snippetsOf(file, 'ts'));
  const complaints = typeCheck(examples, {
    'rx-llamacloud': Object.keys(toolkit),
    rxjs: Object.keys(rxjs),
  });

  it.each(examples.map(({ file, line }, at) => [`${file} line ${line}`, complaints[at]]))(
    '%s compiles',
    (_, found) => expect(found).toEqual([]),
  );

  it.each(operators)('%s has one', (file) => {
    expect(snippetsOf(file, 'ts')).not.toEqual([]);
  });
});

describe('the check itself', () => {
  it('finds a wrong name, a wrong type and a missing import, and says where', () => {
    const code =
      "import { listIndex } from 'rx-llamacloud';\nconst page: number = directoryId;\nof(1);\n";
    const [found] = typeCheck([{ file: 'docs/wrong.md', line: 7, code }]);
    expect(found).toEqual([
      expect.stringMatching(/^docs\/wrong\.md:7: .*listIndex/),
      expect.stringMatching(/^docs\/wrong\.md:8: .*not assignable to type 'number'/),
      expect.stringMatching(/^docs\/wrong\.md:9: .*'of'/),
    ]);
  });
});

describe('the links of the guides', () => {
  const links = [...guides(), 'CHANGELOG.md'].flatMap((file) =>
    [...contentOf(file).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(({ 1: target = '' }) => ({
      file,
      target,
    })),
  );

  it.each(links)('$file leads to $target', ({ file, target }) => {
    const [path = '', anchor] = target.split('#');
    const there = path === '' ? file : join(dirname(file), path);
    expect(existsSync(join(root, there))).toBe(true);
    if (anchor !== undefined) {
      expect(anchorsOf(there)).toContain(anchor);
    }
  });
});

describe('the diagram of an operator', () => {
  it.each(operators)('%s is drawn in its test too', (file) => {
    const drawn = snippetsOf(file, 'text').flatMap(({ code }) => diagramsOf(code));
    const test = contentOf(file.replace('src/', 'test/').replace('.ts', '.test.ts'));
    const strings = [...test.matchAll(/'([^'\n]*)'/g)].map(({ 1: text = '' }) => unspaced(text));

    expect(drawn).not.toEqual([]);
    expect(drawn.filter((diagram) => !strings.includes(diagram))).toEqual([]);
  });
});

/** The anchors that a markdown file's headings have on the web. */
function anchorsOf(file: string): string[] {
  return [...contentOf(file).matchAll(/^#+ (.*)$/gm)].map(({ 1: heading = '' }) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\d\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is drawn behind each name, without the explanation that follows after three blanks. */
function diagramsOf(code: string): string[] {
  return [...code.matchAll(/^[^:\n]+: +(.*?)(?: {3}.*)?$/gm)].map(({ 1: line = '' }) =>
    unspaced(line),
  );
}

function unspaced(text: string): string {
  return text.replace(/\s/g, '');
}
