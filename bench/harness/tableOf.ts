import { figure } from './figure.ts';
import type { Measure } from './question.ts';
import type { CaseResult, Result, Round } from './result.ts';
import { valueOf } from './valueOf.ts';
import { withArticle } from './withArticle.ts';

/** The table of one case: titles first, then a row a variant, all as text. */
export function tableOf(result: Result, { count, site, variants }: CaseResult): string[][] {
  const { unit, baseline, columns = ['wall', 'cpu', 'memory', 'server'] } = result;
  const base = variants[baseline] ?? [];
  const value = (measure: Measure | (string & {}), rounds: readonly Round[]): number =>
    valueOf(measure, rounds, count);
  const plain =
    (measure: Measure | (string & {})) =>
    (rounds: readonly Round[]): string =>
      figure(value(measure, rounds));
  const times =
    (measure: Measure) =>
    (rounds: readonly Round[]): string =>
      `${figure(value(measure, rounds) / value(measure, base))}x`;

  const figures = new Set(
    Object.values(variants).flatMap((rounds) => Object.keys(rounds[0]?.figures ?? {})),
  );
  const groups: Readonly<
    Record<string, [title: string, cell: (rounds: readonly Round[]) => string][]>
  > = {
    wall: [
      ['ms', plain('wall')],
      [`${unit}s/s`, plain('speed')],
      ['speed', times('speed')],
    ],
    cpu: [
      [`CPU µs ${withArticle(unit)}`, plain('cpu a unit')],
      ['CPU', times('cpu')],
    ],
    memory: [['peak MB', plain('memory')]],
    server: [
      ['requests', plain('requests')],
      ['server busy', busy],
    ],
  };
  const shown = columns
    .filter((column) => column !== 'server' || site !== undefined)
    .flatMap((column) => groups[column] ?? []);
  const all = [...shown, ...[...figures].map((title) => [title, plain(title)] as const)];
  return [
    ['', ...all.map(([title]) => title)],
    ...Object.entries(variants).map(([variant, rounds]) => [
      variant,
      ...all.map(([, cell]) => cell(rounds)),
    ]),
  ];
}

/** The share of the time that the server worked: near 100 %, it is the server that is measured. */
function busy(rounds: readonly Round[]): string {
  const shares = rounds.map(({ serverCpu, wall }) => serverCpu / wall);
  return `${figure((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length)} %`;
}
