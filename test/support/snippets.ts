import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folder that the repository is checked out to. */
export const root: string = join(import.meta.dirname, '../..');

/** A fenced block of a file. */
export interface Snippet {
  /** The file, seen from the root of the repository. */
  readonly file: string;
  /** Line of the file on which the block's content starts, 1-based. */
  readonly line: number;
  readonly code: string;
}

/** The content of a file of the repository. */
export function contentOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** The markdown files that people read, in a stable order. */
export function guides(): string[] {
  return ['README.md', 'CONTRIBUTING.md', ...globSync('docs/*.md', { cwd: root }).sort()];
}

/** The blocks of one language in a markdown file, or in the doc comments of a TypeScript file. */
export function snippetsOf(file: string, language: string): Snippet[] {
  const content = contentOf(file);
  const markdown = file.endsWith('.ts') ? docComments(content) : content;
  const blocks = markdown.matchAll(new RegExp(`^([ ]*)\`\`\`${language}\\n(.*?)^\\1\`\`\``, 'gms'));
  return [...blocks].map(({ index, 2: code = '' }) => ({
    file,
    line: markdown.slice(0, index).split('\n').length + 1,
    code,
  }));
}

/** What is written in a file's doc comments; every other line is left empty, so that lines keep their numbers. */
function docComments(source: string): string {
  return source
    .split('\n')
    .map((line) => /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1] ?? '')
    .join('\n');
}
