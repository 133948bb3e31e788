/**
 * All operations of the API at once, against an embedded cloud in which five of a hundred requests go wrong: refused,
 * cut, stalled, slow. Says what was done and what failed, and checks that nothing is lost or done twice, that memory
 * stays flat and that nothing stays open. Ends with status 1 where a check fails.
 *
 *     node --conditions=@rx-llamacloud/source bench/soak.ts [seconds, default 600]
 */

import { checksOf, mebibytes } from './soak/checks.ts';
import { runSoak } from './soak/runSoak.ts';

function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([one], [other]) => one.localeCompare(other));
  return [title, ...rows.map(([name, count]) => `${String(count).padStart(9)}  ${name}`)].join(
    '\n',
  );
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

const result = await runSoak(Number(process.argv[2] ?? 600));
const { tally, before, seen, took } = result;
const checks = checksOf(result);
console.log(table('What was done', tally.done));
console.log(table('\nWhat failed', tally.errors));
console.log(
  `\n${(took / 1_000).toFixed(0)} s: ${sum(tally.done)} steps done, ${sum(tally.errors)} failed; ` +
    `${tally.sent} requests sent (${(tally.sent / (took / 1_000)).toFixed(0)} a second), ` +
    `${seen.faults} met a fault, ${tally.retries} retries`,
);
console.log(`The cloud's memory: ${mebibytes(before.rss)} before, ${mebibytes(seen.rss)} after\n`);
for (const { what, wrong } of checks) {
  console.log(`${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${what}`);
  wrong.slice(0, 20).forEach((one) => console.log(`          ${one}`));
}
process.exitCode = checks.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
