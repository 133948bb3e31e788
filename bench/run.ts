/**
 * Asks the questions of the bench, all or those that are named, prints what came of them, and keeps it in
 * `bench/results`, from which `bench/report.ts` makes `docs/performance.md`.
 *
 *     npm run bench [-- [NAME …] [--rounds N]]
 *
 * Of fewer than seven rounds nothing is kept: the goals are for medians of seven or more.
 */

import { parseArgs } from 'node:util';
import { measure } from './harness/measure.ts';
import { keepResult } from './harness/result.ts';
import { tableOf } from './harness/tableOf.ts';
import { verdicts } from './harness/verdicts.ts';
import { questionNamed, questionNames } from './questions.ts';

const FEWEST_ROUNDS = 7;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: String(FEWEST_ROUNDS) } },
});
const rounds = Number(values.rounds);
if (!(Number.isInteger(rounds) && rounds >= 1)) {
  throw new RangeError(`--rounds must be a whole number from 1, got ${values.rounds}`);
}

for (const name of positionals.length > 0 ? positionals : questionNames) {
  const question = await questionNamed(name);
  console.log(`\n${name}: ${question.title}\n${question.run}`);
  const result = await measure(name, question, rounds, (done) => {
    console.log(`\n${done.name}\n${aligned(tableOf(question, done))}`);
  });
  console.log();
  for (const { goal, caseName, reached, met } of verdicts(question, result)) {
    console.log(`${met ? 'met   ' : 'MISSED'} ${caseName}: ${goal}: ${reached}`);
  }
  if (rounds >= FEWEST_ROUNDS) {
    await keepResult(name, result);
  }
}

function aligned(table: readonly (readonly string[])[]): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map(([first = '', ...rest]) =>
      [
        first.padEnd(widths[0] ?? 0),
        ...rest.map((cell, column) => cell.padStart(widths[column + 1] ?? 0)),
      ].join('  '),
    )
    .join('\n');
}
