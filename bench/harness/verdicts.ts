import { figure } from './figure.ts';
import { measureWords } from './measureWords.ts';
import type { Goal, Question } from './question.ts';
import type { CaseResult, Result } from './result.ts';
import { ratioOf, valueOf } from './valueOf.ts';

/** What became of a goal in one case. */
export interface Verdict {
  /** The goal in words. */
  readonly goal: string;
  readonly caseName: string;
  /** The figure that was reached, with its unit. */
  readonly reached: string;
  readonly met: boolean;
}

/** Judges a result by its question's goals, each in every case that it is set for. */
export function verdicts({ goals, unit }: Question, { cases }: Result): Verdict[] {
  return goals.flatMap((goal) =>
    cases
      .filter(({ name, variants }) => (goal.caseName ?? name) === name && goal.variant in variants)
      .map((circumstances) => ({
        goal: inWords(goal, unit),
        caseName: circumstances.name,
        ...judge(goal, circumstances, cases, unit),
      })),
  );
}

function judge(
  goal: Goal,
  own: CaseResult,
  cases: readonly CaseResult[],
  unit: string,
): Pick<Verdict, 'reached' | 'met'> {
  const { variant, measure, times, over, atLeast = -Infinity, atMost = Infinity } = goal;
  const other = cases.find(({ name }) => name === goal.inCase) ?? own;
  const value = (of: string, { count, variants }: CaseResult): number =>
    valueOf(measure, variants[of] ?? [], count);
  const reached =
    times !== undefined
      ? other === own
        ? ratioOf(measure, own.variants[variant] ?? [], own.variants[times] ?? [], own.count)
        : value(variant, own) / value(times, other)
      : value(variant, own) - (over === undefined ? 0 : value(over, other));
  return { reached: withUnit(reached, goal, unit), met: reached >= atLeast && reached <= atMost };
}

function inWords(goal: Goal, unit: string): string {
  const { variant, measure, times, over, inCase, atLeast, atMost } = goal;
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${withUnit(atLeast, goal, unit)}`]),
    ...(atMost === undefined ? [] : [`at most ${withUnit(atMost, goal, unit)}`]),
  ].join(' and ');
  const [title] = measureWords(measure, unit);
  const against =
    times !== undefined ? ` that of ${times}` : over !== undefined ? ` more than ${over}` : '';
  const there = inCase === undefined ? '' : ` with ${inCase}`;
  return `${variant}: ${title} ${bounds}${against}${there}`;
}

function withUnit(value: number, { measure, times }: Goal, unit: string): string {
  const [, own] = measureWords(measure, unit);
  return `${figure(value)}${times === undefined ? own : 'x'}`;
}
