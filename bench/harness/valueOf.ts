import type { MeasureName } from './question.ts';
import type { Round } from './result.ts';

/** One measure of a variant over its rounds, NaN where no round has it. */
export function valueOf(measure: MeasureName, rounds: readonly Round[], count: number): number {
  const over = (each: (round: Round) => number): number => median(rounds.map(each));
  switch (measure) {
    case 'wall':
      return over(({ wall }) => wall);
    case 'cpu':
      return over(({ cpu }) => cpu);
    case 'wall a unit':
      return (over(({ wall }) => wall) / count) * 1000;
    case 'cpu a unit':
      return (over(({ cpu }) => cpu) / count) * 1000;
    case 'speed':
      return (count / over(({ wall }) => wall)) * 1000;
    case 'memory':
      return Math.max(...rounds.map(({ memory }) => memory)) / 1e6;
    case 'requests':
      return over(({ requests }) => requests);
    case 'server cpu':
      return over(({ serverCpu }) => serverCpu);
    default:
      return over(({ figures }) => figures[measure] ?? NaN);
  }
}

/**
 * How many times the measure of another variant a measure is: the median over the rounds, since the two take turns, and
 * what slows the machine down for a while slows both of a round. Peaks are compared as they are, and so are cases with each
 * other.
 */
export function ratioOf(
  measure: MeasureName,
  own: readonly Round[],
  other: readonly Round[],
  count: number,
): number {
  if (measure === 'memory' || own.length !== other.length) {
    return valueOf(measure, own, count) / valueOf(measure, other, count);
  }
  return median(
    own.map((round, n) => {
      const [beside] = other.slice(n, n + 1);
      return beside ? valueOf(measure, [round], count) / valueOf(measure, [beside], count) : NaN;
    }),
  );
}

/** The value in the middle; of an even number of values, the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
