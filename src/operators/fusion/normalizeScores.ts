import type { Arctan, ConstantScores, Isotonic, MinMax, Normalization } from './normalization.ts';

/** A score, or `undefined` where there is none. */
export type MaybeScore = number | undefined;

/** Normalisations that have no settings. */
interface Plain {
  readonly type:
    'none' | 'minMaxInverted' | 'max' | 'sum' | 'zScoreOpenSearch' | 'l2' | 'rank' | 'borda';
}

type Spec = Plain | Exclude<Normalization, string>;

/**
 * Makes the scores of one list comparable. The order of `scores` is the ranking. What has no score gets none, unless
 * the normalisation looks at ranks only; a score that is not finite counts as none.
 *
 * @param candidates - Different things in all lists together, which only `borda` asks for.
 */
export function normalizeScores(
  scores: readonly (number | null | undefined)[],
  normalization: Normalization,
  candidates: number = scores.length,
): MaybeScore[] {
  const spec = specOf(normalization);
  switch (spec.type) {
    case 'rank':
      return scores.map((_, i) => 1 - i / scores.length);
    case 'borda':
      return scores.map((_, i) => 1 - i / candidates);
    case 'reciprocalRank': {
      const { k = 60, rankBase = 1 } = spec;
      return scores.map((_, i) => 1 / (k + i + rankBase));
    }
    default: {
      const curve = curveOf(spec, scores.filter(isScore));
      return scores.map((score) => (isScore(score) ? curve(score) : undefined));
    }
  }
}

/**
 * The interval that everything normalised lies in, whatever the list holds, or `undefined` where there is none that
 * can be told beforehand.
 */
export function scoreRange(
  normalization: Normalization,
): readonly [min: number, max: number] | undefined {
  const spec = specOf(normalization);
  switch (spec.type) {
    case 'minMax': {
      const { constant = 1, single = constant, floor = 0 } = spec;
      if (constant === 'raw' || single === 'raw') {
        return undefined;
      }
      const edges = [
        0,
        1,
        floor,
        ...[constant, single].map((edge) => (edge === 'sign' ? 1 : edge)),
      ];
      return [Math.min(...edges), Math.max(...edges)];
    }
    case 'reciprocalRank': {
      const { k = 60, rankBase = 1 } = spec;
      return [0, 1 / (k + rankBase)];
    }
    case 'isotonic': {
      const values = spec.points.map(([, value]) => value);
      return [Math.min(...values), Math.max(...values)];
    }
    case 'arctan':
      return spec.metric === 'COSINE' ? undefined : spec.metric === 'IP' ? [0, 1] : [-1, 2];
    case 'l2':
      return [-1, 1];
    case 'minMaxInverted':
    case 'sum':
    case 'sigmoid':
    case 'platt':
    case 'rank':
      return [0, 1];
    default:
      return undefined;
  }
}

function specOf(normalization: Normalization): Spec {
  return typeof normalization === 'string' ? { type: normalization } : normalization;
}

function isScore(score: number | null | undefined): score is number {
  return Number.isFinite(score);
}

/** What becomes of one score, given all scores of its list. */
function curveOf(spec: Spec, scores: readonly number[]): (score: number) => number {
  const { min, max } = extremes(scores);
  switch (spec.type) {
    case 'minMax':
      return minMax(spec, scores);
    case 'minMaxInverted':
      return max > min ? (s) => (max - s) / (max - min) : () => 1;
    case 'max':
      // Dividing by what is below 0 would turn the order round.
      return max > 0 ? (s) => s / max : () => 0;
    case 'sum': {
      const sum = scores.reduce((total, s) => total + (s - min), 0);
      return sum > 0 ? (s) => (s - min) / sum : () => 0;
    }
    case 'l2': {
      const norm = Math.sqrt(scores.reduce((total, s) => total + s * s, 0));
      return norm > 0 ? (s) => s / norm : () => 0;
    }
    case 'zScore': {
      const { mean, deviation } = spread(scores, spec.deviation ?? 'population');
      return deviation > 0 ? (s) => (s - mean) / deviation : () => 0;
    }
    case 'zScoreOpenSearch': {
      const { mean, deviation } = spread(scores, 'sample');
      return (s) => {
        // It compares 32-bit floats.
        if (Math.fround(s) === Math.fround(mean)) {
          return max;
        }
        return deviation > 0 ? Math.max(0, (s - mean) / deviation) || 0.001 : min;
      };
    }
    case 'distribution': {
      const { mean, deviation } = spread(scores, spec.deviation ?? 'sample');
      const lowest = mean - 3 * deviation;
      return deviation > 0
        ? (s) => (s - lowest) / (6 * deviation)
        : constantScores(spec.constant ?? 0.5);
    }
    case 'arctan':
      return arctan(spec.metric);
    case 'sigmoid':
      return (s) => 1 / (1 + Math.exp(-s / (spec.temperature ?? 1)));
    case 'platt':
      return (s) => 1 / (1 + Math.exp(spec.a * s + spec.b));
    case 'isotonic':
      return (s) => isotonic(spec, s);
    default:
      return (s) => s;
  }
}

function minMax(spec: MinMax, scores: readonly number[]): (score: number) => number {
  const { constant = 1, single = constant, floor = 0, lower, upper } = spec;
  const seen = extremes(scores);
  const min = lower ?? seen.min;
  const max = upper ?? seen.max;
  if (!(max > min)) {
    return constantScores(scores.length === 1 ? single : constant);
  }
  if (scores.length === 1 && lower === undefined && upper === undefined) {
    return constantScores(single);
  }
  return (s) => Math.min(1, Math.max(0, (s - min) / (max - min))) || floor;
}

function constantScores(rule: ConstantScores): (score: number) => number {
  switch (rule) {
    case 'raw':
      return (s) => s;
    case 'sign':
      return (s) => (s > 0 ? 1 : 0);
    default:
      return () => rule;
  }
}

/** As Milvus does when it is told to normalise. */
function arctan(metric: Arctan['metric']): (score: number) => number {
  switch (metric) {
    case 'COSINE':
      return (s) => (1 + s) / 2;
    case 'IP':
      return (s) => 0.5 + Math.atan(s) / Math.PI;
    case 'BM25':
      return (s) => (2 * Math.atan(s)) / Math.PI;
    case 'L2':
      return (s) => 1 - (2 * Math.atan(s)) / Math.PI;
  }
}

function isotonic({ points }: Isotonic, score: number): number {
  const after = points.findIndex(([at]) => at >= score);
  const [x1, y1] = points.at(after) ?? [score, score];
  const [x0, y0] = points[after - 1] ?? [x1, y1];
  // Beyond the last point, `at(-1)` is the last one and stands for both ends.
  return after < 1 || x1 === x0 ? y1 : y0 + ((y1 - y0) * (score - x0)) / (x1 - x0);
}

function extremes(scores: readonly number[]): { readonly min: number; readonly max: number } {
  let min = Infinity;
  let max = -Infinity;
  for (const score of scores) {
    min = Math.min(min, score);
    max = Math.max(max, score);
  }
  return { min, max };
}

function spread(
  scores: readonly number[],
  kind: 'population' | 'sample',
): { readonly mean: number; readonly deviation: number } {
  const mean = scores.reduce((sum, s) => sum + s, 0) / scores.length;
  const { min, max } = extremes(scores);
  if (min === max) {
    // The sum of equal scores is not always a multiple of them, so the formula may leave a trace.
    return { mean: min, deviation: 0 };
  }
  const squares = scores.reduce((sum, s) => sum + (s - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (scores.length - (kind === 'sample' ? 1 : 0))) };
}
