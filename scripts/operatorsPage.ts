/**
 * Writes docs/operators.md: every operator, workflow and bridge that has a marble diagram, with the first sentence of
 * its doc comment. All of it is read from the sources.
 *
 * node scripts/operatorsPage.ts
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const root = join(import.meta.dirname, '..');
const target = 'docs/operators.md';

const sections = [
  { title: 'Operators', folder: 'operators' },
  { title: 'Workflows: sources and operators together', folder: 'workflows' },
  { title: 'Bridges to and from other worlds', folder: 'bridges' },
];

/** The page's text, formatted. */
export async function operatorsPage(): Promise<string> {
  const parts = sections.map(({ title, folder }) => {
    const entries = globSync(`src/${folder}/*.ts`, { cwd: root }).sort().flatMap(entryOf);
    return `## ${title}\n\n${entries.join('\n')}`;
  });
  const path = join(root, target);
  return format(`${introduction}\n${parts.join('\n')}`, {
    ...(await resolveConfig(path)),
    filepath: path,
  });
}

const introduction = `# Operators at a glance

<!-- Made from the doc comments by \`node scripts/operatorsPage.ts\`; edit those. -->

Time runs to the right, a character is a step. \`|\` is completion, \`#\` an error, values in parentheses come at once. Each
diagram of an operator is also its first test. The doc comments, in your editor or behind the names, say the rest.

\`\`\`ts
import { batchProgress, throwIfFailed, watchBatchJob } from 'rx-llamacloud';

watchBatchJob(connection, jobId)
  .pipe(throwIfFailed(), batchProgress({ stalledAfter: 60_000 }))
  .subscribe(({ percent, stalled }) => console.log(percent, stalled));
\`\`\`
`;

/** The entry of the file's main export, if its doc comment has a diagram. */
function entryOf(file: string): string[] {
  const name = basename(file, '.ts');
  const source = readFileSync(join(root, file), 'utf8');
  const declared = source.search(new RegExp(`^export function ${name}\\b`, 'm'));
  const opened = source.lastIndexOf('/**', declared);
  if (declared < 0 || opened < 0) {
    return [];
  }
  const comment = source
    .slice(opened, declared)
    .split('\n')
    .map((line) => /^ \* ?(?!\/)(.*)$/.exec(line)?.[1] ?? '')
    .join('\n');
  const diagram = /^```text\n.*?^```/ms.exec(comment)?.[0];
  if (diagram === undefined) {
    return [];
  }
  const [paragraph = ''] = comment.trim().split('\n\n');
  const prose = paragraph.replaceAll('\n', ' ').replaceAll(/\{@link ([^}]+)\}/g, '`$1`');
  const sentence = /^.*?[.:](?= |$)/.exec(prose)?.[0].replace(/:$/, '.') ?? prose;
  return [`### [${name}](../${file})\n\n${sentence}\n\n${diagram}\n`];
}

if (import.meta.main) {
  writeFileSync(join(root, target), await operatorsPage());
}
