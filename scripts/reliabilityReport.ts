/**
 * Writes docs/reliability.md: what goes wrong, what the user of the toolkit sees, and the test that shows it. All of
 * it is read from the calls of `fault` in test/faults, so that it cannot say what is not tested.
 *
 * node scripts/reliabilityReport.ts
 */

import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

/** One call of `fault`. */
export interface ReportedFault {
  readonly id: number;
  readonly name: string;
  readonly behaviour: string;
  /** The title of the `describe` around it. */
  readonly section: string;
  /** The test file, seen from the root of the repository. */
  readonly file: string;
}

const root = join(import.meta.dirname, '..');
const target = 'docs/reliability.md';

/** All faults of the suite, by their numbers. @throws TypeError for a call whose texts are not plain literals. */
export function faultsOfSuite(): ReportedFault[] {
  return globSync('test/faults/*.test.ts', { cwd: root })
    .flatMap(faultsOfFile)
    .sort((one, other) => one.id - other.id);
}

/** The report's text, formatted. */
export async function reliabilityReport(): Promise<string> {
  const sections = Map.groupBy(faultsOfSuite(), ({ section }) => section);
  const tables = [...sections].map(
    ([section, faults]) =>
      `## ${section}\n\n| | What goes wrong | What you see | Test |\n| --- | --- | --- | --- |\n` +
      faults.map((fault) => `${rowOf(fault)}\n`).join(''),
  );
  const path = join(root, target);
  return format(`${introduction}\n${tables.join('\n')}`, {
    ...(await resolveConfig(path)),
    filepath: path,
  });
}

const introduction = `# Reliability

<!-- Made from the tests by \`node scripts/reliabilityReport.ts\`; edit the tests. -->

What you see when things break, fault by fault. Each row is a test against real sockets: the embedded cloud with a
fault in its answers, or a server below HTTP. Beside what its row says, every test checks that

- a call ends with exactly one notification, and nothing follows an unsubscribe,
- errors and \`activity\` report as many attempts as requests reached the server,
- an operation that must not be repeated reached the server once, or was turned away with 429 before,
- sockets, timers and file descriptors are as they were before,
- the API key is in no error, no output, and not in the connection.

The tests shorten the timeouts; so can you:

\`\`\`ts
import { connect } from 'rx-llamacloud';

const impatient = connect({
  timeouts: { connect: 2_000, headers: 10_000, bodyGap: 10_000, total: 60_000 },
  retry: { attempts: 5 },
});
\`\`\`

How failures are told apart, and what is sent again after which, is in [errors and retries](errors-and-retries.md).
`;

function rowOf({ id, name, behaviour, file }: ReportedFault): string {
  const cells = [String(id), name, behaviour, `[${file.replace(/.*\//, '')}](../${file})`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function faultsOfFile(file: string): ReportedFault[] {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(root, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const faults: ReportedFault[] = [];
  const visit = (node: ts.Node, section: string): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression)) {
      const [first, second, third] = node.arguments;
      if (node.expression.text === 'describe') {
        const title = textOf(first, node);
        ts.forEachChild(node, (child) => visit(child, title));
        return;
      }
      if (node.expression.text === 'fault') {
        faults.push({
          id: Number(textOf(first, node)),
          name: textOf(second, node),
          behaviour: textOf(behaviourOf(third), node),
          section,
          file,
        });
        return;
      }
    }
    ts.forEachChild(node, (child) => visit(child, section));
  };
  visit(source, 'Other');
  return faults;
}

function behaviourOf(row: ts.Node | undefined): ts.Node | undefined {
  const properties = row && ts.isObjectLiteralExpression(row) ? [...row.properties] : [];
  return properties
    .filter(ts.isPropertyAssignment)
    .find(({ name }) => ts.isIdentifier(name) && name.text === 'behaviour')?.initializer;
}

function textOf(node: ts.Node | undefined, call: ts.Node): string {
  if (node && (ts.isStringLiteralLike(node) || ts.isNumericLiteral(node))) {
    return node.text;
  }
  const { fileName } = call.getSourceFile();
  throw new TypeError(
    `${fileName}: the report needs plain literals in ${call.getText().slice(0, 60)}`,
  );
}

if (import.meta.main) {
  writeFileSync(join(root, target), await reliabilityReport());
}
