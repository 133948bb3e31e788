import { figure } from './figure.ts';
import type { Goal, Measure } from './question.ts';
import type { CaseResult, Result } from './result.ts';
import { valueOf } from './valueOf.ts';
import { withArticle } from './withArticle.ts';

/** What became of a goal in one case. */
export interface Verdict {
  /** The goal in words. */
  readonly goal: string;
  readonly caseName: string;
  /** The figure that was reached, with its unit. */
  readonly reached: string;
  readonly met: boolean;
}

/** Judges a result by its goals, each in every case that it is set for. */
export function verdicts({ goals, cases, unit }: Result): Verdict[] {
  return goals.flatMap((goal) =>
    cases
      .filter(({ name, variants }) => (goal.caseName ?? name) === name && goal.variant in variants)
      .map((circumstances) => judge(goal, circumstances, unit)),
  );
}

function judge(goal: Goal, { name, count, variants }: CaseResult, unit: string): Verdict {
  const { variant, measure, times, over, atLeast, atMost } = goal;
  const value = (of: string): number => valueOf(measure, variants[of] ?? [], count);
  let reached = value(variant);
  if (times !== undefined) {
    reached /= value(times);
  } else if (over !== undefined) {
    reached -= value(over);
  }
  const [title, inUnit] = words(measure, unit);
  const shown = (bound: number): string => `${figure(bound)}${times === undefined ? inUnit : 'x'}`;
  const bounds = [
    ...(atLeast === undefined ? [] : [`at least ${shown(atLeast)}`]),
    ...(atMost === undefined ? [] : [`at most ${shown(atMost)}`]),
  ].join(' and ');
  const against =
    times === undefined ? (over === undefined ? '' : ` more than ${over}`) : ` that of ${times}`;
  return {
    goal: `${variant}: ${title} ${bounds}${against}`,
    caseName: name,
    reached: shown(reached),
    met: reached >= (atLeast ?? -Infinity) && reached <= (atMost ?? Infinity),
  };
}

/** A measure's name and unit. A figure has its unit in its title. */
function words(measure: Goal['measure'], unit: string): readonly [title: string, unit: string] {
  const own: Readonly<Record<Measure, readonly [string, string]>> = {
    wall: ['time', ' ms'],
    cpu: ['CPU time', ' ms'],
    'wall a unit': [`time ${withArticle(unit)}`, ' µs'],
    'cpu a unit': [`CPU time ${withArticle(unit)}`, ' µs'],
    speed: ['speed', ` ${unit}s/s`],
    memory: ['peak memory', ' MB'],
    requests: ['requests', ''],
  };
  const [title = '', inUnit] = measure.split(', ');
  return Object.hasOwn(own, measure)
    ? own[measure as Measure]
    : [title, inUnit === undefined ? '' : ` ${inUnit}`];
}
