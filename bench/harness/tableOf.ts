import { figure } from './figure.ts';
import type { Column, MeasureName, Question } from './question.ts';
import type { CaseResult } from './result.ts';
import { ratioOf, valueOf } from './valueOf.ts';
import { withArticle } from './withArticle.ts';

/** Looks a measure of one variant up. */
type Reader = (measure: MeasureName) => number;

/** A column's title, and how a cell is made from the measures of its row and their ratios to the baseline's. */
type ColumnSpec = readonly [title: string, cell: (own: Reader, ratio: Reader) => string];

/** The table of one case: titles first, then a row a variant, all as text. */
export function tableOf(question: Question, { name, count, variants }: CaseResult): string[][] {
  const { unit, baseline, cases, columns = ['wall', 'cpu', 'memory', 'server'] } = question;
  const reader =
    (variant: string): Reader =>
    (measure) =>
      valueOf(measure, variants[variant] ?? [], count);
  const figures = new Set(
    Object.values(variants).flatMap((rounds) => Object.keys(rounds[0]?.figures ?? {})),
  );
  const shown = [
    ...columns
      .filter((column) => column !== 'server' || cases[name]?.site !== undefined)
      .flatMap((column) => specsOf(column, unit)),
    ...[...figures].map((title): ColumnSpec => [title, (own) => figure(own(title))]),
  ];
  const ratio =
    (variant: string): Reader =>
    (measure) =>
      ratioOf(measure, variants[variant] ?? [], variants[baseline] ?? [], count);
  return [
    ['', ...shown.map(([title]) => title)],
    ...Object.keys(variants).map((variant) => [
      variant,
      ...shown.map(([, cell]) => cell(reader(variant), ratio(variant))),
    ]),
  ];
}

function specsOf(column: Column, unit: string): readonly ColumnSpec[] {
  switch (column) {
    case 'wall':
      return [
        ['ms', (own) => figure(own('wall'))],
        [`${unit}s/s`, (own) => figure(own('speed'))],
        ['speed', (_, ratio) => `${figure(ratio('speed'))}x`],
      ];
    case 'cpu':
      return [
        [`CPU µs ${withArticle(unit)}`, (own) => figure(own('cpu a unit'))],
        ['CPU', (_, ratio) => `${figure(ratio('cpu'))}x`],
      ];
    case 'memory':
      return [['peak MB', (own) => figure(own('memory'))]];
    case 'server':
      return [
        ['requests', (own) => figure(own('requests'))],
        // Near 100 %, it is the server that is measured.
        ['server busy', (own) => `${((100 * own('server cpu')) / own('wall')).toFixed(0)} %`],
      ];
  }
}
