/**
 * Writes docs/performance.md and its pictures from what `npm run bench` has kept in `bench/results`.
 *
 *     node --conditions=@rx-llamacloud/source bench/report.ts
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { measureWords } from './harness/measureWords.ts';
import { plotOf } from './harness/plotOf.ts';
import type { MeasureName, Question } from './harness/question.ts';
import { readResult, type Result, type Surroundings } from './harness/result.ts';
import { tableOf } from './harness/tableOf.ts';
import { valueOf } from './harness/valueOf.ts';
import { type Verdict, verdicts } from './harness/verdicts.ts';
import { questionNamed, questionNames } from './questions.ts';

/** A question that was asked. */
interface Asked {
  readonly name: string;
  readonly question: Question;
  readonly result: Result;
  readonly verdicts: readonly Verdict[];
}

const root = join(import.meta.dirname, '..');
const page = 'docs/performance.md';

/** The files of the report, by their paths from the root of the repository. */
export async function performanceReport(): Promise<ReadonlyMap<string, string>> {
  const asked: Asked[] = [];
  for (const name of questionNames) {
    const result = readResult(name);
    if (result) {
      const question = await questionNamed(name);
      asked.push({ name, question, result, verdicts: verdicts(question, result) });
    }
  }
  const config = await resolveConfig(join(root, page));
  const markdown = [introduction(asked), goals(asked), ...asked.map(section)].join('\n\n');
  const text = await format(markdown, { ...config, filepath: page });
  return new Map([[page, text], ...asked.flatMap(pictures)]);
}

function introduction(asked: readonly Asked[]): string {
  const places = Map.groupBy(asked, ({ result }) => where(result.measured));
  const measured = [...places].map(([place, of]) =>
    places.size === 1
      ? `Measured ${place}.`
      : `- Measured ${place}: ${of.map(({ name }) => name).join(', ')}.`,
  );
  return `# Performance

<!-- Made from bench/results by \`node --conditions=@rx-llamacloud/source bench/report.ts\`; edit bench/questions. -->

What the toolkit costs, side by side with what you would use without it: undici in a plain loop, which is close to the least
that can be, the vendor's SDK (\`@llamaindex/llama-cloud\`), and what the same is usually put together from.

${measured.join('\n')}

Run it yourself with \`npm run bench\`, or \`npm run bench -- reads\` for one question. Every variant has a process of its own
and talks to a server in another one, over the loopback interface. The variants take turns, round by round, after a
second and a half that does not count. Times are medians; memory is the peak above what the process held before. Ratios are to the
first row, medians of those of each round, as this machine is shared and its speed changes. Absolute figures are those of one machine: compare within a table.

Three settings matter most. The usual ones are right for one program that uses one API key:

\`\`\`ts
import { connect } from 'rx-llamacloud';

const connection = connect({
  concurrency: 16, // more sockets gained nothing on the loopback interface; over a slow network they may
  adaptiveRate: true, // finds the rate that the server takes once it refuses a request
  maxResponseBytes: 64 * 2 ** 20, // what one answer may hold in memory
});
\`\`\``;
}

function where({ date, cpu, cores, memoryGB, node, versions }: Surroundings): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `on ${date} on ${cores} cores of ${cpu} with ${memoryGB} GB, Node ${node.slice(1)}, ${packages.join(', ')}`;
}

function goals(asked: readonly Asked[]): string {
  const all = asked.flatMap((each) => each.verdicts);
  const met = all.filter((verdict) => verdict.met).length;
  const rows = asked.flatMap((each) =>
    each.verdicts.map(({ goal, caseName, reached, met }, at) => [
      at === 0 ? `[${each.question.title}](#${anchor(each.question.title)})` : '',
      goal,
      caseName,
      reached,
      met ? 'met' : '**missed**',
    ]),
  );
  const table = markdownTable([['Question', 'Goal', 'Case', 'Reached', ''], ...rows], '---');
  return `## Goals\n\n${met} of ${all.length} are met.\n\n${table}`;
}

function section({ name, question, result }: Asked): string {
  const { title, run, note, plotted = [] } = question;
  const tables = result.cases.map((each) => {
    const rounds = Math.max(...Object.values(each.variants).map(({ length }) => length));
    return `${each.name}, ${rounds} rounds:\n\n${markdownTable(tableOf(question, each), '--:')}`;
  });
  const plots = plotted.map(
    (measure) => `![${alt(question, measure)}](${pictureOf(name, measure)})`,
  );
  return [`## ${title}`, run, note, ...plots, ...tables]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function pictures({ name, question, result }: Asked): [path: string, svg: string][] {
  const { plotted = [], variants, unit } = question;
  return plotted.map((measure) => {
    const [title, inUnit] = measureWords(measure, unit);
    const svg = plotOf({
      title: alt(question, measure),
      xTitle: `${unit}s`,
      yTitle: `${title},${inUnit}`,
      proportion: measure === 'wall' || measure === 'cpu',
      series: Object.keys(variants).map((variant) => ({
        name: variant,
        points: result.cases.flatMap(({ count, variants: { [variant]: rounds } }) =>
          // What did not grow at all has no place on a logarithmic axis.
          rounds ? [[count, Math.max(0.01, valueOf(measure, rounds, count))] as const] : [],
        ),
      })),
    });
    return [join('docs', pictureOf(name, measure)), svg];
  });
}

function alt({ title, unit }: Question, measure: MeasureName): string {
  return `${title}: ${measureWords(measure, unit)[0]}`;
}

function pictureOf(name: string, measure: string): string {
  return `performance/${name}-${measure.replaceAll(' ', '-')}.svg`;
}

/** Columns after the first are aligned as `alignment` says: to the left `---`, to the right `--:`. */
function markdownTable(
  [heads = [], ...rows]: readonly (readonly string[])[],
  alignment: '---' | '--:',
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = heads.map((_, column) => (column === 0 ? '---' : alignment));
  return [heads, rule, ...rows].map(line).join('\n');
}

/** The anchor that GitHub gives a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

if (import.meta.main) {
  for (const [path, content] of await performanceReport()) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
